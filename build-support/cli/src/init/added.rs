//! The lines that a new text has and the old one has not.

/// The lines of `new` that are not those of `old`, in their order; both mostly have the same lines.
pub(crate) fn added<'n>(old: &str, new: &'n str) -> Vec<&'n str> {
    let old: Vec<_> = old.lines().collect();
    let new: Vec<_> = new.lines().collect();
    // `common[i][j]` is how many lines the rest of both texts have in common.
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut added = Vec::new();
    while j < new.len() {
        if i < old.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && common[i + 1][j] > common[i][j + 1] {
            i += 1;
        } else {
            added.push(new[j]);
            j += 1;
        }
    }
    added.retain(|line| !line.trim().is_empty());
    added
}

#[cfg(test)]
mod tests {
    use super::added;

    #[test]
    fn only_what_is_new_is_told() {
        assert_eq!(added("a\nb\nd\n", "a\nb\nc\n\nd\nb\n"), ["c", "b"]);
        assert_eq!(added("a = 1\n", "a = 2\n"), ["a = 2"]);
        assert_eq!(added("", "x"), ["x"]);
        assert!(added("a\nb", "a\nb").is_empty());
    }
}
