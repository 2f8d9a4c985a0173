//! Generates the schema module from `schemas/`.

fn main() -> Result<(), stepladder_build::Error> {
    stepladder_build::Config::new("schemas").compile()
}
