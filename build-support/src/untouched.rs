//! Drafts that nobody has changed: nothing is lost with them. A draft has no mark, so it is drafted
//! again and compared.

use crate::draft_steps::{DraftedStep, Drafter, Guess, Places};
use crate::folder::{Folder, Location, step_name};
use crate::history::Version;
use crate::settings::Settings;
use crate::source::SourceFile;

/// The step and the rollback between two versions that are as they were drafted, with any options:
/// their names in the folder. A draft with renames that are not named again is not recognised.
pub(crate) fn untouched_drafts(
    (location, settings): (&Location, &Settings),
    renames: &[String],
    [old, new]: [&Version; 2],
    folder: &Folder,
) -> Vec<String> {
    let keys = [(old.number, new.number), (new.number, old.number)];
    let [up, down] = keys.map(|key| folder.steps.get(&key));
    let mut untouched: Vec<String> = Vec::new();
    let options = [Places::Leave, Places::Accept]
        .into_iter()
        .flat_map(|places| [Guess::Yes, Guess::No].map(|guess| (places, guess)))
        .flat_map(|(places, guess)| [renames, &[]].map(|renames| (places, guess, renames)));
    for (places, guess, renames) in options {
        if untouched.len() == [up, down].iter().flatten().count() {
            break;
        }
        let Ok(drafter) = Drafter::new(location, settings, places) else {
            break;
        };
        let drafter = drafter.with_renames(renames, guess);
        for step in drafted(drafter, [old, new], [up, down]) {
            let name = step_name(step.from, step.to);
            let is_as_drafted = (folder.steps.get(&(step.from, step.to)))
                .is_some_and(|file| *file.text == *step.text);
            if is_as_drafted && !untouched.contains(&name) {
                untouched.push(name);
            }
        }
    }
    untouched
}

/// The drafts of the step, and of its rollback where there is one: behind the draft, and behind the step
/// that is there.
fn drafted(
    mut drafter: Drafter<'_>,
    [old, new]: [&Version; 2],
    [up, down]: [Option<&SourceFile>; 2],
) -> Vec<DraftedStep> {
    // Why something cannot be drafted does not matter: it is no draft then.
    let _ = drafter.draft([old, new]);
    if down.is_some() {
        let _ = drafter.draft_rollback([new, old]);
        let _ = drafter.draft_rollback_of(up, [new, old]);
    }
    drafter.into_drafted()
}
