INSERT INTO todos (list_id, title) VALUES (7, 'Read the manual');
