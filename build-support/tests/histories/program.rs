//! A program with the generated code of many histories, and steps as their documentation suggests.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use stepladder_build::generate;

use crate::classes::trials;
use crate::folder::{self, Statements};
use crate::suggested::{Method, methods};

const SUPPORT: &str = include_str!("support.rs");

/// A program in the making.
pub(crate) struct Program {
    name: String,
    place: PathBuf,
    modules: String,
    runs: String,
    count: usize,
}

/// What the name of each macro begins with.
const MACRO: &str = "__stepladder_migration_tests_";

impl Program {
    pub(crate) fn new(name: &str) -> Self {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(&place).unwrap();
        Self {
            name: name.to_owned(),
            place,
            modules: String::new(),
            runs: String::new(),
            count: 0,
        }
    }

    /// Adds a history; what is wrong with it where no code can be made.
    pub(crate) fn add(&mut self, about: &str, versions: &Statements) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        folder::write(versions, folder.path());
        self.add_with(about, folder.path(), "")
    }

    /// Adds the history of a schemas folder, without data classes: it may be a long one.
    pub(crate) fn add_folder(&mut self, about: &str, folder: &Path) -> Result<(), String> {
        self.add_with(about, folder, "[data_classes]\nversions = \"none\"\n")
    }

    fn add_with(&mut self, about: &str, folder: &Path, settings: &str) -> Result<(), String> {
        let settings = format!("rollback = \"required\"\n{settings}");
        fs::write(folder.join("stepladder.toml"), settings).unwrap();
        let code = generate(folder).map_err(|error| error.to_string())?;
        let methods = methods(&code);
        for (way, step) in [
            ("suggested", Method::as_suggested as fn(&Method) -> String),
            ("without_renames", Method::without_renames),
        ] {
            let differs = |method: &Method| method.as_suggested() != step(method);
            if way != "suggested" && !methods.iter().any(differs) {
                continue;
            }
            self.module(&format!("{about}, {way}"), &code, &methods, step);
        }
        Ok(())
    }

    fn module(&mut self, about: &str, code: &str, methods: &[Method], step: fn(&Method) -> String) {
        let number = self.count;
        self.count += 1;
        let file = self.place.join(format!("schema_{number}.rs"));
        // The macros of one crate stand in one place, and these are the same schemas twice.
        let code = code.replace(MACRO, &format!("{MACRO}{number}_"));
        fs::write(&file, &code).unwrap();
        // What is deleted is said, except where a rename is taken for none.
        let keeps = about.ends_with("suggested")
            && !(methods.iter()).any(|method| {
                method.doc.contains("This deletes:") && !method.doc.contains("The rollback from")
            });
        let classes = if about.ends_with("suggested") {
            trials(&code)
        } else {
            String::new()
        };
        let mut steps = String::new();
        for method in methods {
            let body = step(method)
                .replace("\"...\"", "\"'0'\"")
                .replace(" ...", " '0'");
            writeln!(steps, "    {} {{\n{body}}}", method.signature).unwrap();
        }
        writeln!(
            self.modules,
            "// {}\nmod h{number} {{\nmod schema {{ include!({:?}); }}\nuse schema::*;\nstruct Steps;\n\
             impl MigrationSteps for Steps {{\n{steps}}}\n\
             pub(crate) fn run() {{ crate::support::run({about:?}, {keeps}, history(), || migration_steps(Steps)) }}\n\
             pub(crate) fn classes() {{\n{classes}}}\n}}",
            about.escape_debug(),
            file.display().to_string(),
        )
        .unwrap();
        writeln!(
            self.runs,
            "    h{number}::run();\n    h{number}::classes();"
        )
        .unwrap();
    }

    /// Compiles it and runs it.
    pub(crate) fn pass(self) {
        println!("{}: {} histories", self.name, self.count);
        fs::write(self.place.join("support.rs"), SUPPORT).unwrap();
        let main = self.place.join(format!("{}.rs", self.name));
        let Self { modules, runs, .. } = &self;
        let text = format!("#![deny(warnings)]\nmod support;\n{modules}\nfn main() {{\n{runs}}}\n");
        fs::write(&main, text).unwrap();
        trybuild::TestCases::new().pass(main);
    }
}
