//! Up, down and up again.

use super::MigrationTests;
use super::chain::{Taken, filled, require_sound};
use super::declaration::how_to_declare;
use super::failure::Failure;
use super::filling::RowKind;
use crate::accounting::{Contents, Lost, account, contents, faults};
use crate::error::Result;

/// The step to a version, its rollback, and the step again. What neither of them declares to be lost
/// is back after the rollback, and the step leads to the same a second time.
pub(super) fn round_trip(
    tests: &MigrationTests,
    version: i32,
    before: i32,
) -> std::result::Result<(), Failure> {
    for kind in [RowKind::None, RowKind::Recognisable, RowKind::Nulls] {
        round_trip_of(tests, (before, version), kind)?;
    }
    Ok(())
}

fn round_trip_of(
    tests: &MigrationTests,
    (older, newer): (i32, i32),
    kind: RowKind,
) -> std::result::Result<(), Failure> {
    let of = |step| move |error| Failure::of_step(older, step, kind).by(error);
    let (up, down) = ((older, newer), (newer, older));
    let start = || -> Result<_> {
        let connection = filled(tests, older, kind)?;
        let schema = tests.versions.schema(&tests.verifier, older)?;
        let contents = contents(&connection, &schema)?;
        Ok((connection, contents))
    };
    let (mut connection, mut first) = start().map_err(of(up))?;
    let mut leg = |contents: &mut Contents, step: (i32, i32)| -> Result<(Taken, Contents)> {
        let taken = Taken::take(tests, &mut connection, contents, step)?;
        let verifier = &tests.verifier;
        (tests.versions).require(verifier, &connection, step.1, &[step])?;
        require_sound(&connection)?;
        let after = self::contents(&connection, &taken.schemas[1])?;
        Ok((taken, after))
    };
    let (went_up, mut above) = leg(&mut first, up).map_err(of(up))?;
    let (went_down, mut back) = leg(&mut above, down).map_err(of(down))?;
    compare(tests, [&went_up, &went_down], (&first, &back), || {
        Failure::of_step(newer, down, kind)
            .help("what the step has made of a value, the rollback has to bring back")
    })?;
    let (again, above_again) = leg(&mut back, up).map_err(of(up))?;
    compare(tests, [&went_down, &again], (&above, &above_again), || {
        Failure::of_step(newer, up, kind)
            .help("the step has run for the second time, behind its rollback")
    })
}

fn compare(
    tests: &MigrationTests,
    legs: [&Taken; 2],
    (before, after): (&Contents, &Contents),
    failure: impl FnOnce() -> Failure,
) -> std::result::Result<(), Failure> {
    let account = account(before, after);
    let faults = faults(&account, &legs[1].schemas[1]).into_iter();
    let lost: Vec<_> = (faults.map(Lost::from))
        .filter(|lost| !legs.iter().any(|leg| leg.declares(tests.history(), lost)))
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    let failure = lost.iter().fold(failure(), |failure, lost| {
        let how = how_to_declare(tests.history(), legs[1].step, &legs[1].declared, lost);
        failure.note(&lost.message).help(how)
    });
    Err(failure)
}
