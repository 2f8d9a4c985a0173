use stepladder::schema::EntityKind;

use super::{Parent, Places, Snapshot, SnapshotEntity, read_snapshot};
use crate::source::SourceFile;

fn sample() -> Snapshot {
    Snapshot {
        version: 2,
        parent: Some(Parent {
            version: 1,
            fingerprint: "00ff".to_owned(),
            step: None,
        }),
        entities: vec![
            SnapshotEntity {
                kind: EntityKind::Table,
                name: "todos".to_owned(),
                table: "todos".to_owned(),
                sql: "CREATE TABLE todos (\n  id INTEGER,\t-- \"é\"\n  b \\ c\n)".to_owned(),
            },
            SnapshotEntity {
                kind: EntityKind::VirtualTable,
                name: "f".to_owned(),
                table: "f".to_owned(),
                sql: "CREATE VIRTUAL TABLE f USING fts5(a)".to_owned(),
            },
        ],
    }
}

fn file(text: String) -> SourceFile {
    SourceFile::new("schemas/schema_v2.json", text)
}

#[test]
fn what_is_written_is_read_back() {
    let text = sample().to_json();
    assert!(text.starts_with("{\n  \"format\": 1,\n  \"version\": 2,\n  \"parent\": {\n"));
    assert!(text.ends_with("}\n"));
    assert_eq!(read_snapshot(&file(text.clone()), 2).unwrap(), sample());
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(read_snapshot(&file(crlf), 2).unwrap(), sample());
}

#[test]
fn the_place_of_sql_is_found_in_the_file() {
    let file = file(sample().to_json());
    let places = Places::new(&file);
    let sql = &sample().entities[0].sql;
    for part in ["todos", "id", "é", "b", "c"] {
        let at = sql.rfind(part).unwrap();
        let span = places.sql(0, sql, at..at + part.len());
        assert_eq!(&file.text[span], part);
    }
    let whole = places.sql(0, sql, 0..sql.len());
    assert_eq!(&file.text[whole], "CREATE TABLE todos (");
    assert_eq!(&file.text[places.entity_field(1, "name")], "\"f\"");
    assert_eq!(&file.text[places.parent_field("fingerprint")], "\"00ff\"");
}

/// A small generator, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

#[test]
fn a_damaged_file_is_an_error_or_a_snapshot_and_never_a_panic() {
    let text = sample().to_json();
    let mut random = Random(0x5eed_1adde5);
    let (mut read, mut rejected) = (0, 0);
    for _ in 0..20_000 {
        let mut bytes = text.clone().into_bytes();
        match random.below(3) {
            0 => bytes.truncate(random.below(text.len())),
            1 => {
                let at = random.below(text.len());
                bytes[at] ^= 1 << random.below(8);
            }
            _ => {
                let (from, to) = (random.below(text.len()), random.below(text.len()));
                bytes.swap(from, to);
            }
        }
        let damaged = file(String::from_utf8_lossy(&bytes).into_owned());
        match read_snapshot(&damaged, 2) {
            Ok(snapshot) => {
                read += 1;
                let places = Places::new(&damaged);
                for (index, entity) in snapshot.entities.iter().enumerate() {
                    let span = places.sql(index, &entity.sql, 3..9);
                    assert!(damaged.text.get(span).is_some());
                }
            }
            Err(diagnostic) => {
                rejected += 1;
                assert!(diagnostic.to_string().contains("schemas/schema_v2.json"));
            }
        }
    }
    assert!(read > 100 && rejected > 1000, "{read} {rejected}");
}
