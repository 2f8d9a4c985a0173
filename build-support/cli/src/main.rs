//! The stepladder command.

fn main() {}
