-- stepladder: allow data_loss todos because it is new
INSERT INTO lists (id, name) VALUES (7, 'inbox');
