INSERT INTO lists VALUES (1, 'home'), (7, 'work');
INSERT INTO todos VALUES (3, 1, NULL, 'milk', NULL), (5, 7, 3, 'Milk', ''), (9, 7, 9, 'call', 'soon');
INSERT INTO log VALUES (1, 3, 'made'), (2, NULL, NULL);
UPDATE sqlite_sequence SET seq = 40 WHERE name = 'todos';
