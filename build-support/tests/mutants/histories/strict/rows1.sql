INSERT INTO settings VALUES ('theme', 'dark', 5), ('size', 12, NULL), ('Theme', x'00', 5), ('n', '007', 0);
INSERT INTO readings VALUES ('a', 1, 0.5, NULL), ('a', 2, 0.5, x'01'), ('b', 1, -3.25, x'');
INSERT INTO sensors VALUES ('a', 'roof'), ('b', NULL);
