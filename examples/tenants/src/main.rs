//! An app with a database for each tenant: `tenants <folder>` upgrades every `.db` file in a folder,
//! `tenants demo` makes such a folder first.

/// The schema, generated from `schemas/` by the build script.
mod schema {
    stepladder::include_schema!();
}

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use stepladder::rusqlite::Connection;
use stepladder::{FileReport, MigrateAllOptions, MigrationStrategy, migrate_all};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const DEMO_FILES: usize = 200;

fn main() -> Result<ExitCode> {
    let Some(folder) = std::env::args_os().nth(1) else {
        return Err("expected a folder, or `demo`".into());
    };
    if folder == "demo" {
        let folder = tempfile::tempdir()?;
        make_demo(folder.path())?;
        return upgrade(folder.path());
    }
    upgrade(Path::new(&folder))
}

/// Upgrades all, with a line that says how far it is, and tells what failed. To resume, run it again.
fn upgrade(folder: &Path) -> Result<ExitCode> {
    let options = MigrateAllOptions::new().on_file(|_, files| {
        // A progress line is of no use to a program that reads it, and stands in nobody's way.
        let _ = write!(
            std::io::stderr(),
            "\r{} of {} tenants",
            files.done,
            files.of
        );
    });
    let strategy = || MigrationStrategy::new(schema::migration_steps(()));
    let reports = migrate_all(databases(folder)?, strategy, options);
    let mut output = std::io::stdout().lock();
    writeln!(std::io::stderr())?;
    let failed = write_reports(&mut output, &reports)?;
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn write_reports(output: &mut impl Write, reports: &[FileReport]) -> Result<usize> {
    let mut failed = 0;
    for report in reports {
        if let Err(error) = &report.result {
            failed += 1;
            let name = report.path.file_name().unwrap_or_default();
            writeln!(output, "{}: {error}", name.display())?;
        }
    }
    let details = reports.iter().flat_map(|report| &report.result);
    let upgraded = details.filter(|details| details.had_upgrade()).count();
    let current = reports.len() - failed - upgraded;
    writeln!(
        output,
        "{upgraded} upgraded, {current} were up to date, {failed} failed"
    )?;
    Ok(failed)
}

fn databases(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "db") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Files as three releases left them, and one that is no database.
fn make_demo(folder: &Path) -> Result<()> {
    for tenant in 0..DEMO_FILES {
        let path = folder.join(format!("tenant{tenant:03}.db"));
        let version = [1, 2, 3][tenant % 3];
        let mut strategy = MigrationStrategy::new(schema::migration_steps(())).target(version);
        let connection: Connection = strategy.open(&path)?;
        if version < 3 {
            connection.execute_batch(
                "INSERT INTO invoice (customer, cents) VALUES ('Ada', 1200), ('Bob', 5), ('Ada', 7)",
            )?;
        }
    }
    std::fs::write(folder.join("tenant017.db"), "not a database ".repeat(100))?;
    Ok(())
}
