-- The job that counts has the name of what it makes.
UPDATE job_runs SET name = 'statistics' WHERE name = 'counting';
