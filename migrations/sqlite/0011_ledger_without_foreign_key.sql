-- Nothing here: on SQLite that look costs nothing that can be measured, and the table would be copied.
SELECT 1;
