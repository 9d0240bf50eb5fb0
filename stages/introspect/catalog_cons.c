/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/pg/pg.h"
#include "stages/introspect/catalog.h"

/* ---- constraints -------------------------------------------------------------- */

/*
 * A foreign key to a partitioned table has, beside itself, one constraint on the same
 * table for each partition, which is the server's business: its parent is on the same table.
 *
 * A primary or unique key WITHOUT OVERLAPS (18) is an exclusion constraint, = of all its columns
 * but the last and && of that, so it is read as one: its index is for exclusion.  A foreign key
 * with a PERIOD, whose range must lie within those of parents, is met by the range of one parent,
 * as if it were a foreign key of both columns.  NOT NULL constraints (in the catalogue from 18 on)
 * are read from the columns.
 */
static const char constraints_sql[] =
	"SELECT k.conrelid, CASE WHEN i.indisexclusion THEN 'x' ELSE k.contype END, k.conname,"
	" k.conkey, k.condeferrable, k.condeferred,"
	" k.convalidated, k.connoinherit, %s, pg_get_expr(k.conbin, k.conrelid),"
	" CASE WHEN i.indisexclusion AND k.contype <> 'x' THEN"
	"  (SELECT format('EXCLUDE USING gist (%%s)', string_agg(format('%%I WITH %%s', a.attname,"
	"   CASE WHEN u.ord = cardinality(k.conkey) THEN '&&' ELSE '=' END), ', ' ORDER BY u.ord))"
	"   FROM unnest(k.conkey) WITH ORDINALITY u(num, ord)"
	"   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num)"
	"  ELSE pg_get_constraintdef(k.oid, k.contype <> 'x') END, n.nspname, f.relname,"
	" CASE k.contype WHEN 'f' THEN ARRAY(SELECT a.attname FROM unnest(k.confkey)"
	"  WITH ORDINALITY u(num, ord) JOIN pg_attribute a ON a.attrelid = k.confrelid"
	"  AND a.attnum = u.num ORDER BY u.ord) END,"
	" k.confupdtype, k.confdeltype, k.confmatchtype"
	" FROM pg_constraint k LEFT JOIN pg_index i ON i.indexrelid = k.conindid"
	"  AND i.indrelid = k.conrelid AND k.contype IN ('p', 'u', 'x')"
	" LEFT JOIN pg_class f ON f.oid = k.confrelid"
	" LEFT JOIN pg_namespace n ON n.oid = f.relnamespace"
	" LEFT JOIN pg_constraint p ON p.oid = k.conparentid AND p.conrelid = k.conrelid"
	" WHERE k.conrelid = ANY ($1::oid[]) AND k.contype IN ('p', 'u', 'c', 'f', 'x')"
	" AND p.oid IS NULL"
	" ORDER BY k.conrelid, array_position(ARRAY['p', 'u', 'c', 'f', 'x'],"
	"  CASE WHEN i.indisexclusion THEN 'x' ELSE k.contype::text END), k.conname";

enum {
	K_TABLE,
	K_KIND,
	K_NAME,
	K_COLUMNS,
	K_DEFERRABLE,
	K_DEFERRED,
	K_VALIDATED,
	K_NO_INHERIT,
	K_NULLS,
	K_EXPR,
	K_DEFINITION,
	K_REF_SCHEMA,
	K_REF_TABLE,
	K_REF_COLUMNS,
	K_UPDATE,
	K_DELETE,
	K_MATCH,
};

static enum pg_con_kind kind_of(const char *code)
{
	static const char codes[] = "pucfx";
	const char *at = code[0] != '\0' ? strchr(codes, code[0]) : NULL;

	return at != NULL ? (enum pg_con_kind)(at - codes) : PG_CON_CHECK;
}

static const char *action_of(const char *code)
{
	static const struct {
		char code;
		const char *name;
	} actions[] = {{'a', "no_action"}, {'r', "restrict"}, {'c', "cascade"}, {'n', "set_null"},
		{'d', "set_default"}};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (actions[i].code == code[0])
			return actions[i].name;
	return "unknown";
}

