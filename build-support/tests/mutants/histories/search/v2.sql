CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL DEFAULT '', draft INTEGER NOT NULL DEFAULT 1);
CREATE VIRTUAL TABLE found USING fts5(title, body, content = 'articles', content_rowid = 'id', tokenize = 'porter');
CREATE TRIGGER found_insert AFTER INSERT ON articles BEGIN
    INSERT INTO found (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER found_delete AFTER DELETE ON articles BEGIN
    INSERT INTO found (found, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;
CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);
CREATE VIRTUAL TABLE words USING fts5(word, meaning, example);
