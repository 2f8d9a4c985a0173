/// Includes the module that `stepladder-build` generated in the build script.
///
/// ```text
/// mod schema {
///     stepladder::include_schema!();
/// }
/// ```
///
/// A package with several databases gives each a name, with `Config::name` in the build script, and
/// includes it by that name: `stepladder::include_schema!("cache")`.
#[macro_export]
macro_rules! include_schema {
    () => {
        $crate::include_schema!("schema");
    };
    ($name:literal) => {
        ::core::include!(::core::concat!(
            ::core::env!(
                "OUT_DIR",
                "there is no build script: add a build.rs that calls `stepladder_build::Config::new(\"schemas\").compile()`"
            ),
            "/stepladder/",
            $name,
            ".rs"
        ));
    };
}

/// The form of the generated code. Code from a generator of another form says another number, and
/// does not compile with this runtime.
#[doc(hidden)]
#[macro_export]
macro_rules! __generated_code {
    (1) => {};
    ($other:tt) => {
        ::core::compile_error!(
            "this code comes from a `stepladder-build` that does not fit this `stepladder`\n\
             help: give both the same version in Cargo.toml, `stepladder` in [dependencies] and \
             `stepladder-build` in [build-dependencies], and build again"
        );
    };
}

/// Stands in code that is generated with `serde = true`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "serde")]
macro_rules! __with_serde {
    () => {};
}

/// Stands in code that is generated with `serde = true`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "serde"))]
macro_rules! __with_serde {
    () => {
        ::core::compile_error!(
            "`serde = true` in stepladder.toml needs the feature `serde` of stepladder\n\
             help: add it in Cargo.toml: stepladder = { version = \"..\", features = [\"serde\"] }, \
             and serde = { version = \"1\", features = [\"derive\"] }"
        );
    };
}
