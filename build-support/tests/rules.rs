//! Each rule with a step that breaks it: `rules/<rule>/schemas`, and what is said in `expected.txt`.
//! `UPDATE_EXPECT=1` writes the texts again; they are to be read as what a user reads.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use stepladder_build::check;
use stepladder_build::diagnostic::{Diagnostic, Severity};
use stepladder_build::rule::{Level, Rule};

/// The rules that no setting makes less than an error.
const ALWAYS: [Rule; 6] = [
    Rule::IndexLost,
    Rule::DoubleQuotedString,
    Rule::TransactionControl,
    Rule::PragmaInStep,
    Rule::Attach,
    Rule::WritableSchema,
];

/// The rules that a step cannot allow, though a setting can.
const BY_SETTING_ONLY: [Rule; 2] = [Rule::SqliteTooOld, Rule::UnneededAllowance];

fn fixture(rule: Rule) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/rules")
        .join(rule.name())
}

/// A copy of the fixture that can be changed.
struct Copy {
    _dir: tempfile::TempDir,
    schemas: PathBuf,
}

fn copy(rule: Rule) -> Copy {
    let dir = tempfile::tempdir().unwrap();
    let schemas = dir.path().join("schemas");
    fs::create_dir_all(schemas.join("steps")).unwrap();
    for folder in ["", "steps"] {
        for entry in fs::read_dir(fixture(rule).join("schemas").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap();
                fs::copy(&path, schemas.join(folder).join(name)).unwrap();
            }
        }
    }
    Copy { _dir: dir, schemas }
}

impl Copy {
    fn with_level(self, rule: &str, level: &str) -> Self {
        let file = self.schemas.join("stepladder.toml");
        let before = fs::read_to_string(&file).unwrap_or_default();
        fs::write(&file, format!("{before}\n[lints]\n{rule} = \"{level}\"\n")).unwrap();
        self
    }

    fn with_line(self, line: &str) -> Self {
        let file = self.schemas.join("steps/from1_to2.sql");
        let before = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{line}\n{before}")).unwrap();
        self
    }

    /// All that is said, and whether the build would go on.
    fn said(&self) -> (Vec<Diagnostic>, bool) {
        match check(&self.schemas) {
            Ok(warnings) => (warnings, true),
            Err(error) => (error.diagnostics().to_vec(), false),
        }
    }
}

/// What is said of a rule that is broken, where it is not allowed by default.
fn broken(rule: Rule) -> (Vec<Diagnostic>, bool) {
    match rule.default_level() {
        Level::Allow => copy(rule).with_level(rule.name(), "deny").said(),
        Level::Warn | Level::Deny => copy(rule).said(),
    }
}

fn about(rule: Rule, said: &[Diagnostic]) -> usize {
    (said.iter())
        .filter(|diagnostic| diagnostic.rule == Some(rule))
        .count()
}

#[test]
fn a_rule_that_is_broken_is_told() {
    for rule in Rule::ALL {
        let (said, _) = broken(rule);
        assert!(about(rule, &said) > 0, "{rule:?}");
        let texts: Vec<_> = said.iter().map(ToString::to_string).collect();
        expect_file![fixture(rule).join("expected.txt")].assert_eq(&(texts.join("\n\n") + "\n"));
        assert!(said.iter().all(|diagnostic| !diagnostic.helps.is_empty()));
    }
}

#[test]
fn a_level_decides_whether_the_build_goes_on() {
    for rule in Rule::ALL {
        if ALWAYS.contains(&rule) {
            let (said, goes_on) = copy(rule).with_level(rule.name(), "warn").said();
            assert!(!goes_on && said[0].message.contains("is always an error"));
            // Nor does `all` make it less.
            let (said, goes_on) = copy(rule).with_level("all", "allow").said();
            assert!(!goes_on && about(rule, &said) > 0, "{rule:?}");
            continue;
        }
        let (said, goes_on) = copy(rule).with_level(rule.name(), "deny").said();
        assert!(!goes_on && about(rule, &said) > 0, "{rule:?}");
        let (said, goes_on) = copy(rule).with_level(rule.name(), "warn").said();
        let all: Vec<_> = said.iter().map(ToString::to_string).collect();
        assert!(goes_on && about(rule, &said) > 0, "{rule:?}: {all:?}");
        assert!(said.iter().all(|said| said.severity == Severity::Warning));
        for name in [rule.name(), "all"] {
            let (said, goes_on) = copy(rule).with_level(name, "allow").said();
            assert!(goes_on && about(rule, &said) == 0, "{rule:?}");
        }
    }
}

#[test]
fn the_line_that_is_offered_allows_it() {
    for rule in Rule::ALL {
        let lines: Vec<String> = (broken(rule).0.iter())
            .filter(|diagnostic| diagnostic.rule == Some(rule))
            .flat_map(|diagnostic| &diagnostic.helps)
            .filter_map(|help| help.split_once("declare it: `")?.1.strip_suffix('`'))
            .map(|line| line.replace("because ..", "because it is known"))
            .collect();
        if ALWAYS.contains(&rule) || BY_SETTING_ONLY.contains(&rule) {
            assert!(lines.is_empty(), "{rule:?}");
            let line = format!("-- stepladder: allow {} t because it is known", rule.name());
            let (said, goes_on) = copy(rule).with_line(&line).said();
            let refused = format!("a step cannot allow `{}`", rule.name());
            assert!(!goes_on && said.iter().any(|said| said.message == refused));
            continue;
        }
        assert!(!lines.is_empty(), "{rule:?}");
        let copy = match rule.default_level() {
            Level::Allow => copy(rule).with_level(rule.name(), "deny"),
            Level::Warn | Level::Deny => copy(rule),
        };
        let (said, goes_on) = copy.with_line(&lines.join("\n")).said();
        let all: Vec<_> = said.iter().map(ToString::to_string).collect();
        assert!(goes_on && about(rule, &said) == 0, "{all:?}");
        assert_eq!(about(Rule::UnneededAllowance, &said), 0, "{all:?}");
    }
}
