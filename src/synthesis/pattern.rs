//! Texts that match a LIKE or GLOB pattern: <https://www.sqlite.org/lang_expr.html#like>.

/// A text that matches the LIKE pattern, with `filling` for each `%`.
pub(super) fn like(pattern: &str, filling: &str) -> String {
    let mut text = String::new();
    for character in pattern.chars() {
        match character {
            '%' => text.push_str(filling),
            '_' => text.push('x'),
            other => text.push(other),
        }
    }
    text
}

/// A text that matches the GLOB pattern, with `filling` for each `*`; from sets such as `[a-z]` it
/// takes another member for another `turn`.
pub(super) fn glob(pattern: &str, filling: &str, turn: usize) -> String {
    let mut text = String::new();
    let mut rest: Vec<char> = pattern.chars().rev().collect();
    let mut turn = turn;
    while let Some(character) = rest.pop() {
        match character {
            '*' => text.push_str(filling),
            '?' => text.push('x'),
            '[' => {
                let members = set(&mut rest);
                if !members.is_empty() {
                    text.push(members[turn % members.len()]);
                    turn /= members.len();
                }
            }
            other => text.push(other),
        }
    }
    text
}

/// The members of the set that has just been opened.
fn set(rest: &mut Vec<char>) -> Vec<char> {
    let inverted = rest.last() == Some(&'^');
    if inverted {
        rest.pop();
    }
    let mut written = Vec::new();
    while let Some(character) = rest.pop() {
        match character {
            // As the first member, it is one.
            ']' if !written.is_empty() => break,
            '-' if !written.is_empty() && rest.last().is_some_and(|next| *next != ']') => {
                let from = written.pop().unwrap_or_default();
                let to = rest.pop().unwrap_or_default();
                written.extend((from..=to).take(64));
            }
            other => written.push(other),
        }
    }
    if inverted {
        let others = ('a'..='z').chain('0'..='9').chain('A'..='Z');
        return others.filter(|member| !written.contains(member)).collect();
    }
    written
}

#[cfg(test)]
mod tests {
    use super::{glob, like};

    #[test]
    fn patterns_are_filled() {
        assert_eq!(like("%_@_%.com", "me"), "mex@xme.com");
        assert_eq!(glob("[A-C][^a-y]*?", "-", 1), "Bz-x");
        assert_eq!(glob("[]a]]", "", 0), "]]");
        assert_eq!(glob("[", "", 0), "");
    }
}
