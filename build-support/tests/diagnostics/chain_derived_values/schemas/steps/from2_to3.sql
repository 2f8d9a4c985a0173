CREATE TABLE states (name TEXT PRIMARY KEY);
INSERT INTO states SELECT state FROM users WHERE state || '' = 'old';
