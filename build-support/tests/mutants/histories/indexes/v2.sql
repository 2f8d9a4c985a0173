CREATE TABLE books (id INTEGER PRIMARY KEY, isbn TEXT, title TEXT NOT NULL, author TEXT, sold INTEGER NOT NULL DEFAULT 0, gone INTEGER, shelf TEXT COLLATE NOCASE DEFAULT 'A');
CREATE UNIQUE INDEX books_isbn ON books (isbn);
CREATE INDEX books_author ON books (author COLLATE NOCASE, title DESC) WHERE gone IS NULL;
CREATE INDEX books_by_length ON books (length(title), shelf);
CREATE VIEW sellers AS SELECT author, sum(sold) AS sold, count(*) AS books FROM books WHERE gone IS NULL GROUP BY author;
CREATE VIEW best AS SELECT author FROM sellers ORDER BY sold DESC LIMIT 10;
CREATE TABLE sales (book_id INTEGER REFERENCES books (id), at TEXT);
CREATE TRIGGER sold AFTER INSERT ON sales WHEN new.book_id > 0 BEGIN UPDATE books SET sold = sold + 1 WHERE id = new.book_id; END;
CREATE TRIGGER unsold AFTER DELETE ON sales BEGIN UPDATE books SET sold = sold - 1 WHERE id = old.book_id; END;
