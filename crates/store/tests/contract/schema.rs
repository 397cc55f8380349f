//! Both databases have the same tables, column by column, under the same headings.

use crate::support::{Db, On, run};
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::{collections::BTreeMap, path::Path};
use store::Url;

/// What differs by nature: the search index itself, sqlx's own table, and the shadow tables of FTS5.
const NOT_COMPARED: [&str; 2] = ["search", "_sqlx_migrations"];

/// Table and column → type and whether it may be null.
type Columns = BTreeMap<(String, String), (String, bool)>;

#[test]
fn both_databases_have_the_same_columns() {
    let (sqlite, postgres) = (of_sqlite(), of_postgres());
    assert!(sqlite.len() > 200, "{} columns", sqlite.len());
    for (place, theirs) in &postgres {
        let ours = sqlite.get(place).unwrap_or_else(|| panic!("SQLite has no {place:?}"));
        assert_eq!(ours.1, theirs.1, "{place:?} may be null on one only");
        let fits: &[&str] = match ours.0.as_str() {
            "INTEGER" => &["bigint", "boolean"],
            "TEXT" => &["text", "jsonb"],
            "BLOB" => &["bytea"],
            other => panic!("{place:?} is {other}"),
        };
        assert!(fits.contains(&theirs.0.as_str()), "{place:?}: {} and {}", ours.0, theirs.0);
    }
    for place in sqlite.keys() {
        assert!(postgres.contains_key(place), "PostgreSQL has no {place:?}");
    }
}

fn of_sqlite() -> Columns {
    const SQL: &str = r#"
        select t.name, c.name, c.type, c."notnull" = 0 and c.pk = 0
        from pragma_table_list t
        join pragma_table_info(t.name) c
        where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%'"#;
    columns(On::Sqlite, async |db: Db| {
        let Url::Sqlite(path) = &db.url else { panic!("not SQLite") };
        let mut connection = SqliteConnection::connect(&path.display().to_string()).await.unwrap();
        sqlx::query_as(SQL).fetch_all(&mut connection).await.unwrap()
    })
}

fn of_postgres() -> Columns {
    const SQL: &str = "
        select table_name::text, column_name::text, data_type::text, is_nullable = 'YES'
        from information_schema.columns
        where table_schema = 'public'";
    columns(On::Postgres, async |db: Db| {
        let Url::Postgres(url) = &db.url else { panic!("not PostgreSQL") };
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::query_as(SQL).fetch_all(&mut connection).await.unwrap()
    })
}

fn columns(on: On, read: impl AsyncFn(Db) -> Vec<(String, String, String, bool)>) -> Columns {
    let mut found = Columns::new();
    run(on, async |db| {
        found = read(db)
            .await
            .into_iter()
            .filter(|(table, ..)| !NOT_COMPARED.contains(&table.as_str()))
            .map(|(table, column, kind, null)| ((table, column), (kind, null)))
            .collect();
    });
    found
}

#[test]
fn both_folders_have_the_same_numbers_and_headings() {
    let (sqlite, postgres) = (headings("sqlite"), headings("postgres"));
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, postgres);
}

/// File name and headings: comment lines that stand before a statement, up to a colon.
fn headings(folder: &str) -> BTreeMap<String, Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    files
        .map(|file| {
            let text = std::fs::read_to_string(file.path()).unwrap();
            let headings = text.split("\n\n").filter_map(heading).collect();
            (file.file_name().into_string().unwrap(), headings)
        })
        .collect()
}

/// The heading of a section that makes tables.
fn heading(section: &str) -> Option<String> {
    let first = section.trim_start().lines().next()?.strip_prefix("-- ")?;
    section.contains("create table").then(|| first.split(':').next().unwrap_or(first).to_owned())
}
