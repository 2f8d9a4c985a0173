-- stepladder: allow data_loss documents.author because the authors have left
CREATE TABLE documents_new (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);
INSERT INTO documents_new (id, text) SELECT id, coalesce(text, '') FROM documents;
DROP TABLE documents;
ALTER TABLE documents_new RENAME TO documents;
