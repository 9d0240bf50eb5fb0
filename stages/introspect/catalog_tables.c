/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/pg/pg.h"
#include "stages/introspect/catalog.h"

/* ---- tables ------------------------------------------------------------------ */

static const char kinds_sql[] =
	"SELECT c.oid, n.nspname, c.relname, c.relkind,"
	" CASE WHEN $3::boolean THEN obj_description(c.oid, 'pg_class') END,"
	" c.relispartition, pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid),"
	/* before PostgreSQL 14 a table never analysed has 0 rows in 0 pages */
	" CASE WHEN c.reltuples < 0 OR $4::boolean AND c.relpages = 0 THEN -1"
	" ELSE c.reltuples::float8::bigint END, c.relrowsecurity,"
	" (SELECT x.extname FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid"
	"  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0"
	"  AND d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass)"
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE n.oid = ANY ($1::oid[]) AND c.relkind::text = ANY ($2::text[])"
	" AND c.relpersistence <> 't' ORDER BY n.nspname, c.relname";

enum {
	T_OID,
	T_SCHEMA,
	T_NAME,
	T_KIND,
	T_COMMENT,
	T_PART,
	T_BOUND,
	T_KEY,
	T_ROWS,
	T_SECURITY,
	T_EXTENSION,
};

static void fill_table(struct catalog *c, struct pg_rows *r, uint32_t i)
{
	struct pg_table *t = &c->s->tables[i];

	t->schema = catalog_str(c, r, i, T_SCHEMA);
	t->name = catalog_str(c, r, i, T_NAME);
	t->kind = pg_str(r, i, T_KIND)[0];
	t->comment = catalog_str0(c, r, i, T_COMMENT);
	if (pg_bool(r, i, T_PART))
		t->partition_bound = catalog_text(c, r, i, T_BOUND);
	if (t->kind == 'p')
		t->partition_key = catalog_text(c, r, i, T_KEY);
	t->row_estimate = pg_int(r, i, T_ROWS);
	t->row_security = pg_bool(r, i, T_SECURITY);
	t->extension = catalog_str0(c, r, i, T_EXTENSION);
	t->index = i;
}

static void fill_parents(struct catalog *c, struct pg_rows *r, uint32_t at, size_t from, size_t to)
{
	enum { CHILD, PARENT, NAME };
	struct pg_table *t = &c->s->tables[at];
	uint32_t parent = oid_find(&c->tables, pg_int(r, from, PARENT));

	if (t->partition_bound != NULL) {
		t->partition_of = catalog_str(c, r, from, NAME);
		t->parent = parent != UINT32_MAX ? &c->s->tables[parent] : NULL;
		return;
	}
	t->inherits = catalog_room(c, to - from, sizeof(*t->inherits));
	for (size_t i = from; t->inherits != NULL && i < to; i++)
		t->inherits[t->ninherits++] = catalog_str(c, r, i, NAME);
}

static int read_parents(struct catalog *c, struct err *e)
{
	static const char sql[] =
		"SELECT i.inhrelid, i.inhparent, format('%I.%I', n.nspname, p.relname)"
		" FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent"
		" JOIN pg_namespace n ON n.oid = p.relnamespace"
		" WHERE i.inhrelid = ANY ($1::oid[]) ORDER BY i.inhrelid, i.inhseqno";
	struct pg_rows *r = catalog_ask(c, sql, 1, &c->tables.list, e);

	if (r == NULL)
		return -1;
	catalog_each(c, r, &c->tables, fill_parents);
	return catalog_end(c, r, e);
}

int catalog_tables(struct catalog *c, struct err *e)
{
	struct buf kinds = BUF_INIT;
	struct schema *s = c->s;
	struct pg_rows *r;

	buf_adds(&kinds, "{r,p");
	buf_adds(&kinds, c->o->no_views ? "" : ",v");
	buf_adds(&kinds, c->o->no_matviews ? "" : ",m");
	buf_adds(&kinds, c->o->no_foreign ? "}" : ",f}");
	if (!buf_ok(&kinds)) {
		buf_free(&kinds);
		return err_nomem(e);
	}
	r = catalog_ask(c, kinds_sql, 4,
		(const char *const[]){c->namespaces.list, kinds.p, c->o->no_comments ? "f" : "t",
			c->version < 140000 ? "t" : "f"},
		e);
	buf_free(&kinds);
	if (r == NULL)
		return -1;
	s->tables = catalog_room(c, pg_count(r), sizeof(*s->tables));
	for (uint32_t i = 0; s->tables != NULL && i < pg_count(r); i++, s->ntables++)
		fill_table(c, r, i);
	if (catalog_map(c, &c->tables, r, T_OID, e) != 0) {
		pg_free(r);
		return -1;
	}
	return catalog_end(c, r, e) != 0 ? -1 : read_parents(c, e);
}

/* ---- columns ----------------------------------------------------------------- */

/*
 * The sequence: the identity's, else the one the default draws from, else one the column
 * owns.
 */
