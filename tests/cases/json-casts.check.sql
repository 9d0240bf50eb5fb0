SELECT 'ranks that are not there', 7 - count(DISTINCT rank -> 'n') FROM member;
