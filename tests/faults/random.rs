//! Numbers that look random and come again with the same seed.

/// <https://prng.di.unimi.it/splitmix64.c>
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below the limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }

    /// One of the values.
    pub(crate) fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }
}

/// What makes a difference in SQL and in JSON.
const PIECES: [&str; 24] = [
    "'",
    "\"",
    "`",
    "[",
    "]",
    "--",
    "/*",
    "*/",
    ";",
    "\n",
    "\\",
    "{",
    "}",
    ",",
    ":",
    "null",
    "END",
    "CREATE TRIGGER ",
    "\u{0}",
    "é",
    "😀",
    "\u{feff}",
    "99999999999999999999",
    "x'",
];

impl Random {
    /// One of the seeds, changed in a few places.
    pub(crate) fn mutated(&mut self, seeds: &[Vec<u8>]) -> String {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(4) {
            let start = self.below(bytes.len() + 1);
            let end = bytes.len().min(start + self.below(8));
            match self.below(4) {
                0 => drop(bytes.drain(start..end)),
                1 => drop(bytes.splice(start..end, self.of(&PIECES).bytes())),
                2 => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len());
                    let to = other.len().min(from + 40);
                    drop(bytes.splice(start..end, other[from..to].iter().copied()));
                }
                _ => bytes.truncate(start),
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
