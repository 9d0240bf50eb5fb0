/* SPDX-License-Identifier: MIT */
#include "stages/introspect/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/visible.h"
#include "common/io/json.h"

/* ---- counting ------------------------------------------------------------------- */

int report_warn(struct report *r, struct err *e, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (r->nwarnings == r->room) {
		uint32_t room = r->room > 0 ? 2 * r->room : 16;
		const char **more = arena_array(r->a, room, sizeof(*more));

		if (more == NULL)
			return err_nomem(e);
		if (r->nwarnings > 0)
			memcpy(more, r->warnings, r->nwarnings * sizeof(*more));
		r->warnings = more;
		r->room = room;
	}
	r->warnings[r->nwarnings] = arena_strdup(r->a, text);
	return r->warnings[r->nwarnings++] != NULL ? 0 : err_nomem(e);
}

static int by_ref(const void *a, const void *b)
{
	const struct pg_constraint *const *x = a, *const *y = b;
	int c = strcmp((*x)->ref_schema, (*y)->ref_schema);

	return c != 0 ? c : strcmp((*x)->ref_table, (*y)->ref_table);
}

/* Tables outside the selection are nodes too; they have children only. */
static int count_outside(struct report *r, struct err *e)
{
	const struct schema *s = r->s;
	const struct pg_constraint **out =
		arena_array(r->a, r->cons[PG_CON_FOREIGN] + 1, sizeof(*out));
	uint32_t n = 0, first;

	if (out == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < s->ntables; i++) {
		first = n;
		for (uint32_t k = 0; k < s->tables[i].ncons; k++) {
			const struct pg_constraint *c = &s->tables[i].cons[k];

			if (c->kind == PG_CON_FOREIGN && c->ref == NULL)
				out[n++] = c;
		}
		qsort(out + first, n - first, sizeof(*out), by_ref);
		for (uint32_t k = first; k < n; k++)
			r->edges += k == first || by_ref(&out[k - 1], &out[k]) != 0;
	}
	qsort(out, n, sizeof(*out), by_ref);
	for (uint32_t k = 0; k < n; k++)
		r->nodes += k == 0 || by_ref(&out[k - 1], &out[k]) != 0;
	return 0;
}

static void count(struct report *r)
{
	for (uint32_t i = 0; i < r->s->ntables; i++) {
		const struct pg_table *t = &r->s->tables[i];
		bool fk = false;

		r->columns += t->ncolumns;
		for (uint32_t k = 0; k < t->ncolumns; k++)
			r->not_null += t->columns[k].not_null;
		for (uint32_t k = 0; k < t->ncons; k++) {
			r->cons[t->cons[k].kind]++;
			fk |= t->cons[k].kind == PG_CON_FOREIGN;
		}
		r->with_pk += pg_primary(t) != NULL;
		r->with_fk += fk;
	}
}

/* ---- warnings ------------------------------------------------------------------- */

static int warn_trigger(
	struct report *r, const struct pg_table *t, const struct pg_trigger *g, struct err *e)
{
	struct buf does = BUF_INIT;
	int rc;

	for (uint32_t i = 0; i < g->neffects; i++)
		buf_addf(&does, "%s%s", i > 0 ? ", " : ". By its text it ", g->effects[i]);
	if (!buf_ok(&does)) {
		buf_free(&does);
		return err_nomem(e);
	}
	rc = report_warn(r, e, "%s.%s: %s %s acts on INSERT: it may change or reject rows%s",
		t->schema, t->name, g->rule ? "rule" : "trigger", g->name,
		does.n > 0 ? does.p : "");
	buf_free(&does);
	return rc;
}

static int warn_table(struct report *r, const struct pg_table *t, struct err *e)
{
	const char *reserved = t->reserved;

	if (reserved != NULL && !t->filled)
		return report_warn(
			r, e, "%s.%s %s: it is not filled", t->schema, t->name, reserved);
	for (uint32_t i = 0; i < t->ntriggers; i++) {
		const struct pg_trigger *g = &t->triggers[i];

		if (g->on_insert && g->enabled && warn_trigger(r, t, g, e) != 0)
			return -1;
	}
	if (t->row_security &&
		report_warn(r, e, "%s.%s: row security: its policies may reject rows", t->schema,
			t->name) != 0)
		return -1;
	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *c = &t->cons[i];

		if (c->kind == PG_CON_FOREIGN && c->ref == NULL &&
			report_warn(r, e,
				"%s.%s: foreign key %s refers to %s.%s, which is not selected",
				t->schema, t->name, c->name, c->ref_schema, c->ref_table) != 0)
			return -1;
	}
	return 0;
}

/* customer_id, or customerId, unless it is the table's own key. */
static bool names_another(const struct pg_table *t, uint32_t c)
{
	const struct pg_constraint *pk = pg_primary(t);
	size_t n = strlen(t->columns[c].name);
	const char *end = t->columns[c].name + (n > 3 ? n - 3 : 0);

	if (n <= 3 || (pk != NULL && pk->ncols == 1 && pk->cols[0] == c))
		return false;
	return strcmp(end, "_id") == 0 || strcmp(end + 1, "Id") == 0;
}

