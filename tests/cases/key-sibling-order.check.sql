SELECT 'rows', 4000 - count(*) FROM reading;
SELECT 'order', count(*) FROM (SELECT ts, lag(ts) OVER (PARTITION BY device ORDER BY seq) p FROM reading) s
	WHERE ts <= p OR ts - p NOT BETWEEN '10 min' AND '20 min';
