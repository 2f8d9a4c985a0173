//! Random tables, and the ways to write one.

use stepladder::sql::{is_reserved, quote_identifier};

/// Marsaglia's xorshift64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    pub(crate) fn often(&mut self) -> bool {
        self.below(3) == 0
    }
}

pub(crate) const NAMES: [&str; 28] = [
    "a",
    "Order",
    "a b",
    "q\"q\"",
    "b`t",
    "br[x",
    "s'q",
    "größe",
    "\u{1F980}",
    "new\nline",
    "a,b",
    "(p)",
    "--c",
    "/* c",
    "semi;",
    "true",
    "check",
    "primary key",
    "1x",
    "x.y",
    "tab\t",
    "null",
    "]",
    "generated",
    "as",
    "unique",
    "\\",
    "",
];
pub(crate) const TYPES: [&str; 9] = [
    "",
    "INTEGER",
    "TEXT",
    "VARCHAR(10)",
    "DECIMAL(10, 2)",
    "double precision",
    "BLOB",
    "ANY",
    "INT",
];
pub(crate) const DEFAULTS: [&str; 11] = [
    "1",
    "-1",
    "+2.5",
    "'it''s, (x)'",
    "(1 + (2))",
    "NULL",
    "TRUE",
    "CURRENT_TIMESTAMP",
    "x'0aFF'",
    "(abs(-3))",
    "bare",
];
pub(crate) const CONFLICTS: [&str; 4] = [
    "",
    " ON CONFLICT IGNORE",
    " ON CONFLICT FAIL",
    " ON CONFLICT ABORT",
];

/// A constraint that may stand at its column or at the end of the table.
pub(crate) struct Constraint {
    pub(super) column: usize,
    /// With `{}` for the columns, in the forms of the column and of the table.
    pub(super) forms: [String; 2],
}

/// The facts of a table, apart from how it is written.
pub(crate) struct Spec {
    pub(super) names: Vec<&'static str>,
    pub(super) columns: Vec<Vec<String>>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) options: &'static str,
}

pub(crate) fn spec(random: &mut Random) -> Spec {
    let mut names = Vec::new();
    while names.len() < 2 + random.below(5) {
        let name = NAMES[random.below(NAMES.len())];
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let options = ["", " STRICT", " WITHOUT ROWID", " WITHOUT ROWID, STRICT"][random.below(4)];
    let mut spec = Spec {
        columns: Vec::new(),
        constraints: Vec::new(),
        options,
        names,
    };
    for at in 0..spec.names.len() {
        let strict = options.contains("STRICT");
        let types = if strict {
            &["INTEGER", "TEXT", "ANY", "BLOB"][..]
        } else {
            &TYPES
        };
        let mut parts = vec![random.pick(types).to_owned()];
        if at > 0 && random.below(6) == 0 {
            let storage = random.pick(&["STORED", "VIRTUAL"]);
            // SQLite takes a comment in front of GENERATED for a part of the type.
            parts[0] = format!("{} GENERATED ALWAYS AS (@0 || '{at})') {storage}", parts[0]);
        } else if random.often() {
            parts.push(format!("DEFAULT {}", random.pick(&DEFAULTS)));
        }
        if random.often() {
            parts.push(format!("NOT NULL{}", random.pick(&CONFLICTS)));
        }
        if random.often() {
            parts.push(format!(
                "COLLATE {}",
                random.pick(&["NOCASE", "RTRIM", "BINARY"])
            ));
        }
        spec.columns.push(parts);
        constraints(random, &mut spec, at);
    }
    spec
}

pub(crate) fn constraints(random: &mut Random, spec: &mut Spec, at: usize) {
    let mut add = |column: &str, table: &str| {
        let forms = [column.to_owned(), table.replace("{}", &format!("@{at}"))];
        spec.constraints.push(Constraint { column: at, forms });
    };
    if at == 0 && (spec.options.contains("WITHOUT") || random.often()) {
        let conflict = random.pick(&CONFLICTS);
        add(
            &format!("PRIMARY KEY{conflict}"),
            &format!("PRIMARY KEY ({{}}){conflict}"),
        );
    } else if random.below(5) == 0 {
        let conflict = random.pick(&CONFLICTS);
        add(
            &format!("UNIQUE{conflict}"),
            &format!("UNIQUE ({{}}){conflict}"),
        );
    }
    if random.often() {
        let check = format!("CHECK (@{at} <> 'no, \"such\" (name)' OR (1))");
        add(&check, &check);
    }
    if random.often() {
        let rest = format!(
            "REFERENCES {}{}{}{}",
            quote_identifier(random.pick(&["p", "p q", "ünï"])),
            random.pick(&["", " (x)", " MATCH FULL"]),
            random.pick(&[
                "",
                " ON DELETE CASCADE",
                " ON UPDATE SET NULL ON DELETE NO ACTION"
            ]),
            random.pick(&["", " DEFERRABLE INITIALLY DEFERRED", " NOT DEFERRABLE"]),
        );
        add(&rest, &format!("FOREIGN KEY ({{}}) {rest}"));
    }
}

/// A name in one of the ways in which SQLite takes it.
pub(crate) fn spelled(random: &mut Random, name: &str) -> String {
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphabetic()) && !name.is_empty();
    match random.below(4) {
        0 if plain(name) && !is_reserved(name) => name.to_ascii_uppercase(),
        1 if !name.contains(']') => format!("[{name}]"),
        2 => format!("`{}`", name.replace('`', "``")),
        _ => quote_identifier(&name.to_ascii_lowercase()),
    }
}

/// The text with names for the `@n`, and with comments and white space between its words.
pub(crate) fn filled(random: &mut Random, spec: &Spec, text: &str) -> String {
    let mut text = text.to_owned();
    for (at, name) in spec.names.iter().enumerate() {
        let place = format!("@{at}");
        let mut parts = text.split(&place);
        let mut whole = parts.next().unwrap().to_owned();
        for part in parts {
            whole = whole + &spelled(random, name) + part;
        }
        text = whole;
    }
    text
}

pub(crate) fn gap(random: &mut Random) -> &'static str {
    random.pick(&[" ", "\n\t", " /* ' ( , */ ", " -- \" ,)\n "])
}

/// One way to write the table: its columns, and its table constraints.
pub(crate) fn written(random: &mut Random, spec: &Spec, table: &str) -> (String, Vec<String>) {
    let mut definitions: Vec<String> = Vec::new();
    let mut table_constraints = Vec::new();
    let mut column_constraints = vec![Vec::new(); spec.names.len()];
    for constraint in &spec.constraints {
        let form = random.below(2);
        let text = filled(random, spec, &constraint.forms[form]);
        let named = random.pick(&["", "CONSTRAINT \"check (\" "]);
        match form {
            0 => column_constraints[constraint.column].push(format!("{named}{text}")),
            _ => table_constraints.push(format!("{named}{text}")),
        }
    }
    for (at, parts) in spec.columns.iter().enumerate() {
        let mut definition = spelled(random, spec.names[at]);
        for part in parts.iter().chain(&column_constraints[at]) {
            definition += gap(random);
            definition += &filled(random, spec, part);
        }
        definitions.push(definition + gap(random));
    }
    let mut sql = format!("CREATE TABLE {}{}(", quote_identifier(table), gap(random));
    sql += &definitions.join(",");
    for (at, constraint) in table_constraints.iter().enumerate() {
        // Commas between table constraints may be left out.
        sql += if at == 0 || random.often() {
            ","
        } else {
            gap(random)
        };
        sql += constraint;
    }
    sql += ")";
    sql += spec.options;
    (sql, table_constraints)
}
