//! The code in the documentation of each step compiles as it stands: people copy it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up is to stop"
)]

mod suggested;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use suggested::{Method, methods};

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
