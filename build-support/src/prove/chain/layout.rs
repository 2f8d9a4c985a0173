//! How the tables of a database are laid out: an upgraded one may have its columns in another order
//! than a new one of the same version.

use std::collections::{BTreeMap, BTreeSet};

use stepladder::rusqlite::{self, Connection};
use stepladder::schema::{EntityKind, Schema};
use stepladder::sql::{canonical, canonical_text, fold};

/// The layouts in which the tables of each step have been seen.
#[derive(Default)]
pub(super) struct Layouts {
    seen: BTreeSet<(usize, Vec<String>)>,
    /// Most texts are the same in most databases.
    canonical: BTreeMap<String, String>,
}

impl Layouts {
    /// Whether the tables are laid out at a step as they were not before, nor in a new database of
    /// that version.
    pub(super) fn is_new(
        &mut self,
        at: usize,
        connection: &Connection,
        tables: &Schema,
        version: &Schema,
    ) -> rusqlite::Result<bool> {
        let names: BTreeSet<_> = (tables.entities.iter())
            .map(|entity| fold(entity.name()))
            .collect();
        let of_new = (version.entities.iter())
            .filter(|entity| names.contains(&fold(entity.table_name())))
            .map(|entity| entity.sql().to_owned());
        let mut of_new: Vec<String> = of_new.collect();
        let sql = "SELECT tbl_name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        let mut found: Vec<String> = Vec::new();
        while let Some(row) = rows.next()? {
            if names.contains(&fold(&row.get::<_, String>(0)?)) {
                found.push(row.get(1)?);
            }
        }
        of_new.sort();
        found.sort();
        if found == of_new {
            return Ok(false);
        }
        let of_new = self.layout(of_new);
        self.seen.insert((at, of_new));
        let layout = self.layout(found);
        Ok(self.seen.insert((at, layout)))
    }

    /// Whether all is laid out as in a new database of a version.
    pub(super) fn is_as_new(
        &mut self,
        connection: &Connection,
        version: &Schema,
    ) -> rusqlite::Result<bool> {
        let mut of_new: Vec<_> = (version.entities.iter())
            .map(|entity| entity.sql().to_owned())
            .collect();
        // Without the shadow tables of virtual ones, which no version names:
        // https://www.sqlite.org/vtab.html#the_xshadowname_method
        let shadows = (version.entities.iter())
            .filter(|entity| entity.kind() == EntityKind::VirtualTable)
            .map(|table| fold(&format!("{}_", table.name())));
        let shadows: Vec<_> = shadows.collect();
        let sql = "SELECT tbl_name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        let mut found: Vec<String> = Vec::new();
        while let Some(row) = rows.next()? {
            let table = fold(&row.get::<_, String>(0)?);
            let own = table.starts_with("sqlite_");
            if !own && !shadows.iter().any(|shadow| table.starts_with(shadow)) {
                found.push(row.get(1)?);
            }
        }
        of_new.sort();
        found.sort();
        Ok(found == of_new || self.layout(found) == self.layout(of_new))
    }

    fn layout(&mut self, texts: Vec<String>) -> Vec<String> {
        let texts = texts.into_iter().map(|text| {
            let known = self.canonical.entry(text);
            let text = known.key().clone();
            known
                .or_insert_with(|| canonical_text(&canonical(&text)))
                .clone()
        });
        let mut texts: Vec<_> = texts.collect();
        texts.sort();
        texts
    }
}
