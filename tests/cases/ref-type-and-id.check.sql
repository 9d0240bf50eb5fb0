SELECT 'remark on a post', count(*) FROM remark WHERE remarkable_type = 'Post' AND remarkable_id NOT IN (SELECT id FROM post)
UNION ALL SELECT 'on a video', count(*) FROM remark WHERE remarkable_type = 'Video' AND remarkable_id NOT IN (SELECT id FROM media.video)
UNION ALL SELECT 'on a remark', count(*) FROM remark WHERE remarkable_type = 'Remark' AND remarkable_id NOT IN (SELECT id FROM remark)
UNION ALL SELECT 'by weight', abs(count(*) FILTER (WHERE remarkable_type = 'Post') - 60) FROM remark
UNION ALL SELECT 'many posts', (count(DISTINCT remarkable_id) < 30)::int FROM remark WHERE remarkable_type = 'Post'
UNION ALL SELECT 'tag of an image', count(*) FROM "Tag" WHERE "onKind" = 'an image' AND "onId" NOT IN (SELECT id::text FROM image)
UNION ALL SELECT 'of a person', count(*) FROM "Tag" WHERE "onKind" = 'it''s a person' AND "onId" NOT IN (SELECT email FROM person)
UNION ALL SELECT 'of nothing', (count(*) NOT BETWEEN 10 AND 40)::int FROM "Tag" WHERE "onKind" IS NULL
UNION ALL SELECT 'reaction to a post', count(*) FROM reaction WHERE target = 1 AND target_id NOT IN (SELECT id FROM post)
UNION ALL SELECT 'to a remark', count(*) FROM reaction WHERE target = 2 AND target_id NOT IN (SELECT id FROM remark)
UNION ALL SELECT 'to both', (count(DISTINCT target) <> 2)::int FROM reaction;
