CREATE TABLE books (id INTEGER PRIMARY KEY, isbn TEXT, title TEXT NOT NULL, author TEXT, sold INTEGER NOT NULL DEFAULT 0, gone INTEGER);
CREATE UNIQUE INDEX books_isbn ON books (isbn);
CREATE INDEX books_author ON books (author);
CREATE VIEW sellers AS SELECT author, sum(sold) AS sold FROM books GROUP BY author;
CREATE TABLE sales (book_id INTEGER REFERENCES books (id), at TEXT);
CREATE TRIGGER sold AFTER INSERT ON sales BEGIN UPDATE books SET sold = sold + 1 WHERE id = new.book_id; END;
