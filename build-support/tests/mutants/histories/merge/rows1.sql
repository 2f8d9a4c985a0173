INSERT INTO users VALUES (2, 'ann', '2020-01-01'), (3, 'bob', '2021-01-01'), (8, 'cleo', '2020-01-01');
INSERT INTO profiles VALUES (2, 'likes tea', x'00ff'), (8, '', x'0102');
INSERT INTO posts VALUES (1, 2, 'hello'), (2, NULL, ' kept as it is '), (5, 8, 'hello');
