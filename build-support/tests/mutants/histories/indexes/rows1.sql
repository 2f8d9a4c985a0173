INSERT INTO books VALUES (1, NULL, 'one', NULL, 3, NULL), (2, '978', 'Two', 'ann', 0, 1), (8, '979', 'two', 'Ann', 5, NULL);
INSERT INTO sales VALUES (8, '2024'), (8, '2024'), (NULL, NULL);
