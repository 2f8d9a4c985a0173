//! What the names of migration files say, in the layouts of the tools that keep them.
//!
//! | name | tools |
//! |---|---|
//! | `V1__name.sql`, `U1__name.sql` | refinery, Flyway |
//! | `0001_name.sql`, `20240101000000_name.up.sql`, `.down.sql` | sqlx, golang-migrate, drizzle, goose, dbmate |
//! | `2024-01-01-000000_name/up.sql`, `down.sql` | diesel |
//! | `01-name/up.sql`, `down.sql`, `1.sql` | `rusqlite_migration` and others |
//! | `20240101000000_name/migration.sql` | Prisma |

/// The number of a migration: `1.2` has two parts.
pub(super) type Number = Vec<u128>;

/// Which way a file leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
    /// `U1__name.sql`: the way back of `V1__name.sql` to Flyway, and to refinery a migration whose
    /// number may be lower than one that ran already.
    UpOrDown,
}

/// What the path of a file inside the folder says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) number: Number,
    pub(super) way: Way,
}

/// Reads a path; `None` where it is not one of a migration.
pub(super) fn read_name(path: &str) -> Option<Name> {
    let (stem, way) = match path.split_once('/') {
        Some((folder, "up.sql" | "migration.sql")) => (folder, Way::Up),
        Some((folder, "down.sql")) => (folder, Way::Down),
        Some(_) => return None,
        None => file_stem(path)?,
    };
    let rest = stem
        .strip_prefix(['V', 'v'])
        .filter(|rest| begins_with_digit(rest));
    if let Some(rest) = rest {
        let number = versioned(rest)?;
        return Some(Name { number, way });
    }
    if let Some(rest) = stem.strip_prefix('U').filter(|rest| rest.contains("__")) {
        let number = versioned(rest)?;
        let way = Way::UpOrDown;
        return Some(Name { number, way });
    }
    let number = date(stem).or_else(|| plain(stem))?;
    Some(Name { number, way })
}

fn file_stem(path: &str) -> Option<(&str, Way)> {
    let stem = path.strip_suffix(".sql")?;
    let down = stem.strip_suffix(".down").map(|stem| (stem, Way::Down));
    down.or_else(|| Some((stem.strip_suffix(".up").unwrap_or(stem), Way::Up)))
}

fn begins_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// `1__name`, `1.2__name`, `1_2__name`, `1_name`
fn versioned(text: &str) -> Option<Number> {
    match text.split_once("__") {
        Some((number, _)) => number
            .split(['.', '_'])
            .map(|part| part.parse().ok())
            .collect(),
        None => plain(text),
    }
}

/// `2024-01-01-000000_name`: one number in groups.
fn date(text: &str) -> Option<Number> {
    let groups: Vec<_> = text.split('_').next()?.split('-').collect();
    let are_digits = groups
        .iter()
        .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    let is_date = are_digits && groups.len() >= 3 && groups[0].len() == 4;
    Some(vec![groups.concat().parse().ok().filter(|_| is_date)?])
}

/// `0001_name`, `1-name`, `1.2-name`, `1`
fn plain(text: &str) -> Option<Number> {
    let mut number = Vec::new();
    let mut rest = text;
    loop {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        number.push(rest[..end].parse().ok()?);
        rest = &rest[end..];
        match rest
            .strip_prefix('.')
            .filter(|inner| begins_with_digit(inner))
        {
            Some(inner) => rest = inner,
            None => break,
        }
    }
    let ends = rest.is_empty() || rest.starts_with(['_', '-', '.', ' ']);
    ends.then_some(number)
}

/// The versions of the numbers, which are sorted; `Err` with the reason why they are counted.
pub(super) fn versions(numbers: &[Number]) -> Result<Vec<i32>, String> {
    let as_version = |number: &Number| match &**number {
        [one] => i32::try_from(*one).ok().filter(|version| *version > 0),
        _ => None,
    };
    numbers
        .iter()
        .map(|number| as_version(number).ok_or_else(|| shown(number)))
        .collect()
}

/// The number as it is written.
pub(super) fn shown(number: &Number) -> String {
    let parts: Vec<_> = number.iter().map(ToString::to_string).collect();
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::{Way, read_name, versions};

    #[test]
    fn the_layouts_are_known() {
        for (path, number, way) in [
            ("V1__init.sql", &[1][..], Way::Up),
            ("V1.2__x.sql", &[1, 2], Way::Up),
            ("V1_2__x.sql", &[1, 2], Way::Up),
            ("v003.sql", &[3], Way::Up),
            ("U7__branch.sql", &[7], Way::UpOrDown),
            ("0001_name.sql", &[1], Way::Up),
            ("20240101000000_name.up.sql", &[20_240_101_000_000], Way::Up),
            (
                "20240101000000_name.down.sql",
                &[20_240_101_000_000],
                Way::Down,
            ),
            ("1.sql", &[1], Way::Up),
            ("1.up.sql", &[1], Way::Up),
            ("1.name.sql", &[1], Way::Up),
            ("12-add things.sql", &[12], Way::Up),
            (
                "2024-01-01-000000_name/up.sql",
                &[20_240_101_000_000],
                Way::Up,
            ),
            (
                "2024-01-01-000000-0001_name/down.sql",
                &[202_401_010_000_000_001],
                Way::Down,
            ),
            ("00000000000000_diesel_initial_setup/up.sql", &[0], Way::Up),
            ("01-friend_car/up.sql", &[1], Way::Up),
            (
                "20231128063231_meta/migration.sql",
                &[20_231_128_063_231],
                Way::Up,
            ),
        ] {
            let name = read_name(path).unwrap_or_else(|| panic!("{path}"));
            assert_eq!((&*name.number, name.way), (number, way), "{path}");
        }
        for path in [
            "init.sql",
            "R__views.sql",
            "2fa.sql",
            "Users.sql",
            "U_x.sql",
            "V__x.sql",
            "1_name/other.sql",
            "1_name.sql.bak",
            "name/up.sql",
        ] {
            assert_eq!(read_name(path), None, "{path}");
        }
    }

    #[test]
    fn what_user_version_does_not_hold_is_counted() {
        assert_eq!(versions(&[vec![5], vec![9]]), Ok(vec![5, 9]));
        assert_eq!(versions(&[vec![0], vec![1]]), Err("0".to_owned()));
        assert_eq!(versions(&[vec![1], vec![1, 1]]), Err("1.1".to_owned()));
        let late = versions(&[vec![1], vec![20_240_101_000_000]]);
        assert_eq!(late, Err("20240101000000".to_owned()));
    }
}
