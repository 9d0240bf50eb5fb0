/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/pg/pg.h"
#include "stages/introspect/catalog.h"

/*
 * The types the columns have and, from there, what those are made of; and every enum,
 * domain, range and composite of the selected schemas that no extension brought.
 */
static const char types_sql[] =
	"WITH RECURSIVE need(oid) AS ("
	" (SELECT atttypid FROM pg_attribute"
	"   WHERE attrelid = ANY ($1::oid[]) AND attnum > 0 AND NOT attisdropped"
	"  UNION SELECT t.oid FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid"
	"   WHERE t.typnamespace = ANY ($2::oid[])"
	"   AND (t.typtype IN ('e', 'd', 'r', 'm') OR t.typtype = 'c' AND c.relkind = 'c')"
	"   AND NOT EXISTS (SELECT FROM pg_depend WHERE deptype = 'e'"
	"    AND classid = 'pg_type'::regclass AND objid = t.oid))"
	" UNION SELECT x.oid FROM need JOIN pg_type t ON t.oid = need.oid"
	"  CROSS JOIN LATERAL ("
	"   SELECT y.oid FROM pg_type y WHERE y.oid = t.typelem AND y.typarray = t.oid"
	"   UNION ALL SELECT t.typbasetype WHERE t.typtype = 'd'"
	"   UNION ALL SELECT g.rngsubtype FROM pg_range g WHERE t.oid IN (g.rngtypid%s)"
	"   UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE t.typtype = 'c'"
	"    AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped"
	"  ) x)"
	" SELECT t.oid, n.nspname, t.typname, t.typtype,"
	" CASE t.typtype WHEN 'd' THEN t.typbasetype WHEN 'b' THEN y.oid"
	"  ELSE (SELECT g.rngsubtype FROM pg_range g WHERE t.oid IN (g.rngtypid%s)) END,"
	" t.typtypmod, t.typnotnull, pg_get_expr(t.typdefaultbin, 0),"
	" (SELECT CASE m.nspname WHEN 'pg_catalog' THEN l.collname::text"
	"  ELSE format('%%I.%%I', m.nspname, l.collname) END FROM pg_collation l"
	"  JOIN pg_namespace m ON m.oid = l.collnamespace"
	"  WHERE l.oid = t.typcollation AND l.collname <> 'default'),"
	" (SELECT x.extname FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid"
	"  WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'"
	"  AND d.refclassid = 'pg_extension'::regclass),"
	/* the same bytes as text, and read as text wherever text is wanted: citext */
	" EXISTS (SELECT FROM pg_cast WHERE castsource = t.oid AND casttarget = 'text'::regtype"
	"  AND castmethod = 'b' AND castcontext = 'i'),"
	" CASE WHEN $3::boolean THEN obj_description(t.oid, 'pg_type') END"
	" FROM need JOIN pg_type t ON t.oid = need.oid JOIN pg_namespace n ON n.oid = "
	"t.typnamespace"
	" LEFT JOIN pg_type y ON y.oid = t.typelem AND y.typarray = t.oid"
	" ORDER BY n.nspname, t.typname";

enum {
	Y_OID,
	Y_SCHEMA,
	Y_NAME,
	Y_KIND,
	Y_ELEM,
	Y_TYPMOD,
	Y_NOT_NULL,
	Y_DEFAULT,
	Y_COLLATION,
	Y_EXTENSION,
	Y_IS_TEXT,
	Y_COMMENT,
};

static enum pg_class class_of(struct pg_rows *r, size_t i)
{
	static const struct {
		char typtype;
		enum pg_class cls;
	} kinds[] = {{'e', PG_ENUM}, {'d', PG_DOMAIN}, {'c', PG_COMPOSITE}, {'r', PG_RANGE},
		{'m', PG_MULTIRANGE}};
	char typtype = pg_str(r, i, Y_KIND)[0];

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (kinds[k].typtype == typtype)
			return kinds[k].cls;
	if (!pg_is_null(r, i, Y_ELEM))
		return PG_ARRAY;
	if (strcmp(pg_str(r, i, Y_SCHEMA), "pg_catalog") == 0)
		return pg_class_of(pg_str(r, i, Y_NAME));
	return pg_bool(r, i, Y_IS_TEXT) ? PG_TEXT : PG_OTHER;
}

