//! `check`: all that a build checks.

use std::path::Path;

use serde_json::json;
use stepladder_build::{Error, check};

use crate::output::Output;

pub(crate) fn run(schemas: &Path) -> Result<Output, Error> {
    let warnings = check(schemas)?;
    let text = match warnings.len() {
        0 => "all is well".to_owned(),
        1 => "nothing is wrong, and there is 1 warning".to_owned(),
        many => format!("nothing is wrong, and there are {many} warnings"),
    };
    Ok(Output::new(text, json!({})).with_diagnostics(&warnings))
}
