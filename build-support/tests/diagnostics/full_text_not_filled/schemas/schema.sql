CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT);
CREATE VIRTUAL TABLE found USING fts5(title, body, content = 'articles', content_rowid = 'id');
CREATE VIRTUAL TABLE "found too" USING fts5(body, content = 'articles', content_rowid = 'id');
