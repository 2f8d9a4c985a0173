//! `Update`: what is changed of a row.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Absence, ClassField, Context, Presence, emit_new, left_out_type};
use crate::emit::doc::doc;

pub(super) fn emit_update(context: &Context<'_>) -> TokenStream {
    let key = context.class.key_fields().map(|field| ClassField {
        field,
        rust_type: field.rust_type.tokens(),
        absence: Absence::Value,
    });
    let changed = context.class.update_fields().map(|field| ClassField {
        field,
        rust_type: left_out_type(field),
        absence: Absence::LeftOutUnlessNull,
    });
    let fields: Vec<_> = key.chain(changed).collect();
    let class = context.emit_struct("Update", &[], &fields);
    let new = emit_new(
        context,
        "The row with this primary key; nothing of it changes yet.",
        context.class.key_fields(),
        context.class.update_fields(),
    );
    let key = context.class.key_fields().map(|field| {
        let ident = context.ident(field);
        quote!(&self.#ident)
    });
    let values = context.values(context.class.update_fields(), Presence::Optional);
    let doc = doc(&update_doc(context));
    quote! {
        #doc
        #class
        impl Update {
            #new
            /// Changes the row and tells whether there is one with this primary key.
            #[inline]
            pub fn update(&self, connection: &Connection) -> Result<bool> {
                class::update::<Row>(connection, &[#(#key),*], &#values)
            }
        }
    }
}

fn update_doc(context: &Context<'_>) -> String {
    let mut text = format!(
        "A change of the row of {} with this primary key.\n\n`None` leaves a column as it is.",
        context.shown()
    );
    if context.class.update_fields().any(|field| field.nullable) {
        text.push_str(" `Some(None)` makes it NULL.");
    }
    text
}
