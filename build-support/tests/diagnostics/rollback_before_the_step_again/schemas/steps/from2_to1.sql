-- stepladder: allow type_change counts because no number is near 2^63
DROP INDEX counts_by_n;
UPDATE counts SET n = n - (SELECT count(*) FROM log);
INSERT INTO log VALUES ('rolled back');
