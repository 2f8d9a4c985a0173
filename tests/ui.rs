//! What rustc says of each mistake in a step.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the `.stderr` files anew: read them, they are
//! what a user sees.

#[test]
fn mistakes_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
