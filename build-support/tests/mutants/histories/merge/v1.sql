CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, joined TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE profiles (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    bio     TEXT NOT NULL,
    avatar  BLOB
);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE SET NULL, body TEXT NOT NULL);
CREATE TRIGGER posts_trimmed AFTER INSERT ON posts WHEN new.body <> trim(new.body) BEGIN
    UPDATE posts SET body = trim(new.body) WHERE id = new.id;
END;
