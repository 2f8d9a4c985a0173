//! What a wrong file name was probably meant to be.

use super::name::{file_name, snapshot_name, step_name};

/// The name that is read and is similar to this path.
pub(super) fn near_name(relative: &str) -> Option<String> {
    let lower = relative.to_ascii_lowercase();
    let file = lower.rsplit('/').next()?;
    let (stem, extension) = file.rsplit_once('.')?;
    let near = match (extension, &*numbers(stem)) {
        ("json", [version]) if is_snapshot_word(&letters(stem)) => snapshot_name(*version),
        ("sql", [from, to]) if is_step_word(&letters(stem)) => step_name(*from, *to),
        (_, []) => ["schema.sql", "seed.sql", "stepladder.toml"]
            .into_iter()
            .find(|known| known.ends_with(extension) && distance(known, file) <= 2)?
            .to_owned(),
        _ => return None,
    };
    file_name(&near).is_ok().then_some(near)
}

fn numbers(stem: &str) -> Vec<i32> {
    stem.split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

fn letters(stem: &str) -> String {
    stem.chars().filter(char::is_ascii_alphabetic).collect()
}

/// `v2.json` and Drift's `drift_schema_v2.json` are snapshots to their writers.
fn is_snapshot_word(letters: &str) -> bool {
    ["", "v", "version", "snapshot", "driftschemav"].contains(&letters)
        || distance(letters, "schemav") <= 2
}

fn is_step_word(letters: &str) -> bool {
    ["", "v", "vv", "to", "vtov", "stepto", "migrateto"].contains(&letters)
        || distance(letters, "fromto") <= 2
}

/// The Levenshtein distance.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, near_name};

    #[test]
    fn the_usual_slips() {
        for (wrong, right) in [
            ("schema_v02.json", "schema_v2.json"),
            ("Schema_v2.json", "schema_v2.json"),
            ("schema_v2.JSON", "schema_v2.json"),
            ("schema2.json", "schema_v2.json"),
            ("old/drift_schema_v3.json", "schema_v3.json"),
            ("steps/from1to2.sql", "steps/from1_to2.sql"),
            ("from1_to2.sql", "steps/from1_to2.sql"),
            ("steps/from_1_to_2.sql", "steps/from1_to2.sql"),
            ("steps/1_2.sql", "steps/from1_to2.sql"),
            ("schema.SQL", "schema.sql"),
            ("shema.sql", "schema.sql"),
            ("seeds.sql", "seed.sql"),
            ("steps/schema.sql", "schema.sql"),
            ("Stepladder.toml", "stepladder.toml"),
        ] {
            assert_eq!(near_name(wrong).as_deref(), Some(right), "{wrong}");
        }
        for far in ["V4_typo.sql", "data.json", "Cargo.toml", "steps/from1.sql"] {
            assert_eq!(near_name(far), None, "{far}");
        }
    }

    #[test]
    fn the_distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
