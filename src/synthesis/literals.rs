//! Values that the text of a CHECK suggests.

use rusqlite::types::Value;

use super::cell::Cell;
use super::pattern;
use super::plan::Rule;
use crate::sql::{Lexeme, quote_identifier};

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const LONGEST: i64 = 10_000;

/// What the rules for a column suggest.
#[derive(Debug, Default)]
pub(super) struct Suggestions {
    /// The literals and their neighbours.
    pub(super) literals: Vec<Value>,
    /// Values made from them that differ from cell to cell.
    pub(super) made: Vec<Value>,
    /// Whether the rules list the values, so that others are hardly worth a try.
    pub(super) listed: bool,
}

/// Reads the rules for a column.
pub(super) fn suggestions<'r>(
    rules: impl Iterator<Item = &'r Rule>,
    cell: &Cell<'_>,
) -> Suggestions {
    let mut found = Suggestions::default();
    for rule in rules {
        let lexemes = &rule.lexemes;
        let has = |word: &str| {
            lexemes
                .iter()
                .any(|l| matches!(l, Lexeme::Word(w) if w == word))
        };
        found.listed |= has("in") || lexemes.contains(&Lexeme::Operator("=".to_owned()));
        if lexemes.iter().any(is_json) {
            json(lexemes, cell, &mut found.made);
        }
        let length = has("length") || has("octet_length");
        for (at, lexeme) in lexemes.iter().enumerate() {
            let negative = at > 0 && lexemes[at - 1] == Lexeme::Operator("-".to_owned());
            match lexeme {
                Lexeme::String(text) => {
                    if has("like") {
                        for filling in fillings(cell) {
                            found.made.push(Value::Text(pattern::like(text, &filling)));
                        }
                    }
                    if has("glob") {
                        for filling in fillings(cell) {
                            let text = pattern::glob(text, &filling, cell.row);
                            found.made.push(Value::Text(text));
                        }
                    }
                    found.literals.push(Value::Text(text.clone()));
                }
                Lexeme::Number(text) => number(text, negative, length, cell, &mut found),
                Lexeme::Blob(digits) => found.literals.extend(blob(digits)),
                Lexeme::Word(word) if word == "true" => found.literals.push(Value::Integer(1)),
                Lexeme::Word(word) if word == "false" => found.literals.push(Value::Integer(0)),
                Lexeme::Word(_)
                | Lexeme::Quoted(_)
                | Lexeme::Variable(_)
                | Lexeme::Operator(_)
                | Lexeme::Illegal(_) => {}
            }
        }
    }
    if !found.literals.is_empty() {
        let start = cell.row % found.literals.len();
        found.literals.rotate_left(start);
    }
    found
}

fn fillings(cell: &Cell<'_>) -> [String; 5] {
    [
        cell.label(),
        cell.token(8, LOWER),
        cell.token(8, DIGITS),
        cell.token(8, UPPER),
        String::new(),
    ]
}

fn number(text: &str, negative: bool, length: bool, cell: &Cell<'_>, found: &mut Suggestions) {
    let integer = match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse::<i64>().ok(),
    };
    let row = i64::try_from(cell.row).unwrap_or_default();
    if let Some(integer) = integer {
        let integer = if negative { -integer } else { integer };
        let near = [0, -1, 1].map(|step| integer.saturating_add(step));
        found.literals.extend(near.map(Value::Integer));
        let around = [
            integer.saturating_add(2 + row),
            integer.saturating_sub(2 + row),
        ];
        found.made.extend(around.map(Value::Integer));
        if length && (0..LONGEST).contains(&integer) {
            for length in near {
                tokens(length, cell, &mut found.made);
            }
        }
    } else if let Ok(real) = text.parse::<f64>() {
        let real = if negative { -real } else { real };
        found
            .literals
            .extend([real, real - 1.0, real + 1.0].map(Value::Real));
        #[expect(clippy::cast_precision_loss, reason = "the numbers of rows are small")]
        let step = (row + 1) as f64 / 256.0;
        found
            .made
            .extend([real + step, real - step].map(Value::Real));
    }
}