static void fill_type(struct catalog *c, struct pg_rows *r, uint32_t i)
{
	struct pg_type *t = &c->s->types[i];
	uint32_t elem;

	t->schema = catalog_str(c, r, i, Y_SCHEMA);
	t->name = catalog_str(c, r, i, Y_NAME);
	t->cls = class_of(r, i);
	t->extension = catalog_str0(c, r, i, Y_EXTENSION);
	if (!pg_is_null(r, i, Y_ELEM)) {
		elem = oid_find(&c->types, pg_int(r, i, Y_ELEM));
		c->changed |= elem == UINT32_MAX;
		t->elem = elem != UINT32_MAX ? &c->s->types[elem] : NULL;
	}
	t->typmod = (int32_t)pg_int(r, i, Y_TYPMOD);
	t->not_null = pg_bool(r, i, Y_NOT_NULL);
	t->deflt = t->cls == PG_DOMAIN ? catalog_str0(c, r, i, Y_DEFAULT) : NULL;
	t->collation = catalog_str0(c, r, i, Y_COLLATION);
	t->comment = catalog_str0(c, r, i, Y_COMMENT);
}

static int read_types(struct catalog *c, struct err *e)
{
	const char *const params[] = {
		c->tables.list, c->namespaces.list, c->o->no_comments ? "f" : "t"};
	const char *multi = c->version >= 140000 ? ", g.rngmultitypid" : "";
	char *sql = arena_printf(c->a, types_sql, multi, multi);
	struct schema *s = c->s;
	struct pg_rows *r;

	if (sql == NULL)
		return err_nomem(e);
	r = catalog_ask(c, sql, 3, params, e);
	if (r == NULL)
		return -1;
	if (catalog_map(c, &c->types, r, Y_OID, e) != 0) {
		pg_free(r);
		return -1;
	}
	s->types = catalog_room(c, pg_count(r), sizeof(*s->types));
	for (uint32_t i = 0; s->types != NULL && i < pg_count(r); i++, s->ntypes++)
		fill_type(c, r, i);
	return catalog_end(c, r, e);
}

/* ---- what types are made of --------------------------------------------------- */

static void fill_labels(struct catalog *c, struct pg_rows *r, uint32_t at, size_t from, size_t to)
{
	struct pg_type *t = &c->s->types[at];

	t->labels = catalog_room(c, to - from, sizeof(*t->labels));
	for (size_t i = from; t->labels != NULL && i < to; i++)
		t->labels[t->nlabels++] = catalog_str(c, r, i, 1);
}

static void fill_checks(struct catalog *c, struct pg_rows *r, uint32_t at, size_t from, size_t to)
{
	enum { TYPE, NAME, EXPR, VALID };
	struct pg_type *t = &c->s->types[at];

	t->checks = catalog_room(c, to - from, sizeof(*t->checks));
	for (size_t i = from; t->checks != NULL && i < to; i++)
		t->checks[t->nchecks++] = (struct pg_check){
			.name = catalog_str(c, r, i, NAME),
			.expr = catalog_text(c, r, i, EXPR),
			.not_valid = !pg_bool(r, i, VALID),
		};
}

static void fill_attrs(struct catalog *c, struct pg_rows *r, uint32_t at, size_t from, size_t to)
{
	enum { OWNER, NAME, TYPE, TYPMOD };
	struct pg_type *t = &c->s->types[at];

	t->attrs = catalog_room(c, to - from, sizeof(*t->attrs));
	for (size_t i = from; t->attrs != NULL && i < to; i++) {
		uint32_t type = oid_find(&c->types, pg_int(r, i, TYPE));

		c->changed |= type == UINT32_MAX;
		t->attrs[t->nattrs++] = (struct pg_attr){
			.name = catalog_str(c, r, i, NAME),
			.type = type != UINT32_MAX ? &c->s->types[type] : NULL,
			.typmod = (int32_t)pg_int(r, i, TYPMOD),
		};
	}
}

static const struct {
	const char *sql;
	catalog_fill *fill;
} parts[] = {
	{"SELECT enumtypid, enumlabel FROM pg_enum WHERE enumtypid = ANY ($1::oid[])"
	 " ORDER BY enumtypid, enumsortorder",
		fill_labels},
	{"SELECT contypid, conname, pg_get_expr(conbin, 0), convalidated FROM pg_constraint"
	 " WHERE contypid = ANY ($1::oid[]) AND contype = 'c' ORDER BY contypid, conname",
		fill_checks},
	{"SELECT t.oid, a.attname, a.atttypid, a.atttypmod FROM pg_type t"
	 " JOIN pg_attribute a ON a.attrelid = t.typrelid"
	 " WHERE t.oid = ANY ($1::oid[]) AND t.typtype = 'c' AND a.attnum > 0"
	 " AND NOT a.attisdropped ORDER BY t.oid, a.attnum",
		fill_attrs},
};

int catalog_types(struct catalog *c, struct err *e)
{
	if (read_types(c, e) != 0)
		return -1;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct pg_rows *r = catalog_ask(c, parts[i].sql, 1, &c->types.list, e);

		if (r == NULL)
			return -1;
		catalog_each(c, r, &c->types, parts[i].fill);
		if (catalog_end(c, r, e) != 0)
			return -1;
	}
	return 0;
}
