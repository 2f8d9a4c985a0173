CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL DEFAULT '', draft INTEGER NOT NULL DEFAULT 1);
CREATE VIRTUAL TABLE found USING fts5(title, content = 'articles', content_rowid = 'id');
CREATE TRIGGER found_insert AFTER INSERT ON articles BEGIN
    INSERT INTO found (rowid, title) VALUES (new.id, new.title);
END;
CREATE TRIGGER found_delete AFTER DELETE ON articles BEGIN
    INSERT INTO found (found, rowid, title) VALUES ('delete', old.id, old.title);
END;
CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);
CREATE VIRTUAL TABLE words USING fts5(word, meaning);
