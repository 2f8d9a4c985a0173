//! The names of the files in a schemas folder.

/// A file that is read, by its path inside the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileName {
    Schema,
    Seed,
    Settings,
    Snapshot(i32),
    Step(i32, i32),
}

/// The name of the snapshot of a version.
pub(crate) fn snapshot_name(version: i32) -> String {
    format!("schema_v{version}.json")
}

/// The path of the step between two versions.
pub(crate) fn step_name(from: i32, to: i32) -> String {
    format!("steps/from{from}_to{to}.sql")
}

/// Whether the file is none of ours, whatever its name: not SQL, JSON or TOML, or hidden.
pub(super) fn is_ignored(relative: &str) -> bool {
    let ours = relative
        .rsplit_once('.')
        .is_some_and(|(_, extension)| is_our_extension(extension));
    !ours || relative.split('/').any(|part| part.starts_with('.'))
}

fn is_our_extension(extension: &str) -> bool {
    ["sql", "json", "toml"]
        .iter()
        .any(|ours| extension.eq_ignore_ascii_case(ours))
}

/// What the path stands for; `Err(None)` where it stands for nothing, `Err(Some(_))` where the
/// form is right and the version cannot be.
pub(crate) fn file_name(relative: &str) -> Result<FileName, Option<String>> {
    match relative {
        "schema.sql" => return Ok(FileName::Schema),
        "seed.sql" => return Ok(FileName::Seed),
        "stepladder.toml" => return Ok(FileName::Settings),
        _ => {}
    }
    if let Some(digits) = between(relative, "schema_v", ".json") {
        return Ok(FileName::Snapshot(version(digits)?));
    }
    if let Some((from, to)) =
        between(relative, "steps/from", ".sql").and_then(|inner| inner.split_once("_to"))
    {
        let (from, to) = (version(from)?, version(to)?);
        if from == to {
            return Err(Some(format!(
                "leads from version {from} to the same version"
            )));
        }
        return Ok(FileName::Step(from, to));
    }
    Err(None)
}

/// What a file is another one of: `schema_v4 (1).json`, `schema_v04.json`, `schema_v4_theirs.json`,
/// `steps/from3_to4_REMOTE_77.sql`. Merge tools, file managers and people leave such copies.
pub(crate) fn twin_name(relative: &str) -> Option<FileName> {
    let lower = relative.to_ascii_lowercase();
    if let Some(rest) = between(&lower, "schema_v", ".json") {
        let (version, _) = number(rest)?;
        return Some(FileName::Snapshot(version));
    }
    let rest = between(&lower, "steps/from", ".sql")?;
    let (from, rest) = number(rest)?;
    let (to, _) = number(rest.strip_prefix("_to")?)?;
    (from != to).then_some(FileName::Step(from, to))
}

/// The version at the begin of a text, and what is behind it.
fn number(text: &str) -> Option<(i32, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number = text[..end].parse().ok().filter(|number| *number > 0)?;
    Some((number, &text[end..]))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.strip_prefix(before)?.strip_suffix(after)
}

fn version(digits: &str) -> Result<i32, Option<String>> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || (digits.len() > 1 && digits.starts_with('0')) {
        return Err(None);
    }
    match digits.parse() {
        Ok(0) => Err(Some(
            "is about version 0, and the first version is 1: SQLite's `user_version` is 0 in a \
             file that has no schema yet"
                .to_owned(),
        )),
        Ok(version) => Ok(version),
        Err(_) => Err(Some(format!(
            "is about version {digits}, and SQLite's `user_version` holds at most {}",
            i32::MAX
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::{FileName, file_name, is_ignored, twin_name};

    #[test]
    fn names_are_exact() {
        assert_eq!(file_name("schema_v12.json"), Ok(FileName::Snapshot(12)));
        assert_eq!(file_name("steps/from1_to2.sql"), Ok(FileName::Step(1, 2)));
        for wrong in [
            "schema_v02.json",
            "schema_v.json",
            "schema_v+1.json",
            "from1_to2.sql",
            "steps/from1to2.sql",
            "steps/schema.sql",
        ] {
            assert_eq!(file_name(wrong), Err(None), "{wrong}");
        }
        assert!(matches!(file_name("schema_v0.json"), Err(Some(_))));
        assert!(matches!(file_name("schema_v2147483648.json"), Err(Some(_))));
        assert!(matches!(file_name("steps/from2_to2.sql"), Err(Some(_))));
    }

    #[test]
    fn copies_are_known_by_what_they_begin_with() {
        for twin in [
            "schema_v4 (1).json",
            "schema_v04.json",
            "schema_v4_theirs.json",
            "Schema_V4.JSON",
            "schema_v4_REMOTE_1234.json",
            "schema_v4-copy.json",
        ] {
            assert_eq!(twin_name(twin), Some(FileName::Snapshot(4)), "{twin}");
        }
        for twin in ["steps/from3_to4_theirs.sql", "steps/from3_to4 (2).sql"] {
            assert_eq!(twin_name(twin), Some(FileName::Step(3, 4)), "{twin}");
        }
        for none in [
            "schema_v.json",
            "schema_v0.json",
            "steps/from3.sql",
            "v4.json",
            "schema.sql",
        ] {
            assert_eq!(twin_name(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_not_ours_is_ignored() {
        for ignored in [
            "README.md",
            "schema.sql~",
            ".schema_v2.json.77.tmp",
            ".#schema.sql",
            "#schema.sql#",
            "schema.sql.orig",
            ".idea/x.json",
        ] {
            assert!(is_ignored(ignored), "{ignored}");
        }
        assert!(!is_ignored("old/V4_typo.SQL"));
    }
}
