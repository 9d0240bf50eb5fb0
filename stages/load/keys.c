/* SPDX-License-Identifier: MIT */
#include "stages/load/keys_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"

/*
 * Left alone: what a parent table hands down, indexes that are not valid, indexes whose
 * expressions have a statistics target of their own, exclusions with storage options (which
 * no function of the server words), foreign keys whose triggers were switched off by hand,
 * and those to tables that are not loaded, or added to: dropping one would lock out who uses
 * that table.
 *
 * Left alone too are indexes over functions in SQL or in a procedural language.  From PostgreSQL
 * 17 on CREATE INDEX runs them under a search_path of pg_catalog alone, where they may not find
 * what they call, though rows that come one by one can be indexed.
 */
#define KEPT_FOR_ITS_FUNCTIONS(index)                                                              \
	"  AND NOT EXISTS (SELECT 1 FROM pg_depend d JOIN pg_proc p ON p.oid = d.refobjid"         \
	"   JOIN pg_language g ON g.oid = p.prolang AND g.lanname NOT IN ('c', 'internal')"        \
	"   WHERE d.classid = 'pg_class'::regclass AND d.objid = " index                           \
	"   AND d.refclassid = 'pg_proc'::regclass)"

static const char sql_keys[] =
	"SELECT CASE WHEN x.indisexclusion THEN 'x' ELSE con.contype::text END,"
	" n.nspname::text, c.relname::text, con.conname::text,"
	" CASE WHEN con.contype IN ('p', 'u') AND NOT x.indisexclusion"
	"  THEN pg_get_indexdef(con.conindid) ELSE pg_get_constraintdef(con.oid) END,"
	" concat(CASE WHEN con.condeferrable THEN ' DEFERRABLE' END,"
	"  CASE WHEN con.condeferred THEN ' INITIALLY DEFERRED' END),"
	" obj_description(con.oid, 'pg_constraint'),"
	" obj_description(x.indexrelid, 'pg_class'), coalesce(ts.spcname::text, ''),"
	" coalesce(x.indisclustered, false), coalesce(x.indisreplident, false), n.nspname::text"
	" FROM pg_constraint con"
	" JOIN pg_class c ON c.oid = con.conrelid"
	" JOIN pg_namespace n ON n.oid = c.relnamespace"
	" LEFT JOIN pg_index x ON x.indexrelid = con.conindid AND x.indrelid = con.conrelid"
	"  AND con.contype <> 'f'"
	" LEFT JOIN pg_class xc ON xc.oid = x.indexrelid"
	" LEFT JOIN pg_tablespace ts ON ts.oid = xc.reltablespace"
	" WHERE con.contype IN ('p', 'u', 'x', 'f')"
	"  AND con.conparentid = 0 AND con.coninhcount = 0"
	"  AND (con.conrelid = ANY ($1::bigint[]::oid[])"
	"   OR con.contype = 'f' AND con.confrelid = ANY ($1::bigint[]::oid[]))"
	"  AND (con.contype <> 'f' OR con.confrelid = ANY ($2::bigint[]::oid[]))"
	"  AND c.relkind = 'r' AND NOT c.relispartition AND pg_has_role(c.relowner, 'USAGE')"
	"  AND NOT EXISTS (SELECT 1 FROM pg_trigger t"
	"   WHERE t.tgconstraint = con.oid AND t.tgenabled <> 'O')"
	"  AND coalesce(x.indisvalid, true)" KEPT_FOR_ITS_FUNCTIONS(
		"con.conindid") "  AND (NOT coalesce(x.indisexclusion, false) OR xc.reloptions IS "
				"NULL)"
				" UNION ALL "
				"SELECT 'i', n.nspname::text, c.relname::text, xc.relname::text,"
				" pg_get_indexdef(x.indexrelid), '', obj_description(x.indexrelid, "
				"'pg_class'),"
				" NULL, coalesce(ts.spcname::text, ''), x.indisclustered, "
				"x.indisreplident,"
				" xn.nspname::text"
				" FROM pg_index x"
				" JOIN pg_class c ON c.oid = x.indrelid"
				" JOIN pg_namespace n ON n.oid = c.relnamespace"
				" JOIN pg_class xc ON xc.oid = x.indexrelid"
				" JOIN pg_namespace xn ON xn.oid = xc.relnamespace"
				" LEFT JOIN pg_tablespace ts ON ts.oid = xc.reltablespace"
				" WHERE x.indrelid = ANY ($1::bigint[]::oid[]) AND x.indisvalid "
				"AND x.indislive"
				"  AND NOT EXISTS (SELECT 1 FROM pg_constraint con"
				"   WHERE con.conindid = x.indexrelid AND con.contype IN ('p', "
				"'u', 'x'))" KEPT_FOR_ITS_FUNCTIONS(
					"x.indexrelid") "  AND NOT EXISTS (SELECT 1 FROM "
							"pg_attribute a"
							"   WHERE a.attrelid = x.indexrelid AND "
							"a.attstattarget >= 0)"
							" ORDER BY 2, 3, 4";

