INSERT INTO lists (id, name) VALUES (1, 'inbox');
INSERT INTO lists (id, name) VALUES (1, 'work');
