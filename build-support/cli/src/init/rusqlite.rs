//! The rusqlite of the app.

use stepladder_build::diagnostic::Diagnostic;
use toml_edit::{DocumentMut, Item};

/// The releases of rusqlite that both crates take: `0.<first>` to `0.<last>`.
const RUSQLITE: [u32; 2] = [28, 41];

/// The newest of them, as a requirement.
pub(super) fn newest() -> String {
    let [_, newest] = RUSQLITE;
    format!("0.{newest}")
}

/// `links = "sqlite3"` allows one SQLite in a build, so the app's rusqlite has to be one of ours.
pub(super) fn check_rusqlite(manifest: &DocumentMut) -> Result<(), Diagnostic> {
    let item = manifest
        .get("dependencies")
        .and_then(|it| it.get("rusqlite"));
    let version = item.and_then(|it| Item::as_str(it).or_else(|| it.get("version")?.as_str()));
    let Some(version) = version else {
        return Ok(());
    };
    let [first, last] = RUSQLITE;
    match release(version) {
        Some(release) if !(first..=last).contains(&release) => {
            let message = format!(
                "stepladder works with rusqlite 0.{first} to 0.{last}, and this is {version}"
            );
            Err(Diagnostic::in_file("Cargo.toml", message)
                .help(format!("take another one: `rusqlite = \"0.{last}\"`")))
        }
        _ => Ok(()),
    }
}

/// The `31` of `0.31.2`; `None` where the requirement is not that simple.
fn release(requirement: &str) -> Option<u32> {
    let plain = requirement
        .trim()
        .trim_start_matches(['^', '=', '~'])
        .trim();
    plain.strip_prefix("0.")?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use toml_edit::DocumentMut;

    use super::{RUSQLITE, check_rusqlite, release};

    #[test]
    fn another_rusqlite_is_refused() {
        for (text, is_right) in [
            ("0.27", false),
            ("0.28.0", true),
            ("0.41", true),
            ("=0.42.1", false),
            (">=0.20, <1", true),
        ] {
            for dependency in [format!("'{text}'"), format!("{{ version = '{text}' }}")] {
                let manifest = format!("[dependencies]\nrusqlite = {dependency}\n");
                let manifest: DocumentMut = manifest.parse().unwrap();
                assert_eq!(check_rusqlite(&manifest).is_ok(), is_right, "{text}");
            }
        }
        assert_eq!(release("0.31.2"), Some(31));
    }

    #[test]
    fn the_releases_are_those_of_the_workspace() {
        let workspace = include_str!("../../../../Cargo.toml");
        let [first, last] = RUSQLITE;
        let range = format!("rusqlite = {{ version = \">=0.{first}, <0.{}\"", last + 1);
        assert!(workspace.contains(&range), "{range}");
    }
}
