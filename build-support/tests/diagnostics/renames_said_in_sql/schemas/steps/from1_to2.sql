ALTER TABLE todos RENAME COLUMN owner_id TO assignee_id;
