//! The macro `migration_tests!`: the versions, for the tests of the app.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{Input, allowed};
use crate::fingerprint;
use crate::history::Version;

/// So many versions are one group, for the depth of macros.
const GROUP: usize = 16;

pub(super) fn emit_migration_tests(input: &Input<'_>) -> TokenStream {
    let versions = &input.history.versions;
    let groups = versions.chunks(GROUP).map(|group| {
        let versions = group.iter().map(|version| {
            let number = Literal::i32_unsuffixed(version.number);
            let [from, to] = names(version);
            quote!((#number #from #to))
        });
        quote!([#(#versions)*])
    });
    let groups: Vec<_> = groups.collect();
    let rollbacks = versions.windows(2).filter_map(|pair| {
        let [old, new] = pair else { return None };
        let mut rollbacks = input.rollbacks.iter();
        rollbacks.find(|rollback| rollback.from == new.number)?;
        let [newer, older] = [new.number, old.number].map(Literal::i32_unsuffixed);
        let ([from, _], [_, to]) = (names(new), names(old));
        Some(quote!((#newer #from #older #to)))
    });
    let rollbacks: Vec<_> = rollbacks.collect();
    let name = macro_name(input);
    let allowed = allowed();
    // A macro for other crates stands at the root of its own; the module has it under a good name.
    quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #name {
            ($strategy:expr $(, $verifier:expr)? $(,)?) => {
                ::stepladder::__migration_tests! {
                    [$strategy] [$($verifier)?] [#(#groups)*] [#(#rollbacks)*]
                }
            };
        }
        #[doc = " Tests for every pair of versions, with the strategy of the app; they need the feature"]
        #[doc = " `verify` of `stepladder`. A second argument is a `stepladder::verify::SchemaVerifier`."]
        #[doc = ""]
        #[doc = " ```text"]
        #[doc = " my_app::schema::migration_tests!(my_app::strategy());"]
        #[doc = " ```"]
        #allowed
        pub use #name as migration_tests;
    }
}

fn names(version: &Version) -> [Ident; 2] {
    let number = version.number;
    [format_ident!("from{number}"), format_ident!("to{number}")]
}

/// A name that no other schema of the crate has.
fn macro_name(input: &Input<'_>) -> Ident {
    let all = fingerprint::parts(&[input.folder]);
    let short: String = all
        .chars()
        .filter(char::is_ascii_hexdigit)
        .take(12)
        .collect();
    format_ident!("__stepladder_migration_tests_{short}")
}
