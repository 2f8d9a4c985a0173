//! The few expressions in Dart whose SQL can be told without running Dart.

use stepladder::sql::quote_string;

use super::table::DateTimes;

/// The SQL of an expression such as `const Constant(0)`; `None` where only Dart can tell.
pub(super) fn expression(code: &str, date_times: DateTimes) -> Option<String> {
    let code = code.trim();
    let code = code.strip_prefix("const ").unwrap_or(code).trim();
    match (code, date_times) {
        ("currentDate", DateTimes::Text) => return Some("CURRENT_DATE".to_owned()),
        ("currentDateAndTime", DateTimes::Text) => return Some("CURRENT_TIMESTAMP".to_owned()),
        ("currentDate", DateTimes::Integer) => return Some(seconds("CURRENT_DATE")),
        ("currentDateAndTime", DateTimes::Integer) => return Some(seconds("CURRENT_TIMESTAMP")),
        _ => {}
    }
    if let Some(argument) = argument(code, "CustomExpression") {
        // What is behind the text, such as `precedence:`, says nothing about SQL.
        return text(argument)
            .map(|(sql, _)| sql)
            .filter(|sql| !sql.trim().is_empty());
    }
    constant(argument(code, "Constant")?)
}

/// <https://drift.simonbinder.eu/sql_api/types/#date>
fn seconds(time: &str) -> String {
    format!("CAST(strftime('%s', {time}) AS INTEGER)")
}

/// What is in the parentheses of a call, `name(..)` or `name<T>(..)`.
fn argument<'a>(code: &'a str, name: &str) -> Option<&'a str> {
    let rest = code.strip_prefix(name)?.trim_start();
    let rest = match rest.strip_prefix('<') {
        Some(generic) => &generic[generic.find('(')?..],
        None => rest,
    };
    let inner = rest.strip_prefix('(')?.strip_suffix(')')?.trim();
    Some(inner.strip_suffix(',').unwrap_or(inner).trim())
}

/// A constant of Dart as SQL.
fn constant(code: &str) -> Option<String> {
    match code {
        "true" | "BigInt.one" => return Some("1".to_owned()),
        "false" | "BigInt.zero" => return Some("0".to_owned()),
        "null" => return Some("NULL".to_owned()),
        _ => {}
    }
    if let Some((text, rest)) = text(code) {
        return rest.is_empty().then(|| quote_string(&text));
    }
    if let Some(number) = code.strip_prefix("BigInt.from(") {
        return constant(number.strip_suffix(')')?);
    }
    let digits = code.strip_prefix('-').unwrap_or(code);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-'))
        && (digits.parse::<f64>().is_ok() || is_hexadecimal(digits));
    is_number.then(|| code.to_owned())
}

fn is_hexadecimal(digits: &str) -> bool {
    digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
        .is_some_and(|digits| i64::from_str_radix(digits, 16).is_ok())
}

/// The text that begins the code, of one or more literals, and what is behind it.
fn text(code: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut rest = code;
    let mut found = false;
    while let Some((part, behind)) = literal(rest) {
        text.push_str(&part);
        rest = behind.trim_start();
        found = true;
    }
    found.then_some((text, rest))
}

/// One literal; `None` where there is none, or where it has a value put in: `'$x'`.
fn literal(code: &str) -> Option<(String, &str)> {
    let (raw, code) = match code.strip_prefix('r') {
        Some(code) => (true, code),
        None => (false, code),
    };
    let quote = ["'''", "\"\"\"", "'", "\""]
        .into_iter()
        .find(|quote| code.starts_with(quote))?;
    let mut rest = &code[quote.len()..];
    let mut text = String::new();
    loop {
        if let Some(behind) = rest.strip_prefix(quote) {
            return Some((text, behind));
        }
        let next = rest.chars().next()?;
        if raw || !matches!(next, '\\' | '$') {
            text.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        }
        let (escaped, behind) = escape(rest)?;
        text.push(escaped);
        rest = behind;
    }
}

/// The character behind a backslash.
fn escape(code: &str) -> Option<(char, &str)> {
    let rest = code.strip_prefix('\\')?;
    let next = rest.chars().next()?;
    let behind = &rest[next.len_utf8()..];
    let hexadecimal = |digits: &str| char::from_u32(u32::from_str_radix(digits, 16).ok()?);
    match next {
        'n' => Some(('\n', behind)),
        'r' => Some(('\r', behind)),
        't' => Some(('\t', behind)),
        'b' => Some(('\u{8}', behind)),
        'f' => Some(('\u{c}', behind)),
        'v' => Some(('\u{b}', behind)),
        'x' => Some((hexadecimal(behind.get(..2)?)?, &behind[2..])),
        'u' => match behind.strip_prefix('{') {
            Some(behind) => {
                let (digits, behind) = behind.split_once('}')?;
                Some((hexadecimal(digits)?, behind))
            }
            None => Some((hexadecimal(behind.get(..4)?)?, &behind[4..])),
        },
        other => Some((other, behind)),
    }
}

#[cfg(test)]
mod tests {
    use super::{DateTimes, expression};

    #[test]
    fn constants_are_read() {
        for (code, sql) in [
            ("const Constant(0)", "0"),
            ("const Constant(-1.5e3)", "-1.5e3"),
            ("const Constant<bool>(true)", "1"),
            ("Constant(false,)", "0"),
            ("const Constant<String?>(null)", "NULL"),
            ("const Constant('it\\'s')", "'it''s'"),
            ("const Constant(\"a\" 'b')", "'ab'"),
            ("const Constant(r'a\\$b')", "'a\\$b'"),
            ("const Constant('\\u00e9\\x41\\n\\$')", "'éA\n$'"),
            ("Constant(BigInt.from(12))", "12"),
            ("const CustomExpression<bool>('FALSE')", "FALSE"),
            ("const CustomExpression('\\'fade\\'')", "'fade'"),
            (
                "const CustomExpression('a + 1', precedence: Precedence.plusMinus)",
                "a + 1",
            ),
            ("const CustomExpression<List<int>>('x')", "x"),
        ] {
            let found = expression(code, DateTimes::Integer);
            assert_eq!(found.as_deref(), Some(sql), "{code}");
        }
    }

    #[test]
    fn what_only_dart_can_tell_is_not_guessed() {
        for code in [
            "Constant(Settings.limit)",
            "Constant(DateTime(1900))",
            "Constant('$name')",
            "const Constant('a') + b",
            "Constant('a'.toUpperCase())",
            "Constant('unclosed)",
            "Constant(1 + 2)",
            "Constant(x)",
            "ConstantText('a')",
            "const CustomExpression('')",
            "myDefault()",
            "",
        ] {
            assert_eq!(expression(code, DateTimes::Integer), None, "{code}");
        }
    }

    #[test]
    fn the_time_is_stored_as_dates_are() {
        let now = |date_times| expression("currentDateAndTime", date_times).unwrap();
        assert_eq!(now(DateTimes::Text), "CURRENT_TIMESTAMP");
        assert!(now(DateTimes::Integer).starts_with("CAST(strftime('%s', CURRENT_TIMESTAMP)"));
    }
}
