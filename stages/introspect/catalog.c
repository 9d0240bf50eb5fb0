/* SPDX-License-Identifier: MIT */
#include "stages/introspect/catalog.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/pg/pg.h"

/* ---- the database and its schemas --------------------------------------------- */

static int read_database(struct catalog *c, struct err *e)
{
	struct pg_rows *r = catalog_ask(c, "SELECT current_database()", 0, NULL, e);

	if (r == NULL)
		return -1;
	c->s->database = catalog_str(c, r, 0, 0);
	return catalog_end(c, r, e);
}

static int all_there(const struct catalog *c, struct err *e)
{
	struct buf missing = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; i < c->o->nschemas; i++)
		if (!schema_has_namespace(c->s, c->o->schemas[i]))
			buf_addf(&missing, "%s%s", missing.n > 0 ? ", " : "", c->o->schemas[i]);
	if (missing.n > 0)
		rc = err_set(e, ERR_INPUT, "no such schema in database %s: %s", c->s->database,
			missing.p);
	else if (!buf_ok(&missing))
		rc = err_nomem(e);
	buf_free(&missing);
	return rc;
}

static int read_namespaces(struct catalog *c, struct catalog_notes *notes, struct err *e)
{
	static const char sql[] =
		"SELECT oid, nspname, has_schema_privilege(oid, 'USAGE') FROM pg_namespace"
		" WHERE CASE WHEN cardinality($1::text[]) > 0 THEN nspname = ANY ($1::text[])"
		" ELSE nspname !~ '^pg_(temp|toast)' AND ($2::boolean OR"
		" nspname !~ '^pg_' AND nspname <> 'information_schema') END ORDER BY nspname";
	struct buf wanted = BUF_INIT;
	struct pg_rows *r = NULL;
	struct schema *s = c->s;

	pg_array(&wanted, c->o->schemas, c->o->nschemas);
	if (buf_ok(&wanted)) {
		const char *const params[] = {wanted.p, c->o->system ? "t" : "f"};

		r = catalog_ask(c, sql, 2, params, e);
	} else {
		err_nomem(e);
	}
	buf_free(&wanted);
	if (r == NULL)
		return -1;
	s->namespaces = catalog_room(c, pg_count(r), sizeof(*s->namespaces));
	notes->no_usage = catalog_room(c, pg_count(r), sizeof(*notes->no_usage));
	for (size_t i = 0; !c->nomem && i < pg_count(r); i++) {
		const char *name = catalog_str(c, r, i, 1);

		s->namespaces[s->nnamespaces++] = name;
		if (!pg_bool(r, i, 2))
			notes->no_usage[notes->nno_usage++] = name;
	}
	if (catalog_map(c, &c->namespaces, r, 0, e) != 0) {
		pg_free(r);
		return -1;
	}
	if (catalog_end(c, r, e) != 0)
		return -1;
	return all_there(c, e);
}

/* ---- did it change? ------------------------------------------------------------ */

/*
 * A mark of all catalogue rows the schemas have: every insert, update and delete changes
 * the number, the sum or the largest of the transactions that made them.
 */
static int read_mark(struct catalog *c, const char **mark, struct err *e)
{
	static const char sql[] =
		"WITH c AS MATERIALIZED (SELECT oid, xmin FROM pg_class"
		" WHERE relnamespace = ANY ($1::oid[]) AND relpersistence <> 't'),"
		" x(x) AS (SELECT xmin FROM c"
		" UNION ALL SELECT a.xmin FROM pg_attribute a JOIN c ON c.oid = attrelid"
		" UNION ALL SELECT a.xmin FROM pg_attrdef a JOIN c ON c.oid = adrelid"
		" UNION ALL SELECT a.xmin FROM pg_index a JOIN c ON c.oid = indrelid"
		" UNION ALL SELECT a.xmin FROM pg_trigger a JOIN c ON c.oid = tgrelid"
		" UNION ALL SELECT a.xmin FROM pg_rewrite a JOIN c ON c.oid = ev_class"
		" UNION ALL SELECT a.xmin FROM pg_inherits a JOIN c ON c.oid = inhrelid"
		" UNION ALL SELECT xmin FROM pg_constraint WHERE connamespace = ANY ($1::oid[])"
		" UNION ALL SELECT xmin FROM pg_type WHERE typnamespace = ANY ($1::oid[])"
		" UNION ALL SELECT xmin FROM pg_proc WHERE pronamespace = ANY ($1::oid[])"
		" UNION ALL SELECT xmin FROM pg_enum"
		" UNION ALL SELECT xmin FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)')"
		" SELECT format('%s %s %s', count(*), sum(x::text::bigint), max(x::text::bigint))"
		" FROM x";
	struct pg_rows *r = catalog_ask(c, sql, 1, &c->namespaces.list, e);

	if (r == NULL)
		return -1;
	*mark = catalog_str(c, r, 0, 0);
	return catalog_end(c, r, e);
}

static int read_all(
	struct catalog *c, struct catalog_notes *notes, const char **mark, struct err *e)
{
	if (read_database(c, e) != 0 || read_namespaces(c, notes, e) != 0 ||
		read_mark(c, mark, e) != 0)
		return -1;
	if (catalog_tables(c, e) != 0 || catalog_types(c, e) != 0 || catalog_columns(c, e) != 0)
		return -1;
	if (catalog_constraints(c, e) != 0 || catalog_indexes(c, e) != 0)
		return -1;
	if (catalog_triggers(c, e) != 0 || catalog_functions(c, e) != 0)
		return -1;
	return catalog_zones(c, e);
}

static int32_t today(void)
{
	enum { DAY = 86400, DAYS_1970_TO_2000 = 10957 };

	return (int32_t)(time(NULL) / DAY - DAYS_1970_TO_2000);
}

int catalog_read(struct pg *pg, const struct catalog_opts *o, struct schema *s,
	struct catalog_notes *notes, const struct catalog_more *more, struct arena *a,
	struct err *e)
{
	struct catalog c = {.pg = pg, .o = o, .s = s, .a = a, .version = pg_server_version(pg)};
	const char *before = NULL, *after = NULL;

	s->server_version = c.version;
	s->introspected_on = today();
	/* rows are read under the path of the database: what makes them may depend on it */
	if (pg_path_empty(pg, e) != 0 ||
		pg_exec(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", e) != 0 ||
		read_all(&c, notes, &before, e) != 0 ||
		select_tables(o->selection, pg, s, a, e) != 0 || schema_bind(s, a, e) != 0 ||
		schema_fingerprint(s, e) != 0 || pg_path_own(pg, e) != 0 ||
		more->read(more->ctx, pg, s, e) != 0 || pg_exec(pg, "COMMIT", e) != 0 ||
		pg_path_empty(pg, e) != 0)
		return -1;
	/* outside the transaction, so as it is now */
	if (read_mark(&c, &after, e) != 0)
		return -1;
	return strcmp(before, after) != 0 ? catalog_changed(e) : 0;
}
