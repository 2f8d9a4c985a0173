INSERT INTO users VALUES (2, 'Ann', 'a@x', NULL), (9, 'Bob', NULL, '007');
UPDATE sqlite_sequence SET seq = 30;
INSERT INTO tasks VALUES (1, 2, 9, '2024-01-01', NULL), (2, NULL, NULL, NULL, '2024-02-02');
