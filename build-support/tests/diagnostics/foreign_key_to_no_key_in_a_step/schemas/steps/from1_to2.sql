-- stepladder: allow foreign_key_on_existing visits because the app has always written names of people
CREATE TABLE new_visits (id INTEGER PRIMARY KEY, name TEXT REFERENCES people (name));
INSERT INTO new_visits (id, name) SELECT id, name FROM visits;
DROP TABLE visits;
ALTER TABLE new_visits RENAME TO visits;
