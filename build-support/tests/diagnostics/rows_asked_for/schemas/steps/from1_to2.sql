ALTER TABLE mails ADD COLUMN read INTEGER;
DELETE FROM mails WHERE folder = 'trash';
UPDATE mails SET subject = NULL WHERE subject = '(no subject)';
