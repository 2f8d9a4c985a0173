-- stepladder: allow data_loss log.rank because it is always 1
ALTER TABLE log DROP COLUMN rank;
