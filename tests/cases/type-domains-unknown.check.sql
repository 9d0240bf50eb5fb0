SELECT 'known values', count(*) FROM box_of WHERE num_nonnulls(of, lists) > 0 OR usual <> '{ABCD}';
