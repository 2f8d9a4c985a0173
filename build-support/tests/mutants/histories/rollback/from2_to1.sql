-- stepladder: allow data_loss teams.motto because version 1 has no place for it
DROP INDEX players_of_team;
ALTER TABLE players RENAME COLUMN nickname TO name;
ALTER TABLE teams DROP COLUMN motto;
CREATE INDEX players_of_team ON players (team_id);
