//! Options of [`make_migrations`](crate::make_migrations) that nothing could come of: to read over them
//! would be to do something else than was asked for.

use crate::diagnostic::Diagnostic;
use crate::draft_from::shell_word;
use crate::folder::{Folder, command, make_migrations_command};
use crate::history::Version;
use crate::make_migrations::{MakeMigrationsOptions, NewVersion};

/// What is wrong with the options, where `newest` is the version before the one that is to be made.
pub(crate) fn check(
    folder: &Folder,
    options: &MakeMigrationsOptions,
    (newest, amended): (Option<&Version>, Option<&Version>),
    differences: &[String],
) -> Result<(), Diagnostic> {
    if options.version == NewVersion::Amend && amended.is_none() {
        let message = "there is no version yet that could be written anew";
        let make = make_migrations_command(&folder.name);
        return Err(Diagnostic::in_file(&*folder.name, message)
            .help(format!("make the first one: `{make}`")));
    }
    let Some(first) = options.renames.first() else {
        return Ok(());
    };
    let Some(newest) = newest else {
        let message = format!("`{first}` is no rename: the first version has none before it");
        return Err(Diagnostic::in_file(&*folder.name, message).help("leave out `--rename`"));
    };
    if !differences.is_empty() {
        return Ok(());
    }
    let number = newest.number;
    let message = format!("nothing is renamed: nothing has changed since version {number}");
    let path = format!("{}/schema.sql", folder.name);
    let mut diagnostic = Diagnostic::in_file(&*path, message);
    if amended.is_none() && newest.snapshot.parent.is_some() {
        let words: Vec<_> = (options.renames.iter())
            .map(|rename| format!(" --rename {}", shell_word(rename)))
            .collect();
        let again = format!("make-migrations --amend{}", words.concat());
        diagnostic = diagnostic.help(format!(
            "if it is about version {number}, and that was not released yet, make it anew: `{}`",
            command(&folder.name, &again)
        ));
    }
    Err(diagnostic.help(format!(
        "if it is new, give it its new name in `{path}` first: `{first}` is the name in version {number} and the one there"
    )))
}
