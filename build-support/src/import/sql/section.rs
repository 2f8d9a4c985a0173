//! Files that hold both ways, with a comment before each: those of dbmate, goose and sql-migrate.

/// The ways of a file. What is not part of one is empty lines in it, so that places stay the same.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sections {
    pub(super) up: String,
    pub(super) down: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Up,
    Down,
}

/// The ways of a text; all of it leads up where no comment says otherwise.
pub(super) fn sections(text: &str) -> Sections {
    let mut sections = Sections {
        up: String::new(),
        down: None,
    };
    let mut part = Part::Up;
    for line in text.split_inclusive('\n') {
        if let Some(next) = marker(line) {
            part = next;
            if part == Part::Down && sections.down.is_none() {
                sections.down = Some("\n".repeat(sections.up.matches('\n').count()));
            }
        }
        let empty = if line.ends_with('\n') { "\n" } else { "" };
        let of = |this| if part == this { line } else { empty };
        sections.up.push_str(of(Part::Up));
        if let Some(down) = &mut sections.down {
            down.push_str(of(Part::Down));
        }
    }
    sections
}

fn marker(line: &str) -> Option<Part> {
    let comment = line.trim().strip_prefix("--")?.trim().to_ascii_lowercase();
    let words = comment.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.as_str() {
        "+goose up" | "+migrate up" => Some(Part::Up),
        "+goose down" | "+migrate down" => Some(Part::Down),
        _ if words.starts_with("migrate:up") => Some(Part::Up),
        _ if words.starts_with("migrate:down") => Some(Part::Down),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::sections;

    #[test]
    fn a_file_without_marks_leads_up() {
        let text = "CREATE TABLE t (a);\n-- down\nDROP TABLE u;";
        let sections = sections(text);
        assert_eq!((&*sections.up, sections.down), (text, None));
    }

    #[test]
    fn marks_divide() {
        for (up, down) in [
            ("-- migrate:up", "-- migrate:down"),
            ("-- +goose Up", "-- +goose Down"),
            ("--+migrate Up", "-- +migrate  Down"),
        ] {
            let text = format!("{up}\nCREATE TABLE t (a);\n{down}\nDROP TABLE t;\n");
            let found = sections(&text);
            assert_eq!(found.up, format!("{up}\nCREATE TABLE t (a);\n\n\n"));
            assert_eq!(found.down.unwrap(), format!("\n\n{down}\nDROP TABLE t;\n"));
        }
    }
}
