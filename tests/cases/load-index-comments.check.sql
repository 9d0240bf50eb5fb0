SELECT 'comments on indexes', 3 - count(*) FROM pg_class c WHERE relname IN ('person_email_key', 'person_pkey', 'letter_boss')
	AND obj_description(oid, 'pg_class') IN ('of e-mails', 'of people', 'by boss');
SELECT 'comments on constraints', 2 - count(*) FROM pg_constraint WHERE obj_description(oid, 'pg_constraint') IN ('of codes', 'who wrote it');