/*
 * conkey: 0 stands for an expression in an EXCLUDE, which has no column, and for the whole
 * row in a CHECK, which has all.
 */
static void fill_key(struct catalog *c, struct pg_rows *r, size_t i, const struct pg_table *t,
	struct pg_constraint *k)
{
	size_t n = 0;
	const int64_t *num = pg_ints(r, i, K_COLUMNS, c->a, &n);

	k->cols = catalog_room(c, n + t->ncolumns, sizeof(*k->cols));
	if (k->cols == NULL)
		return;
	for (size_t j = 0; j < n && num != NULL; j++) {
		uint32_t col = catalog_column(t, num[j]);

		if (num[j] == 0 && k->kind == PG_CON_CHECK) {
			for (k->ncols = 0; k->ncols < t->ncolumns; k->ncols++)
				k->cols[k->ncols] = k->ncols;
			return;
		}
		if (col != UINT32_MAX)
			k->cols[k->ncols++] = col;
	}
}

static void fill_foreign(struct catalog *c, struct pg_rows *r, size_t i, struct pg_constraint *k)
{
	uint32_t n;

	k->ref_schema = catalog_text(c, r, i, K_REF_SCHEMA);
	k->ref_table = catalog_text(c, r, i, K_REF_TABLE);
	k->ref_names = catalog_strs(c, r, i, K_REF_COLUMNS, &n);
	c->changed |= n != k->ncols;
	k->on_update = action_of(pg_str(r, i, K_UPDATE));
	k->on_delete = action_of(pg_str(r, i, K_DELETE));
	k->match = pg_str(r, i, K_MATCH)[0] == 'f'   ? PG_MATCH_FULL
		   : pg_str(r, i, K_MATCH)[0] == 'p' ? PG_MATCH_PARTIAL
						     : PG_MATCH_SIMPLE;
}

static void fill_constraints(
	struct catalog *c, struct pg_rows *r, uint32_t at, size_t from, size_t to)
{
	struct pg_table *t = &c->s->tables[at];

	t->cons = catalog_room(c, to - from, sizeof(*t->cons));
	for (size_t i = from; t->cons != NULL && i < to; i++) {
		struct pg_constraint *k = &t->cons[t->ncons++];

		k->kind = kind_of(pg_str(r, i, K_KIND));
		k->name = catalog_str(c, r, i, K_NAME);
		fill_key(c, r, i, t, k);
		k->deferrable = pg_bool(r, i, K_DEFERRABLE);
		k->initially_deferred = pg_bool(r, i, K_DEFERRED);
		k->validated = pg_bool(r, i, K_VALIDATED);
		k->no_inherit = k->kind == PG_CON_CHECK && pg_bool(r, i, K_NO_INHERIT);
		k->nulls_not_distinct = k->kind == PG_CON_UNIQUE && pg_bool(r, i, K_NULLS);
		if (k->kind == PG_CON_CHECK)
			k->expr = catalog_text(c, r, i, K_EXPR);
		k->definition = catalog_text(c, r, i, K_DEFINITION);
		if (k->kind == PG_CON_FOREIGN)
			fill_foreign(c, r, i, k);
	}
}

int catalog_constraints(struct catalog *c, struct err *e)
{
	char *sql = arena_printf(c->a, constraints_sql,
		c->version >= 150000 ? "coalesce(i.indnullsnotdistinct, false)" : "false");
	struct pg_rows *r;

	if (sql == NULL)
		return err_nomem(e);
	r = catalog_ask(c, sql, 1, &c->tables.list, e);
	if (r == NULL)
		return -1;
	catalog_each(c, r, &c->tables, fill_constraints);
	return catalog_end(c, r, e);
}

/* ---- indexes ------------------------------------------------------------------ */

