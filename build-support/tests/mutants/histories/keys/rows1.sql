INSERT INTO trees VALUES ('oak', 1, NULL), ('elm', 1, '1990'), ('elm', 4, '1990');
INSERT INTO branches VALUES (1, 'oak', 1, NULL, 2.5), (3, 'elm', 4, 1, NULL), (4, NULL, NULL, 3, -1.0);
INSERT INTO leaves VALUES (1, 'green', NULL), (3, 'brown', 'x'), (3, 'brown', NULL);
