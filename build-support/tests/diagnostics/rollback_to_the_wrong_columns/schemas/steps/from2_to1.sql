ALTER TABLE notes RENAME COLUMN heading TO body;
ALTER TABLE notes RENAME COLUMN text TO title;
