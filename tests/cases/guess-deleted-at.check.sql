SELECT 'deleted or archived before it was created', count(*) FROM note WHERE deleted_at < created_at OR archived_at < created_at;
