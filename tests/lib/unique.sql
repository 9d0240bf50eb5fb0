-- What is promised of the rows beyond the constraints: each line that comes out is one not kept.
-- psql -v n=N: rows of uq.person
SELECT 'no owner at all' WHERE NOT EXISTS (SELECT FROM uq.member WHERE role = 'owner');
SELECT 'teams without other rows' WHERE (SELECT count(*) FROM uq.member WHERE role <> 'owner') < (SELECT count(*) FROM uq.team);
SELECT 'one label only among the rest' WHERE (SELECT count(DISTINCT role) FROM uq.member WHERE role <> 'owner') <> 3;
SELECT 'treated as total: one address a person' WHERE NOT EXISTS (SELECT FROM uq.address GROUP BY person_id HAVING count(*) > 1);
SELECT 'no primary address' WHERE NOT EXISTS (SELECT FROM uq.address WHERE is_primary);
SELECT 'no second of one kind' WHERE (SELECT count(*) FROM uq.setting WHERE kind = 'b') < 2;
SELECT 'no open contract' WHERE NOT EXISTS (SELECT FROM uq.contract WHERE ended_on IS NULL);
SELECT 'no billing job' WHERE NOT EXISTS (SELECT FROM uq.job WHERE billing AND left_at IS NULL);
SELECT 'no leading shift twice in a team' WHERE NOT EXISTS (SELECT FROM uq.shift WHERE role IN ('owner', 'admin') GROUP BY team_id HAVING count(*) = 2);
SELECT 'no open ticket' WHERE NOT EXISTS (SELECT FROM uq.ticket WHERE state = 'open');
SELECT 'no loan twice' WHERE :n <= 40 AND NOT EXISTS (SELECT FROM uq.loan GROUP BY team_id, person_id HAVING count(*) > 1);
SELECT 'e-mails' WHERE (SELECT count(DISTINCT lower(email)) FROM uq.login) <> (SELECT count(*) FROM uq.login);
SELECT 'more than one NULL' WHERE (SELECT count(*) FROM uq.one_null WHERE n IS NULL) > 1;
SELECT 'lines of ' || team_id FROM uq.item GROUP BY 1 HAVING min(line) <> 1 OR max(line) <> count(*) OR count(DISTINCT line) <> count(*);
SELECT 'places of ' || team_id FROM uq.step GROUP BY team_id HAVING min(place) <> 100 OR max(place) <> 90 + 10 * count(*) OR count(DISTINCT place) <> count(*);
SELECT 'ranks of ' || team_id FROM uq.step GROUP BY team_id HAVING min(rank) <> 10 OR max(rank) <> 9 + count(*);
SELECT 'ids of ' || team_id FROM uq.local_id GROUP BY team_id HAVING min(id) <> 1 OR max(id) <> count(*);
SELECT 'lines later of ' || team_id FROM uq.later GROUP BY team_id HAVING min(line) <> 1 OR max(line) <> count(*);
SELECT 'nobody differs much' WHERE (SELECT count(DISTINCT a) FROM uq.differ) < (SELECT count(*) FROM uq.team);
SELECT 'no equal ones, where they may be' WHERE NOT EXISTS (SELECT FROM uq.ordered WHERE a = b);
SELECT 'pairs missing' WHERE :n <= 20 AND (SELECT count(*) FROM uq.ordered_pairs) <> :n * (:n - 1) / 2;
SELECT count(*) + (SELECT count(*) FROM uq.differ_pairs) FROM uq.ordered_pairs;
