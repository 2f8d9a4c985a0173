//! The build-script half of [stepladder](https://docs.rs/stepladder).
