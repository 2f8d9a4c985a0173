INSERT INTO articles VALUES (2, 'Migrating', 'tables and rows', 0), (5, 'Tables', 'wood', 1);
INSERT INTO notes VALUES (1, 'later'), (4, NULL);
INSERT INTO words (rowid, word, meaning) VALUES (3, 'row', 'a line'), (7, 'seek', 'look for');