/// Texts and blobs of a length.
fn tokens(length: i64, cell: &Cell<'_>, made: &mut Vec<Value>) {
    let Ok(length) = usize::try_from(length) else {
        return;
    };
    for alphabet in [LOWER, DIGITS, UPPER, HEX] {
        made.push(Value::Text(cell.token(length, alphabet)));
    }
    made.push(Value::Blob(cell.token(length, LOWER).into_bytes()));
}

fn blob(digits: &str) -> Option<Value> {
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    bytes.map(Value::Blob)
}

fn is_json(lexeme: &Lexeme) -> bool {
    match lexeme {
        Lexeme::Word(word) => word.starts_with("json"),
        Lexeme::Operator(operator) => operator.starts_with("->"),
        Lexeme::Quoted(_)
        | Lexeme::String(_)
        | Lexeme::Blob(_)
        | Lexeme::Number(_)
        | Lexeme::Variable(_)
        | Lexeme::Illegal(_) => false,
    }
}

/// JSON texts, with the members that paths such as `$.name` ask for.
fn json(lexemes: &[Lexeme], cell: &Cell<'_>, made: &mut Vec<Value>) {
    let label = json_text(&cell.label());
    let keys: Vec<String> = (lexemes.iter())
        .filter_map(|lexeme| match lexeme {
            Lexeme::String(text) => Some(text.strip_prefix("$.").unwrap_or(text)),
            _ => None,
        })
        .map(json_text)
        .collect();
    let number = cell.number();
    for value in [label.as_str(), &number.to_string(), "{}", "[]", "true"] {
        let members: Vec<_> = keys.iter().map(|key| format!("{key}: {value}")).collect();
        if !members.is_empty() {
            made.push(Value::Text(format!("{{{}}}", members.join(", "))));
        }
    }
    made.push(Value::Text(format!("{{\"label\": {label}}}")));
    made.push(Value::Text(format!("[{label}]")));
    made.push(Value::Text(label));
    made.extend(["{}", "[]"].map(|text| Value::Text(text.to_owned())));
}

/// A text as JSON writes it.
fn json_text(text: &str) -> String {
    let mut json = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            ' ' => json.push(' '),
            control if control.is_control() => json.push('?'),
            other => json.push(other),
        }
    }
    json + "\""
}

/// Values of the forms that CHECKs often ask for, whatever the words of this one.
pub(super) fn usual_forms(cell: &Cell<'_>) -> Vec<Value> {
    let (date, time, label) = (cell.date(), cell.time(), cell.label());
    let (hex, name) = (cell.token(12, HEX), cell.token(8, LOWER));
    let small = i64::try_from(cell.small_number()).unwrap_or_default();
    let row = i64::try_from(cell.row).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
    let fraction = 1.0 / (small as f64 + 2.0);
    let mut values: Vec<Value> = [small, row + 1, row, -row - 1].map(Value::Integer).into();
    values.extend([fraction, fraction - 1.0].map(Value::Real));
    let texts = [
        format!("{date} {time}"),
        format!("{date}T{time}Z"),
        format!("{name}@example.org"),
        format!("https://example.org/{name}"),
        format!("00000000-0000-4000-8000-{hex}"),
        format!("#{}", cell.token(6, HEX)),
        label.to_lowercase(),
        label.to_uppercase(),
        quote_identifier(&label),
        cell.token(12, DIGITS),
        date,
        time,
        name,
        cell.token(8, UPPER),
        hex,
    ];
    values.extend(texts.map(Value::Text));
    values.push(Value::Integer(cell.number()));
    values.push(Value::Real(cell.real()));
    values.push(Value::Blob(label.clone().into_bytes()));
    values.push(Value::Text(label));
    values
}
