//! The line that tells how far a long command is, on a terminal.

use std::io::{self, IsTerminal, Stderr, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use stepladder_build::Progress;

use crate::Format;

/// A line that is written more often than this only flickers.
const PAUSE: Duration = Duration::from_millis(40);

/// What is done in less time needs no line.
const PATIENCE: Duration = Duration::from_millis(150);

/// Back to the start of the line, and the line is empty.
const CLEAR: &str = "\r\x1b[2K";

/// A line on a terminal, which is gone when the work is done.
#[derive(Debug)]
pub(crate) struct Line<W: Write> {
    state: Mutex<State<W>>,
}

#[derive(Debug)]
struct State<W> {
    /// `None` where nobody looks.
    out: Option<W>,
    /// When the next text may be shown.
    next: Instant,
    is_shown: bool,
}

/// The line on standard error, where that is a terminal that can take a line back.
pub(crate) fn line(format: Format) -> Line<Stderr> {
    let is_dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    let is_seen = format == Format::Text && !is_dumb && io::stderr().is_terminal();
    Line::new(is_seen.then(io::stderr), PATIENCE)
}

impl<W: Write> Line<W> {
    fn new(out: Option<W>, patience: Duration) -> Self {
        let next = Instant::now() + patience;
        let state = State {
            out,
            next,
            is_shown: false,
        };
        Self {
            state: Mutex::new(state),
        }
    }

    /// Shows how far the work is in the place of what it showed before.
    pub(crate) fn show(&self, progress: &Progress) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if now < state.next {
            return;
        }
        if let Some(out) = &mut state.out {
            // A terminal that is gone ends nothing.
            let _ = write!(out, "{CLEAR}{progress}").and_then(|()| out.flush());
            state.next = now + PAUSE;
            state.is_shown = true;
        }
    }
}

impl<W: Write> Drop for Line<W> {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let (Some(out), true) = (&mut state.out, state.is_shown) {
            let _ = write!(out, "{CLEAR}").and_then(|()| out.flush());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use stepladder_build::{Progress, Work};

    use super::Line;

    fn progress(number: usize) -> Progress {
        Progress {
            work: Work::Proof,
            from: 3,
            to: 4,
            number,
            count: 118,
        }
    }

    #[test]
    fn the_line_is_written_over_and_cleared() {
        let mut written = Vec::new();
        let line = Line::new(Some(&mut written), Duration::ZERO);
        line.show(&progress(57));
        // Too soon.
        line.show(&progress(58));
        drop(line);
        let written = String::from_utf8(written).unwrap();
        assert_eq!(written, "\r\x1b[2Kproving 3 -> 4 (57/118)\r\x1b[2K");
    }

    #[test]
    fn quick_work_shows_nothing() {
        let mut written = Vec::new();
        let line = Line::new(Some(&mut written), Duration::from_secs(60));
        line.show(&progress(1));
        drop(line);
        assert!(written.is_empty());
    }
}
