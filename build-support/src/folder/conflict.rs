//! The marks that a merge leaves in a file. Two branches that each made the next version leave
//! them in a snapshot, and what to do then is not what to do about a JSON error.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::folder::name::{FileName, file_name, twin_name};
use crate::folder::two_branches::renumber_command;
use crate::fs::read;
use crate::source::SourceFile;

/// Where the first mark of a merge is.
fn mark(text: &str) -> Option<usize> {
    let mark = "<<<<<<< ";
    if text.starts_with(mark) {
        return Some(0);
    }
    Some(text.find(&format!("\n{mark}"))? + 1)
}

/// Whether a version has two snapshots, so that `renumber` knows what to do about all files.
fn two_versions(paths: &BTreeMap<String, PathBuf>) -> bool {
    paths.iter().any(|(relative, path)| {
        let has_marks = || read(path, relative).is_ok_and(|file| mark(&file.text).is_some());
        match (file_name(relative), twin_name(relative)) {
            (Ok(FileName::Snapshot(_)), _) => has_marks(),
            (Err(_), Some(FileName::Snapshot(_))) => true,
            _ => false,
        }
    })
}

/// The message about the first mark of a merge; `paths` are the files of the folder.
pub(crate) fn find(
    file: &SourceFile,
    name: FileName,
    paths: &BTreeMap<String, PathBuf>,
) -> Option<Diagnostic> {
    let at = mark(&file.text)?;
    let end = file.text[at..]
        .find('\n')
        .map_or(file.text.len(), |length| at + length);
    let message = format!("`{}` has a merge conflict", file.path);
    let diagnostic = Diagnostic::at(file, at..end, message, "");
    let folder = file
        .path
        .trim_end_matches(|c| c != '/')
        .trim_end_matches('/');
    let renumber = renumber_command(folder.strip_suffix("/steps").unwrap_or(folder));
    Some(match name {
        FileName::Snapshot(version) => diagnostic
            .note(format!("two branches made version {version}, each its own"))
            .help(format!(
                "run `{renumber}`: ours stays version {version}, theirs becomes the one \
                 after ours, and both orders are proven (`--keep theirs` for the other way round)"
            )),
        FileName::Step(from, to) => diagnostic
            .note(format!(
                "two branches made the step from version {from} to {to}, each its own"
            ))
            .help(format!(
                "if both made version {} as well, run `{renumber}`; otherwise edit the file",
                from.max(to)
            )),
        FileName::Schema if two_versions(paths) => diagnostic
            .note("two branches made the same version, each its own")
            .help(format!(
                "run `{renumber}`: it merges this file as well, after the versions"
            )),
        FileName::Schema | FileName::Seed | FileName::Settings => {
            diagnostic.help("edit the file so that it holds what both sides want")
        }
    })
}

/// The texts of both sides of a file with the marks of a merge; `None` where it has none, or they
/// do not fit together.
pub(crate) fn sides(text: &str) -> Option<[String; 2]> {
    let mut sides = [String::new(), String::new()];
    let mut part = Part::Both;
    let mut conflicts = 0;
    for line in text.split_inclusive('\n') {
        let is = |mark: &str| {
            let rest = line.strip_prefix(mark);
            rest.is_some_and(|rest| rest.starts_with([' ', '\n', '\r']) || rest.is_empty())
        };
        part = match part {
            Part::Both if is("<<<<<<<") => {
                conflicts += 1;
                Part::Ours
            }
            Part::Ours if is("|||||||") => Part::Before,
            Part::Ours | Part::Before if is("=======") => Part::Theirs,
            Part::Theirs if is(">>>>>>>") => Part::Both,
            _ => {
                let [ours, theirs] = &mut sides;
                if matches!(part, Part::Both | Part::Ours) {
                    ours.push_str(line);
                }
                if matches!(part, Part::Both | Part::Theirs) {
                    theirs.push_str(line);
                }
                continue;
            }
        };
    }
    (conflicts > 0 && part == Part::Both).then_some(sides)
}

/// The part of a file with marks that a line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Both,
    Ours,
    /// What both had, which `diff3` shows.
    Before,
    Theirs,
}

#[cfg(test)]
mod tests {
    use super::sides;

    #[test]
    fn both_sides_can_be_cut_out() {
        let text = "a\n<<<<<<< HEAD\nb\n||||||| base\nx\n=======\nc\nd\n>>>>>>> theirs\ne\n\
                    <<<<<<< HEAD\n=======\nf\n>>>>>>> theirs\n";
        let [ours, theirs] = sides(text).unwrap();
        assert_eq!(ours, "a\nb\ne\n");
        assert_eq!(theirs, "a\nc\nd\ne\nf\n");
    }

    #[test]
    fn marks_that_do_not_fit_are_no_sides() {
        for text in [
            "a\n",
            "-- =======\n=======\n",
            "<<<<<<< HEAD\na\n",
            "<<<<<<< HEAD\na\n=======\nb\n",
        ] {
            assert_eq!(sides(text), None, "{text}");
        }
    }
}
