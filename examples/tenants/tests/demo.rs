//! The program as somebody would use it.

#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::process::Command;

#[test]
fn the_demo_upgrades_all_but_one() {
    let output = Command::new(env!("CARGO_BIN_EXE_tenants"))
        .arg("demo")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let folder = said.find('`').unwrap()..said.find("tenant017.db`").unwrap();
    expect_test::expect![[r#"
        tenant017.db: the database `../tenant017.db` is not one of SQLite, or is encrypted: file is not a database; look whether it is the right file
        134 upgraded, 65 were up to date, 1 failed
    "#]]
    .assert_eq(&said.replace(&said[folder], "`../"));
    assert_eq!(output.status.code(), Some(1));
    let progress = String::from_utf8(output.stderr).unwrap();
    assert!(progress.ends_with("\r200 of 200 tenants\n"), "{progress}");
    assert_eq!(progress.matches('\r').count(), 200);
}
