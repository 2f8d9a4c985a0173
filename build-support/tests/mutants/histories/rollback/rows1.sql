INSERT INTO teams VALUES (1, 'red'), (3, 'blue');
INSERT INTO players VALUES (2, 3, 'ann', 5), (7, NULL, 'bob', 0);
UPDATE sqlite_sequence SET seq = 12;
