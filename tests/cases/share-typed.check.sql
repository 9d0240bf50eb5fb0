SELECT 'prio', 140 - count(*) FROM sale WHERE prio = 1;
SELECT 'vip', 20 - count(*) FROM sale WHERE vip;
SELECT 'state', 150 - count(*) FROM sale WHERE state = 'paid';
SELECT 'price', 100 - count(*) FROM sale WHERE price = 9.99;
SELECT 'ratio', 50 - count(*) FROM sale WHERE ratio = 0.5;
SELECT 'mood', 100 - count(*) FROM sale WHERE mood = '7';