static const char *keep(const struct load *l, struct pg_rows *r, size_t i, size_t col, bool *bad)
{
	const char *s = pg_str0(r, i, col);
	const char *copy = s == NULL ? NULL : arena_strdup(l->a, s);

	*bad |= s != NULL && copy == NULL;
	return copy;
}

static struct dropped *read_keys(
	struct load *l, const char *bulk_oids, const char *ours, struct err *e)
{
	struct dropped *k = arena_alloc(l->a, sizeof(*k));
	struct pg_rows *r = pg_ask(l->pg, sql_keys, 2, (const char *const[]){bulk_oids, ours}, e);
	bool bad = k == NULL;

	if (r == NULL)
		return NULL;
	if (!bad) {
		k->n = pg_count(r);
		k->key = arena_array(l->a, k->n, sizeof(*k->key));
		bad = k->key == NULL && k->n > 0;
	}
	for (size_t i = 0; !bad && i < k->n; i++)
		k->key[i] = (struct key){
			.kind = pg_str(r, i, 0)[0],
			.schema = keep(l, r, i, 1, &bad),
			.table = keep(l, r, i, 2, &bad),
			.name = keep(l, r, i, 3, &bad),
			.definition = keep(l, r, i, 4, &bad),
			.timing = keep(l, r, i, 5, &bad),
			.comment = keep(l, r, i, 6, &bad),
			.index_comment = keep(l, r, i, 7, &bad),
			.tablespace = keep(l, r, i, 8, &bad),
			.clustered = pg_bool(r, i, 9),
			.replica_identity = pg_bool(r, i, 10),
			.index_schema = keep(l, r, i, 11, &bad),
		};
	if (bad) {
		pg_free(r);
		err_nomem(e);
		return NULL;
	}
	return pg_done(r, e) == -1 ? NULL : k;
}

static void drop_text(const struct key *k, struct buf *b)
{
	if (k->kind == 'i') {
		buf_adds(b, "DROP INDEX ");
		pg_qname(b, k->index_schema, k->name);
		return;
	}
	buf_adds(b, "ALTER TABLE ");
	pg_qname(b, k->schema, k->table);
	buf_adds(b, " DROP CONSTRAINT ");
	pg_ident(b, k->name);
}

/*
 * Under a savepoint: a view or another table's foreign key may depend on a key, and then it
 * stays, and is kept up to date row by row.
 */
static int drop_one(struct load *l, struct key *k, struct err *e)
{
	struct buf b = BUF_INIT;
	struct err why;
	int rc = 0;

	drop_text(k, &b);
	if (!buf_ok(&b)) {
		rc = err_nomem(e);
	} else if (pg_exec(l->pg, "SAVEPOINT key", e) == -1) {
		rc = -1;
	} else if (pg_exec(l->pg, b.p, &why) == 0) {
		k->dropped = true;
		rc = pg_exec(l->pg, "RELEASE key", e);
	} else {
		rc = pg_exec(l->pg, "ROLLBACK TO key; RELEASE key", e);
	}
	buf_free(&b);
	return rc;
}

