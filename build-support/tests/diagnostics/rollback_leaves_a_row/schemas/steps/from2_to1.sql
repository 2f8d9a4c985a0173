DROP INDEX settings_by_value;