static const char columns_sql[] =
	"SELECT a.attrelid, a.attname, a.attnum, a.atttypid, a.atttypmod,"
	" format_type(a.atttypid, a.atttypmod), a.attnotnull,"
	" (SELECT CASE n.nspname WHEN 'pg_catalog' THEN l.collname::text"
	"  ELSE format('%I.%I', n.nspname, l.collname) END FROM pg_collation l"
	"  JOIN pg_namespace n ON n.oid = l.collnamespace"
	"  WHERE l.oid = a.attcollation AND l.collname <> 'default'),"
	" pg_get_expr(d.adbin, d.adrelid), d.oid IS NOT NULL, a.attidentity, a.attgenerated,"
	" q.name, q.seqstart, q.seqincrement,"
	" CASE WHEN $2::boolean THEN col_description(a.attrelid, a.attnum) END"
	" FROM pg_attribute a LEFT JOIN pg_attrdef d"
	" ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
	" LEFT JOIN LATERAL ("
	"  SELECT format('%I.%I', n.nspname, s.relname) AS name, g.seqstart, g.seqincrement"
	"  FROM (SELECT objid, CASE deptype WHEN 'i' THEN 0 ELSE 2 END FROM pg_depend"
	"    WHERE refclassid = 'pg_class'::regclass AND refobjid = a.attrelid"
	"    AND refobjsubid = a.attnum AND classid = 'pg_class'::regclass"
	"    AND deptype IN ('a', 'i')"
	"   UNION ALL SELECT refobjid, 1 FROM pg_depend WHERE classid = 'pg_attrdef'::regclass"
	"    AND objid = d.oid AND refclassid = 'pg_class'::regclass) x(oid, rank)"
	"  JOIN pg_class s ON s.oid = x.oid AND s.relkind = 'S'"
	"  JOIN pg_sequence g ON g.seqrelid = s.oid"
	"  JOIN pg_namespace n ON n.oid = s.relnamespace"
	"  ORDER BY rank, n.nspname, s.relname LIMIT 1"
	" ) q ON d.oid IS NOT NULL OR a.attidentity <> ''"
	" WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped"
	" ORDER BY a.attrelid, a.attnum";

enum {
	C_TABLE,
	C_NAME,
	C_POSITION,
	C_TYPE,
	C_TYPMOD,
	C_FORMATTED,
	C_NOT_NULL,
	C_COLLATION,
	C_DEFAULT,
	C_HAS_DEFAULT,
	C_IDENTITY,
	C_GENERATED,
	C_SEQUENCE,
	C_SEQ_START,
	C_SEQ_STEP,
	C_COMMENT,
};

static enum pg_identity identity_of(const char *code)
{
	return code[0] == 'a'	? PG_IDENTITY_ALWAYS
	       : code[0] == 'd' ? PG_IDENTITY_BY_DEFAULT
				: PG_IDENTITY_NONE;
}

static void fill_column(struct catalog *c, struct pg_rows *r, size_t i, struct pg_column *col)
{
	uint32_t type = oid_find(&c->types, pg_int(r, i, C_TYPE));
	const char *expr = NULL;

	if (pg_bool(r, i, C_HAS_DEFAULT))
		expr = catalog_text(c, r, i, C_DEFAULT);
	col->name = catalog_str(c, r, i, C_NAME);
	col->position = (int16_t)pg_int(r, i, C_POSITION);
	c->changed |= type == UINT32_MAX;
	col->type = type != UINT32_MAX ? &c->s->types[type] : NULL;
	col->typmod = (int32_t)pg_int(r, i, C_TYPMOD);
	col->formatted = catalog_text(c, r, i, C_FORMATTED);
	col->not_null = pg_bool(r, i, C_NOT_NULL);
	col->collation = catalog_str0(c, r, i, C_COLLATION);
	col->identity = identity_of(pg_str(r, i, C_IDENTITY));
	*(pg_str(r, i, C_GENERATED)[0] != '\0' ? &col->generated : &col->deflt) = expr;
	col->is_virtual = pg_str(r, i, C_GENERATED)[0] == 'v';
	col->sequence = catalog_str0(c, r, i, C_SEQUENCE);
	col->seq_start = pg_int0(r, i, C_SEQ_START, 0);
	col->seq_step = pg_int0(r, i, C_SEQ_STEP, 0);
	col->comment = catalog_str0(c, r, i, C_COMMENT);
}

static void fill_columns(struct catalog *c, struct pg_rows *r, uint32_t at, size_t from, size_t to)
{
	struct pg_table *t = &c->s->tables[at];

	t->columns = catalog_room(c, to - from, sizeof(*t->columns));
	for (size_t i = from; t->columns != NULL && i < to; i++)
		fill_column(c, r, i, &t->columns[t->ncolumns++]);
}

int catalog_columns(struct catalog *c, struct err *e)
{
	const char *const params[] = {c->tables.list, c->o->no_comments ? "f" : "t"};
	struct pg_rows *r = catalog_ask(c, columns_sql, 2, params, e);

	if (r == NULL)
		return -1;
	catalog_each(c, r, &c->tables, fill_columns);
	return catalog_end(c, r, e);
}
