ALTER TABLE mails ADD COLUMN note TEXT;
DELETE FROM mails WHERE length(sent) = 47;
