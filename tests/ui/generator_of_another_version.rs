//! Code from a generator that does not fit the runtime.

mod schema {
    stepladder::__generated_code!(2);
}

fn main() {}
