ALTER TABLE users ADD COLUMN bio TEXT;
ALTER TABLE users ADD COLUMN avatar BLOB;
UPDATE users SET (bio, avatar) = (
    SELECT bio, avatar FROM profiles WHERE profiles.user_id = users.id
);
DROP TABLE profiles;
