INSERT INTO items (id, name, price, count) VALUES (1, 'nut', 3, 0), (4, 'Bolt ', 0, 1000), (5, 'bolt', 200, 10);
INSERT INTO parts VALUES (1, 'a'), (1, 'b'), (5, 'a');
