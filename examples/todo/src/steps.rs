//! The steps between the versions of the schema.

use stepladder::rusqlite::{Connection, params};

use crate::schema::{From2To3, From3To4, From4To5, MigrationSteps, v2, v3, v4, v5};

/// The steps in Rust. The step from 1 to 2 is `schemas/steps/from1_to2.sql`, so there is nothing to
/// write for it here.
pub(crate) struct Steps;

impl MigrationSteps for Steps {
    /// The column has got a better name, and nobody used the table.
    fn from2_to3(&mut self, m: From2To3<'_>) -> stepladder::Result<v3::Reached> {
        m.rename_column(v2::todos::owner_id, v3::todos::assignee_id)?
            .allow_data_loss(v2::users::table, "nobody used it")
            .drop_table(v2::users::table)?
            .done()
    }

    /// A slug for each to-do, made in Rust, and full-text search.
    ///
    /// SQLite cannot add a column that is NOT NULL and has no default, so the table is rebuilt. The
    /// slugs are empty at first; the unique index on them comes when the step is done.
    fn from3_to4(&mut self, m: From3To4<'_>) -> stepladder::Result<v4::Reached> {
        m.rebuild(v4::todos::Rebuild { slug: "''" })?
            .with_connection(fill_slugs)?
            .create_table(v4::todos_text::table)?
            .execute("INSERT INTO todos_text (todos_text) VALUES ('rebuild')", [])?
            .done()
    }

    /// Done or not done was not enough.
    fn from4_to5(&mut self, m: From4To5<'_>) -> stepladder::Result<v5::Reached> {
        m.add_column(v5::todos::status)?
            .execute("UPDATE todos SET status = 'done' WHERE done <> 0", [])?
            .allow_data_loss(v4::todos::done, "the status says it")
            .drop_column(v4::todos::done)?
            .done()
    }
}

fn fill_slugs(connection: &Connection) -> stepladder::Result<()> {
    let mut select = connection.prepare("SELECT id, title FROM todos")?;
    let mut update = connection.prepare("UPDATE todos SET slug = ?2 WHERE id = ?1")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (id, title): (i64, String) = (row.get(0)?, row.get(1)?);
        update.execute(params![id, slug(id, &title)])?;
    }
    Ok(())
}

/// A name for a web address. The number makes it unique.
pub(crate) fn slug(id: i64, title: &str) -> String {
    let words = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase);
    let mut slug = words.collect::<Vec<_>>().join("-");
    if !slug.is_empty() {
        slug.push('-');
    }
    slug + &id.to_string()
}
