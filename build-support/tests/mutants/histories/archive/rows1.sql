INSERT INTO mails VALUES (1, 'a@x', 'hi', NULL, 'inbox'), (2, 'a@x', 'hi', 'x', 'trash'), (9, 'b@x', 'Hi', '', 'trash');
INSERT INTO senders VALUES ('a@x', 0), ('c@x', 1);
