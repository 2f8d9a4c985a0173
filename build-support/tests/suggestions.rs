//! The code in the documentation of each step compiles as it stands: people copy it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The documentation of one method, without the slashes.
struct Method {
    signature: String,
    doc: String,
}

fn methods(generated: &str) -> Vec<Method> {
    let mut methods = Vec::new();
    let mut doc = String::new();
    for line in generated.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            writeln!(doc, "{}", text.strip_prefix(' ').unwrap_or(text)).unwrap();
            continue;
        }
        if line.starts_with("fn from") {
            let signature = line
                .trim_end_matches(';')
                .replace("::stepladder", "stepladder");
            methods.push(Method {
                signature,
                doc: std::mem::take(&mut doc),
            });
        }
        doc.clear();
    }
    methods
}

impl Method {
    /// The suggested code, and then what it says to write if a rename is none.
    fn blocks(&self) -> Vec<&str> {
        let fences: Vec<_> = self.doc.split("```").collect();
        fences
            .chunks(2)
            .filter_map(|pair| pair.get(1)?.strip_prefix("text\n"))
            .collect()
    }

    fn as_suggested(&self) -> String {
        self.blocks()[0].to_owned()
    }

    /// The suggested code with something else for each rename.
    fn without_renames(&self) -> String {
        let blocks = self.blocks();
        let mut instead = blocks[1..].iter();
        let mut code = String::new();
        for line in blocks[0].lines() {
            let rename = line.trim_start().starts_with(".rename_");
            writeln!(
                code,
                "{}",
                if rename {
                    instead.next().unwrap()
                } else {
                    line
                }
            )
            .unwrap();
        }
        assert!(instead.next().is_none());
        code
    }
}

fn program(schema: &Path, methods: &[Method], code: impl Fn(&Method) -> String) -> String {
    let mut program = format!(
        "mod schema {{ include!({:?}); }}\nuse schema::*;\nstruct Steps;\nimpl MigrationSteps for Steps {{\n",
        schema.display().to_string()
    );
    for method in methods {
        writeln!(program, "{} {{\n{}}}", method.signature, code(method)).unwrap();
    }
    program.push_str("}\nfn main() { let _ = migration_steps(Steps); }\n");
    program
}

#[test]
fn what_the_documentation_suggests_compiles() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/shop.rs");
    let methods = methods(&fs::read_to_string(&shop).unwrap());
    assert_eq!(methods.len(), 5);
    let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let cases = trybuild::TestCases::new();
    let suggested = program(&shop, &methods, Method::as_suggested);
    let without_renames = program(&shop, &methods, Method::without_renames);
    for (name, program) in [
        ("suggested", suggested),
        ("without_renames", without_renames),
    ] {
        let file = place.join(format!("{name}.rs"));
        fs::write(&file, program).unwrap();
        cases.pass(file);
    }
}
