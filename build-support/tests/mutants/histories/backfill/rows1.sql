INSERT INTO tickets VALUES (1, 'a', 0, 10), (2, 'a', 1, 10), (5, 'B', 2, 0), (6, 'b', 2, 99);
INSERT INTO people VALUES (1, 'Ann', 'Ex', NULL), (2, 'Bob', 'Why', 'bobby'), (3, '', '', '');
