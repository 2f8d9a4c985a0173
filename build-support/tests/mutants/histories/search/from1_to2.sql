DROP TRIGGER found_insert;
DROP TRIGGER found_delete;
DROP TABLE found;
CREATE VIRTUAL TABLE found USING fts5(title, body, content = 'articles', content_rowid = 'id', tokenize = 'porter');
INSERT INTO found (found) VALUES ('rebuild');
CREATE TRIGGER found_insert AFTER INSERT ON articles BEGIN
    INSERT INTO found (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER found_delete AFTER DELETE ON articles BEGIN
    INSERT INTO found (found, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;
CREATE VIRTUAL TABLE new_words USING fts5(word, meaning, example);
INSERT INTO new_words (rowid, word, meaning) SELECT rowid, word, meaning FROM words;
DROP TABLE words;
ALTER TABLE new_words RENAME TO words;