/* Schemas whose applications alone know what refers to what: rows are filled that do not. */
static int warn_no_keys(struct report *r, struct err *e)
{
	enum { NAMED = 3 };
	struct buf names = BUF_INIT;
	uint32_t n = 0;
	int rc = 0;

	for (uint32_t i = 0; r->with_fk == 0 && r->s->ntables > 1 && i < r->s->ntables; i++) {
		const struct pg_table *t = &r->s->tables[i];

		for (uint32_t c = 0; c < t->ncolumns; c++)
			if (names_another(t, c) && n++ < NAMED)
				buf_addf(&names, "%s%s.%s.%s", n == 1 ? "" : ", ", t->schema,
					t->name, t->columns[c].name);
	}
	if (!buf_ok(&names))
		rc = err_nomem(e);
	else if (n > 0)
		rc = report_warn(r, e,
			"no foreign keys: columns such as %s refer to nothing, and get any values: "
			"add "
			"foreign keys (ALTER TABLE ... ADD FOREIGN KEY) where rows are to refer to "
			"each other",
			names.p);
	buf_free(&names);
	return rc;
}

int report_make(struct report *r, const struct schema *s, struct arena *a, struct err *e)
{
	memset(r, 0, sizeof(*r));
	r->s = s;
	r->a = a;
	if (schema_graph(&r->graph, s, a, e) != 0)
		return -1;
	count(r);
	r->nodes = s->ntables;
	r->edges = r->graph.nedges;
	if (count_outside(r, e) != 0)
		return -1;
	if (s->ntables == 0 &&
		report_warn(r, e, "nothing is selected that has rows: no table") != 0)
		return -1;
	for (uint32_t i = 0; i < s->ntables; i++)
		if (warn_table(r, &s->tables[i], e) != 0)
			return -1;
	return warn_no_keys(r, e);
}

/* ---- the graph ------------------------------------------------------------------ */

static bool refers_to_itself(const struct pg_table *t)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_FOREIGN && t->cons[i].ref == t)
			return true;
	return false;
}

static bool in_cycle(const struct report *r, uint32_t table)
{
	return r->graph.component_size[r->graph.component[table]] > 1 ||
	       refers_to_itself(&r->s->tables[table]);
}

static uint32_t count_levels(const struct report *r)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->graph.n; i++)
		if (r->graph.level[i] + 1 > n)
			n = r->graph.level[i] + 1;
	return n;
}

static void put_table(struct jsonw *j, const struct pg_table *t)
{
	struct buf name = BUF_INIT;

	buf_addf(&name, "%s.%s", t->schema, t->name);
	jw_str(j, name.p);
	j->b->failed |= !buf_ok(&name);
	buf_free(&name);
}

static void put_levels(struct jsonw *j, const struct report *r)
{
	uint32_t levels = count_levels(r);

	jw_key(j, "levels");
	jw_array(j);
	for (uint32_t level = 0; level < levels; level++) {
		jw_array(j);
		for (uint32_t i = 0; i < r->graph.n; i++)
			if (r->graph.level[i] == level)
				put_table(j, &r->s->tables[i]);
		jw_end(j);
	}
	jw_end(j);
}

/* The cycles: components of more than one table, and tables that refer to themselves. */
static void put_components(struct jsonw *j, const struct report *r)
{
	const struct schema_graph *g = &r->graph;

	jw_key(j, "components");
	jw_array(j);
	for (uint32_t i = 0; i < g->n; i++) {
		uint32_t v = g->order[i];

		/* members of a component follow one another: the first speaks for all */
		if (!in_cycle(r, v) || (i > 0 && g->component[g->order[i - 1]] == g->component[v]))
			continue;
		jw_array(j);
		for (uint32_t k = i; k < g->n && g->component[g->order[k]] == g->component[v]; k++)
			put_table(j, &r->s->tables[g->order[k]]);
		jw_end(j);
	}
	jw_end(j);
}

static void put_graph(struct jsonw *j, const struct report *r)
{
	const struct schema_graph *g = &r->graph;

	jw_key(j, "fk_graph");
	jw_object(j);
	jw_kuint(j, "edges", r->edges);
	jw_kbool(j, "has_cycle", g->has_cycle);
	jw_key(j, "cycle");
	if (g->has_cycle) {
		jw_array(j);
		for (uint32_t i = 0; i < g->n; i++)
			if (in_cycle(r, i))
				put_table(j, &r->s->tables[i]);
		jw_end(j);
	} else {
		jw_null(j);
	}
	jw_key(j, "topo_order");
	if (g->has_cycle) {
		jw_null(j);
	} else {
		jw_array(j);
		for (uint32_t i = 0; i < g->n; i++)
			put_table(j, &r->s->tables[g->order[i]]);
		jw_end(j);
	}
	jw_kuint(j, "nodes", r->nodes);
	put_levels(j, r);
	put_components(j, r);
	jw_end(j);
}

/* ---- schema_metrics.json ----------------------------------------------------------------- */

static double share(uint32_t part, uint32_t whole)
{
	return whole > 0 ? (double)part / whole : 0;
}

