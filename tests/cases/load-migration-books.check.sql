SELECT 'versions', 1 - count(*) FROM alembic_version WHERE version_num = '8f2';
SELECT 'accounts', 100 - count(*) FROM account;
