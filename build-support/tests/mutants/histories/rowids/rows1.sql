INSERT INTO events (rowid, at, what, size) VALUES (4, '2024', 'boot', NULL), (9, '2024', 'boot', 5), (20, '2023', NULL, 6);
INSERT INTO seen VALUES (4, 'ann'), (20, 'bob'), (4, 'bob');
