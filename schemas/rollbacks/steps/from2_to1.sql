-- stepladder: allow data_loss items.stock because version 1 does not count it
-- stepladder: call report_stock
DROP INDEX items_by_stock;

ALTER TABLE items DROP COLUMN stock;
