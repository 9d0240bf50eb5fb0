SELECT 'partitions without rows', 2 - count(DISTINCT tableoid) FROM measure;
SELECT 'partitions without rows', 2 - count(DISTINCT tableoid) FROM entry;
