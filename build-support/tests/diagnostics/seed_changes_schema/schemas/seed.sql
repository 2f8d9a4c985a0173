CREATE TABLE notes (text);
