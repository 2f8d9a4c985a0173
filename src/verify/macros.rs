//! What the generated macro `migration_tests!` expands to.

/// A test for each pair of versions: `migrations::from1::to2::with_rows`.
///
/// The versions come in groups, each as `(1 from1 to1)`, and the rollbacks as `(2 from2 1 to1)`.
/// Groups, because a macro that takes one version after the other is as deep as there are versions,
/// and rustc ends at 128: <https://doc.rust-lang.org/reference/attributes/limits.html>
#[doc(hidden)]
#[macro_export]
macro_rules! __migration_tests {
    ([$strategy:expr] [$($verifier:expr)?] $groups:tt [$($rollback:tt)*]) => {
        #[cfg(test)]
        mod migrations {
            #[allow(unused_imports, reason = "the expression may need nothing of it")]
            use super::*;

            fn tests() -> &'static $crate::verify::MigrationTests {
                static TESTS: ::std::sync::OnceLock<$crate::verify::MigrationTests> =
                    ::std::sync::OnceLock::new();
                TESTS.get_or_init(|| $crate::__migration_tests!(@tests || $strategy $(, $verifier)?))
            }

            #[test]
            fn new_database() {
                tests().new_database();
            }

            $crate::__migration_tests!(@groups $groups);
            $crate::__migration_tests!(@rollbacks $($rollback)*);
        }
    };
    (@tests $strategy:expr) => { $crate::verify::MigrationTests::new($strategy) };
    (@tests $strategy:expr, $verifier:expr) => {
        $crate::verify::MigrationTests::with($verifier, $strategy)
    };
    (@groups []) => {};
    (@groups [[$($group:tt)*] $([$($rest:tt)*])*]) => {
        $crate::__migration_tests!(@group [$($group)*] [$($($rest)*)*]);
        $crate::__migration_tests!(@groups [$([$($rest)*])*]);
    };
    (@group [] $rest:tt) => {};
    (@group [($version:literal $from:ident $to:ident) $($group:tt)*] [$($rest:tt)*]) => {
        $crate::__migration_tests!(@from ($version $from) $($group)* $($rest)*);
        $crate::__migration_tests!(@group [$($group)*] [$($rest)*]);
    };
    // Nothing leads anywhere from the newest version.
    (@from ($version:literal $from:ident)) => {};
    (@from ($version:literal $from:ident) $($to:tt)+) => {
        mod $from {
            $crate::__migration_tests!(@to $version $($to)+);

            #[test]
            fn at_once() {
                super::tests().at_once($version);
            }
        }
    };
    (@to $version:literal $(($next:literal $from:ident $to:ident))+) => {
        $(
            mod $to {
                #[test]
                fn empty() {
                    super::super::tests().pair($version, $next, $crate::verify::Filling::Empty);
                }

                #[test]
                fn with_rows() {
                    super::super::tests().pair($version, $next, $crate::verify::Filling::Rows);
                }
            }
        )+
    };
    (@rollbacks) => {};
    (@rollbacks $(($version:literal $from:ident $before:literal $to:ident))+) => {
        mod rollbacks {
            $(
                mod $from {
                    #[test]
                    fn $to() {
                        super::super::tests().rollback($version, $before);
                    }
                }
            )+
        }
    };
}
