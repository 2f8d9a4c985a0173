CREATE TABLE mails (id INTEGER PRIMARY KEY, sender TEXT NOT NULL, subject TEXT NOT NULL, body TEXT, folder TEXT NOT NULL DEFAULT 'inbox' CHECK (folder IN ('inbox', 'trash')));
CREATE TABLE senders (address TEXT PRIMARY KEY, blocked INTEGER NOT NULL DEFAULT 0);
