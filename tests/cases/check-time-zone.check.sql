SELECT 'offsets of summer and winter are both there', abs(2 - count(DISTINCT shown - (seen AT TIME ZONE 'UTC'))) FROM flight;
SELECT 'hours that are not there', 9 - count(DISTINCT extract(hour FROM at AT TIME ZONE 'America/Sao_Paulo')) FROM call;
