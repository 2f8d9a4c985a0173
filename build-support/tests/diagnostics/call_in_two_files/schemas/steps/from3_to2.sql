-- stepladder: call fill_times
DROP INDEX notes_by_time;
