-- stepladder: allow data_loss users.name because it is in nick
ALTER TABLE users ADD COLUMN nick TEXT;
UPDATE users SET nick = '@' || name;
ALTER TABLE users DROP COLUMN name;
