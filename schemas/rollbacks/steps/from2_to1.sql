-- stepladder: allow data_loss items.stock because version 1 does not count it
-- stepladder: allow data_loss papers.text because the report takes their place
-- stepladder: call report_stock
DROP INDEX items_by_stock;

ALTER TABLE items DROP COLUMN stock;
