//! Steps in SQL: how they are run, and the methods that they call.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use super::Step;
use super::doc::{code, doc};
use super::history::{emit_script, emit_statements};
use crate::script::{Script, ScriptCall, ScriptPart, ScriptStatement};

/// A method of the trait.
pub(super) struct Method {
    pub(super) name: String,
    pub(super) item: TokenStream,
}

/// The expression that runs a file: `step` is its context.
pub(super) fn emit_run(script: &Script) -> TokenStream {
    if !script.has_calls() {
        let script = emit_script(script);
        return quote!(step.run_sql(&#script));
    }
    let mut runs = Vec::new();
    let mut statements: Vec<&ScriptStatement> = Vec::new();
    for part in &script.parts {
        match part {
            ScriptPart::Statement(statement) => statements.push(statement),
            ScriptPart::Call(call) => {
                runs.extend(emit_part(script, &mut statements));
                runs.push(emit_call(script, call));
            }
        }
    }
    runs.extend(emit_part(script, &mut statements));
    quote!({
        #(#runs?;)*
        ::core::result::Result::Ok(())
    })
}

fn emit_part(script: &Script, statements: &mut Vec<&ScriptStatement>) -> Option<TokenStream> {
    let statements = std::mem::take(statements);
    (!statements.is_empty()).then(|| {
        let part = emit_statements(&script.file, &statements);
        quote!(step.run_sql_part(&#part))
    })
}

fn emit_call(script: &Script, call: &ScriptCall) -> TokenStream {
    let file = &script.file;
    let line = Literal::u32_unsuffixed(call.line);
    let name = &call.method;
    let method = method_ident(call);
    quote! {
        step.call(
            &::stepladder::__private::ScriptCall {
                file: #file,
                line: #line,
                method: #name,
            },
            |connection| self.0.#method(connection),
        )
    }
}

fn method_ident(call: &ScriptCall) -> Ident {
    Ident::new(&call.method, Span::call_site())
}

/// The methods that a file calls.
pub(super) fn emit_call_methods(step: &Step, script: &Script) -> Vec<Method> {
    let methods = script.calls().map(|call| {
        let method = method_ident(call);
        let doc = doc(&call_doc(step, script, call));
        Method {
            name: call.method.clone(),
            item: quote! {
                #doc
                fn #method(
                    &mut self,
                    connection: &::stepladder::rusqlite::Connection,
                ) -> ::stepladder::Result<()>;
            },
        }
    });
    methods.collect()
}

fn call_doc(step: &Step, script: &Script, call: &ScriptCall) -> String {
    let Step { from, to, .. } = step;
    let place = code(&format!("{}:{}", script.file, call.line));
    format!(
        "{place} calls this, on the way from version {from} to {to}:\n`-- stepladder: call {}`.\n\n\
         The statements above that line have run, and those below have not: the schema is that of\n\
         version {from} with what they have made of it. Change rows here, as SQL cannot; the schema is for\n\
         the statements. The transaction is that of the upgrade, which only stepladder ends, and an\n\
         error undoes all of it.\n\n\
         The build script does not run this: it proves the statements with made-up values in the\n\
         columns that they have added. Test it with rows.",
        call.method
    )
}
