-- stepladder: allow type_change counts because no number is near 2^63
UPDATE counts SET n = n + (SELECT count(*) FROM log);
CREATE INDEX counts_by_n ON counts (n);
