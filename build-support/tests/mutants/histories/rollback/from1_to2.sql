ALTER TABLE teams ADD COLUMN motto TEXT;
DROP INDEX players_of_team;
ALTER TABLE players RENAME COLUMN name TO nickname;
CREATE INDEX players_of_team ON players (team_id, nickname);
