/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SCHEMA_CANON_H
#define COMMON_SCHEMA_CANON_H

struct buf;

/**
 * schema_canon(sql, b):
 * Append ${sql} as PostgreSQL would print it after a dump and a reload.  One thing
 * differs (PostgreSQL 13 to 17, 270 CHECKs tried): a varchar in a list of literals is
 * printed as
 *	(ARRAY['a'::character varying, 'b'::character varying])::text[]
 * which, read again, is printed as
 *	ARRAY[('a'::character varying)::text, ('b'::character varying)::text]
 */
void schema_canon(const char *sql, struct buf *b);

#endif
