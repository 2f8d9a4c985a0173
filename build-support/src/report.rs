//! Diagnostics as text, in the form of rustc. Plain, because cargo captures what a build script
//! prints; the command may ask for colours.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::floor_boundary;

/// The report of all of them, an empty line between two.
pub(crate) fn render(diagnostics: &[Diagnostic], style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let reports = diagnostics.iter().map(|one| render_one(one, &renderer));
    reports.collect::<Vec<_>>().join("\n\n")
}

/// Whether a text has the colours of a terminal in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Coloured,
}

/// Where to read more about the rules that are broken; `None` where none is.
pub(crate) fn more(diagnostics: &[Diagnostic]) -> Option<String> {
    let rule = diagnostics.iter().find_map(|diagnostic| diagnostic.rule)?;
    Some(format!(
        "for more about a rule, run `cargo stepladder explain {}`",
        rule.name()
    ))
}

fn render_one(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str());
    let title = match diagnostic.rule {
        Some(rule) => title.id(rule.name()),
        None => title,
    };
    let group = match diagnostic.primary {
        Some(_) => Group::with_title(title),
        None => title.element(Origin::path(&*diagnostic.path)),
    };
    let group = group.elements(snippets(diagnostic));
    let group = messages(group, &Level::NOTE, &diagnostic.notes);
    let group = messages(group, &Level::HELP, &diagnostic.helps);
    renderer.render(&[group])
}

fn messages<'a>(group: Group<'a>, level: &Level<'a>, texts: &'a [String]) -> Group<'a> {
    texts.iter().fold(group, |group, text| {
        group.element(level.clone().message(text.as_str()))
    })
}

/// One snippet a file, the file of the primary label first.
fn snippets(diagnostic: &Diagnostic) -> Vec<Snippet<'_, annotate_snippets::Annotation<'_>>> {
    let mut files: Vec<(&Label, Vec<(AnnotationKind, &Label)>)> = Vec::new();
    let primary = diagnostic
        .primary
        .iter()
        .map(|label| (AnnotationKind::Primary, label));
    let secondary = diagnostic
        .secondary
        .iter()
        .map(|label| (AnnotationKind::Context, label));
    for (kind, label) in primary.chain(secondary) {
        match files
            .iter_mut()
            .find(|(first, _)| Arc::ptr_eq(&first.file.text, &label.file.text))
        {
            Some((_, labels)) => labels.push((kind, label)),
            None => files.push((label, vec![(kind, label)])),
        }
    }
    files
        .into_iter()
        .map(|(first, labels)| {
            Snippet::source(&*first.file.text)
                .path(&*first.file.path)
                .annotations(labels.into_iter().map(|(kind, label)| {
                    let annotation = kind.span(span_in(&label.file.text, &label.span));
                    if label.text.is_empty() {
                        annotation
                    } else {
                        annotation.label(label.text.as_str())
                    }
                }))
        })
        .collect()
}

/// The span on character boundaries and inside the text.
fn span_in(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = floor_boundary(text, span.start);
    start..floor_boundary(text, span.end).max(start)
}
