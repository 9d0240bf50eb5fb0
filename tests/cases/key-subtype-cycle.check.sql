SELECT 'no item has a topic', count(*) FROM (SELECT FROM item HAVING count(topic) < 50) x;
SELECT 'no item has a poll', count(*) FROM (SELECT FROM item HAVING count(poll) < 50) x;
