INSERT INTO customers VALUES (1, 'ann', 'a@x', 'Main St 1', 'Bonn', '053111'), (4, 'bob', NULL, NULL, NULL, NULL),
    (6, 'cleo', 'C@x', NULL, NULL, '007'), (8, 'dan', 'd@x', NULL, 'Köln', NULL), (9, 'ann', 'e@x', 'Main St 1', 'Bonn', '053111');
INSERT INTO orders VALUES (1, 4, 0), (2, 4, 300);
