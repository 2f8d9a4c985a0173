-- stepladder: allow data_loss mails.folder because the table says it now
CREATE TABLE trash (id INTEGER PRIMARY KEY, sender TEXT NOT NULL, subject TEXT NOT NULL, body TEXT);
INSERT INTO trash (id, sender, subject, body) SELECT id, sender, subject, body FROM mails WHERE folder = 'trash';
DELETE FROM mails WHERE folder = 'trash';
ALTER TABLE mails DROP COLUMN folder;
ALTER TABLE senders ADD COLUMN mails INTEGER NOT NULL DEFAULT 0;
UPDATE senders SET mails = (SELECT count(*) FROM mails WHERE mails.sender = senders.address);