static const char indexes_sql[] =
	"SELECT i.indrelid, x.relname, i.indisunique AND NOT i.indisexclusion,"
	" i.indisprimary AND NOT i.indisexclusion, i.indisvalid, %s,"
	" EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid"
	"  AND k.contype IN ('p', 'u', 'x')), m.amname, pg_get_indexdef(i.indexrelid),"
	" pg_get_expr(i.indpred, i.indrelid), i.indpred IS NOT NULL,"
	" ARRAY(SELECT i.indkey[p] FROM generate_series(0, i.indnkeyatts - 1) p ORDER BY p),"
	" CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(SELECT CASE i.indkey[p] WHEN 0"
	"  THEN coalesce(pg_get_indexdef(i.indexrelid, p + 1, false), '') ELSE '' END"
	"  FROM generate_series(0, i.indnkeyatts - 1) p ORDER BY p) END"
	" FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam"
	" WHERE i.indrelid = ANY ($1::oid[]) AND ($2::boolean OR i.indisunique)"
	" ORDER BY i.indrelid, x.relname";

enum {
	X_TABLE,
	X_NAME,
	X_UNIQUE,
	X_PRIMARY,
	X_VALID,
	X_NULLS,
	X_OF_CONSTRAINT,
	X_METHOD,
	X_DEFINITION,
	X_PREDICATE,
	X_PARTIAL,
	X_KEY,
	X_EXPRS,
};

static void fill_index_key(struct catalog *c, struct pg_rows *r, size_t i, const struct pg_table *t,
	struct pg_index *x)
{
	size_t n = 0;
	uint32_t nexprs = 0;
	const int64_t *num = pg_ints(r, i, X_KEY, c->a, &n);
	const char **exprs = catalog_strs(c, r, i, X_EXPRS, &nexprs);

	x->cols = catalog_room(c, n, sizeof(*x->cols));
	x->exprs = catalog_room(c, n, sizeof(*x->exprs));
	if (x->cols == NULL || x->exprs == NULL || exprs == NULL)
		return;
	for (size_t k = 0; k < n && num != NULL; k++) {
		x->cols[k] = num[k] == 0 ? UINT32_MAX : catalog_column(t, num[k]);
		if (num[k] == 0 && k < nexprs)
			x->exprs[k] = exprs[k];
		/* an expression without text: the index has just been dropped */
		c->changed |= num[k] == 0 && (x->exprs[k] == NULL || x->exprs[k][0] == '\0');
	}
	x->ncols = (uint32_t)n;
}

static void fill_indexes(struct catalog *c, struct pg_rows *r, uint32_t at, size_t from, size_t to)
{
	struct pg_table *t = &c->s->tables[at];

	t->indexes = catalog_room(c, to - from, sizeof(*t->indexes));
	for (size_t i = from; t->indexes != NULL && i < to; i++) {
		struct pg_index *x = &t->indexes[t->nindexes++];

		x->name = catalog_str(c, r, i, X_NAME);
		x->unique = pg_bool(r, i, X_UNIQUE);
		x->primary = pg_bool(r, i, X_PRIMARY);
		x->valid = pg_bool(r, i, X_VALID);
		x->nulls_not_distinct = pg_bool(r, i, X_NULLS);
		x->of_constraint = pg_bool(r, i, X_OF_CONSTRAINT);
		x->method = catalog_str(c, r, i, X_METHOD);
		x->definition = catalog_text(c, r, i, X_DEFINITION);
		if (pg_bool(r, i, X_PARTIAL))
			x->predicate = catalog_text(c, r, i, X_PREDICATE);
		fill_index_key(c, r, i, t, x);
	}
}

int catalog_indexes(struct catalog *c, struct err *e)
{
	const char *const params[] = {c->tables.list, c->o->no_indexes ? "f" : "t"};
	char *sql = arena_printf(
		c->a, indexes_sql, c->version >= 150000 ? "i.indnullsnotdistinct" : "false");
	struct pg_rows *r;

	if (sql == NULL)
		return err_nomem(e);
	r = catalog_ask(c, sql, 2, params, e);
	if (r == NULL)
		return -1;
	catalog_each(c, r, &c->tables, fill_indexes);
	return catalog_end(c, r, e);
}