/* those that are filled in bulk; or all that are ours to lock: not those rows are added to */
static char *some_oids(struct load *l, bool bulk)
{
	struct buf b = BUF_INIT;
	char *s = NULL;
	bool any = false;

	buf_addc(&b, '{');
	for (uint32_t i = 0; i < l->ntables; i++)
		if (bulk ? l->tables[i].bulk : !l->tables[i].plan->append) {
			buf_addf(&b, "%s%" PRId64, any ? "," : "", l->tables[i].oid);
			any = true;
		}
	buf_addc(&b, '}');
	if (buf_ok(&b))
		s = arena_strdup(l->a, b.p);
	buf_free(&b);
	return s;
}

struct dropped *keys_drop(struct load *l, struct err *e)
{
	/* foreign keys, then what they may point at, then plain indexes */
	static const char *const order[] = {"f", "pux", "i"};
	char *oids = some_oids(l, true), *ours = some_oids(l, false);
	struct dropped *k;

	if (oids == NULL || ours == NULL) {
		err_nomem(e);
		return NULL;
	}
	if ((k = read_keys(l, oids, ours, e)) == NULL)
		return NULL;
	for (size_t pass = 0; pass < sizeof(order) / sizeof(order[0]); pass++)
		for (size_t i = 0; i < k->n; i++)
			if (strchr(order[pass], k->key[i].kind) != NULL &&
				drop_one(l, &k->key[i], e) == -1)
				return NULL;
	return k;
}

static void comment_text(const struct key *k, struct buf *b)
{
	if (k->kind != 'i' && k->comment != NULL) {
		buf_adds(b, "; COMMENT ON CONSTRAINT ");
		pg_ident(b, k->name);
		buf_adds(b, " ON ");
		pg_qname(b, k->schema, k->table);
		buf_adds(b, " IS ");
		pg_literal(b, k->comment);
	}
	if (k->kind == 'i' ? k->comment != NULL : k->index_comment != NULL) {
		buf_adds(b, "; COMMENT ON INDEX ");
		pg_qname(b, k->index_schema, k->name);
		buf_adds(b, " IS ");
		pg_literal(b, k->kind == 'i' ? k->comment : k->index_comment);
	}
}

static void alter_text(const struct key *k, const char *what, struct buf *b)
{
	buf_adds(b, "; ALTER TABLE ");
	pg_qname(b, k->schema, k->table);
	buf_adds(b, what);
	pg_ident(b, k->name);
}

/* A primary or unique key is its index first, which alone has the storage options. */
static void create_text(const struct key *k, struct buf *b)
{
	buf_adds(b, "SET LOCAL default_tablespace = ");
	pg_literal(b, k->tablespace);
	if (strchr("pui", k->kind) != NULL)
		buf_addf(b, "; %s", k->definition);
	if (k->kind != 'i')
		alter_text(k, " ADD CONSTRAINT ", b);
	if (k->kind == 'p' || k->kind == 'u') {
		buf_adds(b, k->kind == 'p' ? " PRIMARY KEY USING INDEX " : " UNIQUE USING INDEX ");
		pg_ident(b, k->name);
		buf_adds(b, k->timing);
	} else if (k->kind != 'i') {
		buf_addf(b, " %s", k->definition);
	}
	comment_text(k, b);
	if (k->clustered)
		alter_text(k, " CLUSTER ON ", b);
	if (k->replica_identity)
		alter_text(k, " REPLICA IDENTITY USING INDEX ", b);
}

static int create_one(struct load *l, const struct key *k, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	create_text(k, &b);
	rc = buf_ok(&b) ? pg_exec(l->pg, b.p, e) : err_nomem(e);
	buf_free(&b);
	return rc == 0 ? 0
		       : err_wrap(e, "%s.%s: creating %s %s again", k->schema, k->table,
				 k->kind == 'i' ? "index" : "constraint", k->name);
}

int keys_restore(struct load *l, const struct dropped *k, struct err *e)
{
	static const char *const order[] = {"pux", "i", "f"};

	for (size_t pass = 0; pass < sizeof(order) / sizeof(order[0]); pass++)
		for (size_t i = 0; i < k->n; i++)
			if (k->key[i].dropped && strchr(order[pass], k->key[i].kind) != NULL &&
				create_one(l, &k->key[i], e) == -1)
				return -1;
	return pg_exec(l->pg, "RESET default_tablespace", e);
}
