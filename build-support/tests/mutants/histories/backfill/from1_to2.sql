CREATE TABLE new_tickets (
    id    INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'busy', 'done')),
    price INTEGER NOT NULL CHECK (price >= 0),
    rank  INTEGER NOT NULL DEFAULT 0
);
INSERT INTO new_tickets (id, title, status, price)
SELECT id, title, CASE status WHEN 0 THEN 'open' WHEN 1 THEN 'busy' ELSE 'done' END, price * 100 FROM tickets;
DROP TABLE tickets;
ALTER TABLE new_tickets RENAME TO tickets;
UPDATE tickets SET rank = 1 + (SELECT count(*) FROM tickets AS t WHERE t.price > tickets.price);
ALTER TABLE people ADD COLUMN shown TEXT NOT NULL DEFAULT '';
UPDATE people SET shown = coalesce(nick, first || ' ' || last);
CREATE INDEX people_by_name ON people (lower(last), first DESC);
