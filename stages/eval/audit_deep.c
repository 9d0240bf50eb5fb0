/* SPDX-License-Identifier: MIT */
/*
 * Rules of domains that lie within a column's type.
 *
 * PostgreSQL checks a domain wherever a value of it is made: an element of an array, an attribute
 * of a composite type, the bound of a range.  The files' reader takes such values as one text, so
 * the files cannot answer; a query that takes the type apart lets the database do it.
 */
#include "stages/eval/audit_int.h"

#include "common/base/err.h"
#include "common/pg/pg.h"
#include "stages/eval/audit_sql.h"

enum { DEEPEST = 32 };

/* Where a walk through a type is. */
struct walk {
	struct audit *u;
	struct audit_table *t;
	uint32_t col, depth;
	struct err *e;
};

static int visit(struct walk *w, const struct pg_type *type, const char *query);

/* Take ${b}, one level deeper. */
static int deeper(struct walk *w, const struct pg_type *type, struct buf *b)
{
	const char *query = buf_ok(b) ? arena_strdup(w->u->a, b->p) : NULL;
	int rc;

	buf_free(b);
	if (query == NULL)
		return err_nomem(w->e);
	if (w->depth == DEEPEST)
		return err_set(w->e, ERR_INPUT, "%s: types within types, more than %d deep",
			audit_path(w->u, w->t->plan->table, &w->col, 1), DEEPEST);
	w->depth++;
	rc = visit(w, type, query);
	w->depth--;
	return rc;
}

static int visit_elements(struct walk *w, const struct pg_type *elem, const char *query)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "SELECT pg_catalog.unnest(d.value) AS value FROM (%s) d", query);
	return deeper(w, elem, &b);
}

/* A bound that is infinite has no value. */
static int visit_bounds(struct walk *w, const struct pg_type *subtype, const char *query)
{
	struct buf b = BUF_INIT;

	buf_addf(&b,
		"SELECT pg_catalog.lower(d.value) AS value FROM (%s) d"
		" WHERE pg_catalog.lower(d.value) IS NOT NULL UNION ALL"
		" SELECT pg_catalog.upper(d.value) FROM (%s) d"
		" WHERE pg_catalog.upper(d.value) IS NOT NULL",
		query, query);
	return deeper(w, subtype, &b);
}

/* A multirange has the ranges' subtype. */
static int visit_ranges(struct walk *w, const struct pg_type *subtype, const char *query)
{
	const char *ranges = arena_printf(
		w->u->a, "SELECT pg_catalog.unnest(d.value) AS value FROM (%s) d", query);

	return ranges != NULL ? visit_bounds(w, subtype, ranges) : err_nomem(w->e);
}

/* The attributes of a NULL are not checked; num_nulls() does not take a row of NULLs for one. */
static int visit_attributes(struct walk *w, const struct pg_type *type, const char *query)
{
	for (uint32_t i = 0; i < type->nattrs; i++) {
		struct buf b = BUF_INIT;

		buf_adds(&b, "SELECT (d.value).");
		pg_ident(&b, type->attrs[i].name);
		buf_addf(
			&b, " AS value FROM (%s) d WHERE pg_catalog.num_nulls(d.value) = 0", query);
		if (deeper(w, type->attrs[i].type, &b) == -1)
			return -1;
	}
	return 0;
}

static int domain_not_null(struct walk *w, const struct pg_type *d, const char *query)
{
	struct rule *r = findings_rule(w->u->findings, KIND_NOT_NULL,
		w->t->plan->policy[PLAN_POLICY_NOT_NULL], w->t->plan,
		audit_path(w->u, w->t->plan->table, &w->col, 1));

	if (r == NULL)
		return err_nomem(w->e);
	r->of = (struct subject){.col = (int)w->col, .deep = query};
	r->not_evaluated = audit_why_deep;
	r->definition = arena_printf(w->u->a, "domain %s.%s NOT NULL", d->schema, d->name);
	return r->definition != NULL ? 0 : err_nomem(w->e);
}

static int visit(struct walk *w, const struct pg_type *type, const char *query)
{
	for (; type != NULL && type->cls == PG_DOMAIN; type = type->elem) {
		if (w->depth == 0) /* the column's own domains are audited with it */
			continue;
		if (audit_domain_checks(w->u, w->t, w->col, type, query, w->e) == -1 ||
			(type->not_null && domain_not_null(w, type, query) == -1))
			return -1;
	}
	if (type == NULL)
		return 0;
	switch (type->cls) {
	case PG_ARRAY:
		return visit_elements(w, type->elem, query);
	case PG_MULTIRANGE:
		return visit_ranges(w, type->elem, query);
	case PG_RANGE:
		return visit_bounds(w, type->elem, query);
	case PG_COMPOSITE:
		return visit_attributes(w, type, query);
	default:
		return 0;
	}
}

int audit_deep_rules(struct audit *u, struct audit_table *t, uint32_t col, struct err *e)
{
	struct walk w = {.u = u, .t = t, .col = col, .e = e};
	struct buf b = BUF_INIT;
	const char *query;

	buf_adds(&b, "SELECT ");
	pg_ident(&b, t->plan->table->columns[col].name);
	buf_adds(&b, " AS value");
	audit_sql_from(&b, t->plan->table);
	query = buf_ok(&b) ? arena_strdup(u->a, b.p) : NULL;
	buf_free(&b);
	if (query == NULL)
		return err_nomem(e);
	return visit(&w, t->plan->table->columns[col].type, query);
}
