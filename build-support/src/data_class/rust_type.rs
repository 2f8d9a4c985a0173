//! Rust types for SQL types.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use stepladder::schema::Affinity;
use stepladder::sql::fold;

/// The type of a field, where it is not NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RustType {
    /// `i64`
    Integer,
    /// `f64`
    Real,
    /// `bool`
    Bool,
    /// `String`
    Text,
    /// `Vec<u8>`
    Blob,
    /// `rusqlite::types::Value`: whatever SQLite stores, NULL included.
    Value,
    /// A type that `stepladder.toml` names.
    Mapped(String),
}

/// Why a text in `stepladder.toml` names no type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAType {
    /// It is no path such as `chrono::NaiveDate`.
    Syntax,
    /// It borrows, and a row owns its values.
    Borrowed,
    /// It is an `Option`, which a field has when its column can be NULL.
    Optional,
}

impl RustType {
    /// The type for a declared type: <https://www.sqlite.org/datatype3.html#affinity_name_examples>
    pub(crate) fn of_declared(declared: &str, affinity: Affinity) -> Self {
        match affinity {
            Affinity::Integer => Self::Integer,
            Affinity::Real => Self::Real,
            Affinity::Text => Self::Text,
            Affinity::Blob if declared.to_ascii_uppercase().contains("BLOB") => Self::Blob,
            Affinity::Numeric if ["bool", "boolean"].contains(&fold(declared).as_str()) => {
                Self::Bool
            }
            // No type, ANY, and NUMERIC, which stores a number as whatever keeps all of it.
            Affinity::Blob | Affinity::Numeric => Self::Value,
        }
    }

    /// The type that a text in `stepladder.toml` names.
    pub(crate) fn named(text: &str) -> Result<Self, NotAType> {
        let parsed = syn::parse_str::<syn::Type>(text).map_err(|_| NotAType::Syntax)?;
        let tokens = parsed.to_token_stream();
        if matches!(parsed, syn::Type::Reference(_)) || has_lifetime(tokens.clone()) {
            return Err(NotAType::Borrowed);
        }
        let last = match &parsed {
            syn::Type::Path(path) => path.path.segments.last(),
            syn::Type::Array(_) => None,
            _ => return Err(NotAType::Syntax),
        };
        if last.is_some_and(|segment| segment.ident == "Option") {
            return Err(NotAType::Optional);
        }
        let written = tokens.to_string().replace(' ', "");
        Ok(match written.trim_start_matches("::") {
            "i64" => Self::Integer,
            "f64" => Self::Real,
            "bool" => Self::Bool,
            "String" | "std::string::String" => Self::Text,
            "Vec<u8>" | "std::vec::Vec<u8>" => Self::Blob,
            "rusqlite::types::Value" | "stepladder::rusqlite::types::Value" => Self::Value,
            _ => Self::Mapped(text.to_owned()),
        })
    }

    /// The type in generated code.
    pub(crate) fn tokens(&self) -> TokenStream {
        match self {
            Self::Integer => quote!(i64),
            Self::Real => quote!(f64),
            Self::Bool => quote!(bool),
            Self::Text => quote!(String),
            Self::Blob => quote!(Vec<u8>),
            Self::Value => quote!(rusqlite::types::Value),
            Self::Mapped(text) => text
                .parse()
                .expect("the settings hold only what syn has parsed"),
        }
    }

    /// The type of an argument that is only looked at.
    pub(crate) fn borrowed(&self) -> TokenStream {
        match self {
            Self::Integer | Self::Real | Self::Bool => self.tokens(),
            Self::Text => quote!(&str),
            Self::Blob => quote!(&[u8]),
            Self::Value | Self::Mapped(_) => {
                let tokens = self.tokens();
                quote!(&#tokens)
            }
        }
    }

    /// The type of an argument that is kept, and whether it has to be made from the argument.
    pub(crate) fn kept(&self) -> (TokenStream, bool) {
        let tokens = self.tokens();
        match self {
            Self::Integer | Self::Real | Self::Bool | Self::Mapped(_) => (tokens, false),
            Self::Text | Self::Blob | Self::Value => (quote!(impl Into<#tokens>), true),
        }
    }
}

fn has_lifetime(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '\'',
        TokenTree::Group(group) => has_lifetime(group.stream()),
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    })
}

/// A declared type as `[types]` finds it: in small letters, with single spaces.
pub(crate) fn normal_declared_type(declared: &str) -> String {
    fold(&declared.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `varchar` for `varchar(10)`.
pub(crate) fn without_arguments(declared: &str) -> &str {
    declared.split('(').next().unwrap_or(declared).trim_end()
}

#[cfg(test)]
mod tests {
    use stepladder::schema::Affinity;

    use super::{NotAType, RustType};

    #[test]
    fn a_declared_type_decides_by_its_affinity() {
        for (declared, expected) in [
            ("INTEGER", RustType::Integer),
            ("unsigned big int", RustType::Integer),
            ("FLOATING POINT", RustType::Integer), // it contains "INT"
            ("VARCHAR(255)", RustType::Text),
            ("DOUBLE PRECISION", RustType::Real),
            ("BLOB", RustType::Blob),
            ("LONGBLOB", RustType::Blob),
            ("", RustType::Value),
            ("ANY", RustType::Value),
            ("DECIMAL(10,5)", RustType::Value),
            ("DATETIME", RustType::Value),
            ("STRING", RustType::Value), // NUMERIC, whatever it says
            ("Boolean", RustType::Bool),
            ("BOOL", RustType::Bool),
        ] {
            let found = RustType::of_declared(declared, Affinity::of(declared));
            assert_eq!(found, expected, "{declared}");
        }
    }

    #[test]
    fn a_type_is_a_path() {
        let mapped = |text: &str| Ok(RustType::Mapped(text.to_owned()));
        for (text, expected) in [
            ("i64", Ok(RustType::Integer)),
            ("Vec <u8>", Ok(RustType::Blob)),
            ("::rusqlite::types::Value", Ok(RustType::Value)),
            ("crate::State", mapped("crate::State")),
            ("Box<str>", mapped("Box<str>")),
            ("[u8; 16]", mapped("[u8; 16]")),
            ("Option<i64>", Err(NotAType::Optional)),
            ("&'static str", Err(NotAType::Borrowed)),
            ("std::borrow::Cow<'static, str>", Err(NotAType::Borrowed)),
            ("a date", Err(NotAType::Syntax)),
            ("_", Err(NotAType::Syntax)),
            ("(i64, i64)", Err(NotAType::Syntax)),
            ("", Err(NotAType::Syntax)),
        ] {
            assert_eq!(RustType::named(text), expected, "{text}");
        }
    }
}
