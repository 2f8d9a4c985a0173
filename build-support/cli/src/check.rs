//! `check`: all that a build checks.

use serde_json::json;
use stepladder_build::{Error, check_watched};

use crate::output::Output;
use crate::{Folder, Format, progress};

pub(crate) fn run(folder: &Folder, format: Format) -> Result<Output, Error> {
    let schemas = folder.find()?;
    let warnings = {
        let line = progress::line(format);
        check_watched(&schemas, &|progress| line.show(progress))?
    };
    let text = match warnings.len() {
        0 => "all is well".to_owned(),
        1 => "nothing is wrong, and there is 1 warning".to_owned(),
        many => format!("nothing is wrong, and there are {many} warnings"),
    };
    Ok(Output::new(text, json!({})).with_diagnostics(&warnings))
}
