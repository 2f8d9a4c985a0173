//! Files with their journals, and how they are damaged.

#![expect(clippy::ptr_arg, reason = "one type for all kinds of damage")]

use std::path::Path;

use rusqlite::Connection;
use stepladder::History;

use crate::random::Random;
use crate::scene;

pub(super) const PAGE: usize = 512;

/// The ends of the names: the database, its journal, its WAL.
const ENDS: [&str; 3] = ["", "-journal", "-wal"];

/// The bytes of a database and of what lies beside it.
#[derive(Clone, PartialEq)]
pub(super) struct Files([Option<Vec<u8>>; 3]);

impl Files {
    pub(super) fn read(path: &Path) -> Self {
        Self(ENDS.map(|end| std::fs::read(format!("{}{end}", path.display())).ok()))
    }

    pub(super) fn write(&self, path: &Path) {
        for (end, bytes) in ENDS
            .iter()
            .chain(&["-shm"])
            .zip(self.0.iter().chain(&[None]))
        {
            let path = format!("{}{end}", path.display());
            let _ = std::fs::remove_file(&path);
            if let Some(bytes) = bytes {
                std::fs::write(path, bytes).unwrap();
            }
        }
    }

    pub(super) fn has_journal(&self) -> bool {
        self.0[1..].iter().any(Option::is_some)
    }

    /// Takes the journal from the other, which leaves the database and the WAL to be compared.
    pub(super) fn take_journal(&mut self, other: &Self) {
        self.0[1].clone_from(&other.0[1]);
    }

    /// The files that are not the same.
    pub(super) fn difference(&self, other: &Self) -> String {
        let differs = |at: &usize| self.0[*at] != other.0[*at];
        let length = |bytes: &Option<Vec<u8>>| bytes.as_ref().map(Vec::len);
        let shown = (0..ENDS.len()).filter(differs).map(|at| {
            let (found, expected) = (length(&self.0[at]), length(&other.0[at]));
            format!("app.db{}: {found:?} bytes, expected {expected:?}", ENDS[at])
        });
        shown.collect::<Vec<_>>().join("; ")
    }

    /// Whether there is no database: it is made anew. To SQLite a file of one byte is empty, too,
    /// because on some systems it makes one of that.
    pub(super) fn is_empty(&self) -> bool {
        self.0[0].as_ref().is_none_or(|file| file.len() < 2)
    }

    /// Damages one of the files, as the random numbers will have it. Gives back what was done.
    pub(super) fn damage(&mut self, random: &mut Random) -> String {
        let mut which = random.of(&[0, 0, 1, 2]);
        if self.0[which].is_none() {
            which = 0;
        }
        let bytes = self.0[which].as_mut().expect("the database is there");
        let kind = random.of(&KINDS);
        if !bytes.is_empty() {
            kind.1(bytes, random);
        }
        format!("{} of app.db{}", kind.0, ENDS[which])
    }
}

type Damage = fn(&mut Vec<u8>, &mut Random);

const KINDS: [(&str, Damage); 10] = [
    ("bits flipped", flip),
    ("bytes set", set),
    ("bytes set in the header", set_header),
    ("bytes set in the header of a page", set_page_header),
    ("the end cut off", cut),
    ("pages cut off", cut_pages),
    ("a part zeroed", zero),
    ("a page zeroed", zero_page),
    ("a page copied over another", copy_page),
    ("noise", noise),
];

fn flip(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len());
        bytes[at] ^= 1 << random.below(8);
    }
}

fn set_in(bytes: &mut [u8], random: &mut Random) {
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        bytes[at] = byte(random);
    }
}

fn byte(random: &mut Random) -> u8 {
    let any = random.next().to_le_bytes()[0];
    random.of(&[0, 1, 127, 255, any])
}

fn set(bytes: &mut Vec<u8>, random: &mut Random) {
    set_in(bytes, random);
}

fn set_header(bytes: &mut Vec<u8>, random: &mut Random) {
    let end = bytes.len().min(100);
    set_in(&mut bytes[..end], random);
}

/// <https://www.sqlite.org/fileformat2.html#b_tree_pages>
fn set_page_header(bytes: &mut Vec<u8>, random: &mut Random) {
    let page = page(bytes, random);
    let start = if page == 0 { 100 } else { page * PAGE };
    let end = bytes.len().min(start + 16);
    set_in(&mut bytes[start.min(end - 1)..end], random);
}

fn cut(bytes: &mut Vec<u8>, random: &mut Random) {
    bytes.truncate(random.below(bytes.len()));
}

fn cut_pages(bytes: &mut Vec<u8>, random: &mut Random) {
    bytes.truncate(page(bytes, random) * PAGE);
}

fn range(bytes: &[u8], random: &mut Random) -> std::ops::Range<usize> {
    let start = random.below(bytes.len());
    start..bytes.len().min(start + 1 + random.below(200))
}

fn zero(bytes: &mut Vec<u8>, random: &mut Random) {
    let range = range(bytes, random);
    bytes[range].fill(0);
}

fn zero_page(bytes: &mut Vec<u8>, random: &mut Random) {
    let start = page(bytes, random) * PAGE;
    let end = bytes.len().min(start + PAGE);
    bytes[start..end].fill(0);
}

fn copy_page(bytes: &mut Vec<u8>, random: &mut Random) {
    let (from, to) = (page(bytes, random) * PAGE, page(bytes, random) * PAGE);
    let length = PAGE.min(bytes.len() - from.max(to));
    bytes.copy_within(from..from + length, to);
}

fn noise(bytes: &mut Vec<u8>, random: &mut Random) {
    for at in range(bytes, random) {
        bytes[at] = random.next().to_le_bytes()[0];
    }
}

fn page(bytes: &[u8], random: &mut Random) -> usize {
    random.below(bytes.len().div_ceil(PAGE))
}

/// A database that was closed.
pub(super) fn closed(folder: &Path, history: &History, items: i64) -> Files {
    let path = folder.join("closed.db");
    let pragmas = format!("PRAGMA page_size = {PAGE}");
    scene::create(&path, history, items, &pragmas);
    Files::read(&path)
}

/// A database whose WAL has committed transactions that are not in the file yet.
pub(super) fn with_wal(folder: &Path, history: &History, items: i64) -> Files {
    let path = folder.join("wal.db");
    let pragmas = format!("PRAGMA page_size = {PAGE}; PRAGMA journal_mode = WAL");
    scene::create(&path, history, items, &pragmas);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch("UPDATE item SET note = note || '!'; UPDATE log SET at = at + 1")
        .unwrap();
    Files::read(&path)
}

/// A database whose journal has to be rolled back: half of a transaction is in the file.
pub(super) fn with_journal(folder: &Path, history: &History, items: i64) -> Files {
    let path = folder.join("journal.db");
    let pragmas = format!("PRAGMA page_size = {PAGE}");
    scene::create(&path, history, items, &pragmas);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "PRAGMA cache_size = 4; BEGIN; UPDATE item SET note = 'half'; DELETE FROM log",
        )
        .unwrap();
    let files = Files::read(&path);
    assert!(files.has_journal());
    files
}