void report_json(const struct report *r, struct buf *b)
{
	struct jsonw j;

	jw_begin(&j, b, true);
	jw_object(&j);
	jw_kstr(&j, "schema_version", "0.2");
	jw_kstr(&j, "engine", "postgres");
	jw_key(&j, "counts");
	jw_object(&j);
	jw_kuint(&j, "schemas", r->s->nnamespaces);
	jw_kuint(&j, "tables", r->s->ntables);
	jw_kuint(&j, "columns", r->columns);
	jw_key(&j, "constraints");
	jw_object(&j);
	jw_kuint(&j, "primary_keys", r->cons[PG_CON_PRIMARY]);
	jw_kuint(&j, "foreign_keys", r->cons[PG_CON_FOREIGN]);
	jw_kuint(&j, "unique", r->cons[PG_CON_UNIQUE]);
	jw_kuint(&j, "checks", r->cons[PG_CON_CHECK]);
	jw_kuint(&j, "exclusions", r->cons[PG_CON_EXCLUDE]);
	jw_end(&j);
	jw_end(&j);
	jw_key(&j, "coverage");
	jw_object(&j);
	jw_kdouble(&j, "tables_with_pk_pct", share(r->with_pk, r->s->ntables));
	jw_kdouble(&j, "tables_with_fk_pct", share(r->with_fk, r->s->ntables));
	jw_kdouble(&j, "columns_not_null_pct", share(r->not_null, r->columns));
	jw_end(&j);
	put_graph(&j, r);
	jw_key(&j, "warnings");
	jw_array(&j);
	for (uint32_t i = 0; i < r->nwarnings; i++)
		jw_str(&j, r->warnings[i]);
	jw_end(&j);
	jw_end(&j);
}

/* ---- the summary ------------------------------------------------------------------ */

/* The name of a table, which does not break the line. */
static void add_table(struct buf *b, const struct pg_table *t)
{
	buf_visible(b, t->schema, strlen(t->schema), VISIBLE_LINE);
	buf_addc(b, '.');
	buf_visible(b, t->name, strlen(t->name), VISIBLE_LINE);
}

static void add_cycles(const struct report *r, struct buf *b, uint32_t max)
{
	const struct schema_graph *g = &r->graph;
	uint32_t shown = 0;

	for (uint32_t i = 0; i < g->n && shown < max; i++) {
		uint32_t v = g->order[i];
		bool first = i == 0 || g->component[g->order[i - 1]] != g->component[v];

		if (!in_cycle(r, v) || !first)
			continue;
		shown++;
		if (max > 1)
			buf_adds(b, "  cycle:");
		for (uint32_t k = i; k < g->n && g->component[g->order[k]] == g->component[v];
			k++) {
			buf_adds(b, k > i || max > 1 ? " " : "");
			add_table(b, &r->s->tables[g->order[k]]);
		}
		if (max > 1)
			buf_adds(b, g->component_size[g->component[v]] > 1
					    ? "\n"
					    : " (refers to itself)\n");
	}
}

void report_cycle(const struct report *r, struct buf *b)
{
	add_cycles(r, b, 1);
}

static const char *plural(uint32_t n)
{
	return n == 1 ? "" : "s";
}

/* One line a level; of a crowded one the first, for all are in schema_metrics.json. */
static void add_levels(const struct report *r, uint32_t levels, struct buf *b)
{
	enum { SHOWN = 40 };

	for (uint32_t level = 0; level < levels; level++) {
		uint32_t n = 0;

		buf_addf(b, "  level %u:", level);
		for (uint32_t i = 0; i < r->graph.n; i++)
			if (r->graph.level[i] == level && n++ < SHOWN) {
				buf_addc(b, ' ');
				add_table(b, &r->s->tables[i]);
			}
		if (n > SHOWN)
			buf_addf(b, " and %u more", n - SHOWN);
		buf_addc(b, '\n');
	}
}

void report_text(const struct report *r, struct buf *b)
{
	const struct schema *s = r->s;
	uint32_t levels = count_levels(r);

	buf_addf(b, "PostgreSQL %d.%d: %u schema%s, %u table%s, %u column%s (%u NOT NULL)\n",
		s->server_version / 10000, s->server_version % 10000, s->nnamespaces,
		plural(s->nnamespaces), s->ntables, plural(s->ntables), r->columns,
		plural(r->columns), r->not_null);
	buf_addf(b,
		"constraints: %u primary key, %u foreign key, %u unique, %u check, %u exclude\n",
		r->cons[PG_CON_PRIMARY], r->cons[PG_CON_FOREIGN], r->cons[PG_CON_UNIQUE],
		r->cons[PG_CON_CHECK], r->cons[PG_CON_EXCLUDE]);
	buf_addf(b, "foreign keys: %u edge%s, %u level%s, %s\n", r->edges, plural(r->edges), levels,
		plural(levels), r->graph.has_cycle ? "cycles:" : "no cycle");
	add_cycles(r, b, UINT32_MAX);
	add_levels(r, levels, b);
	buf_addf(b, "fingerprint: %s\n", s->fingerprint);
}
