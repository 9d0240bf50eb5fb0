/* SPDX-License-Identifier: MIT */
/*
 * Rules of CHECK constraints, of a table or of a domain.
 */
#include "stages/eval/audit_int.h"

#include "common/base/err.h"

const char audit_why_deep[] =
	"a domain within an array, a range or a composite type is not looked into";

/* A check of the table, or of a domain, which is ${scope}'s; the caller names the constraint. */
static struct rule *add_check(struct audit *u, struct audit_table *t, const struct sql_scope *scope,
	struct subject of, const char *expr, struct err *e)
{
	struct audit_check *k = &t->checks[t->nchecks];
	bool domain = of.check != NULL;
	uint32_t col = domain ? (uint32_t)of.col : 0;
	struct rule *r = findings_rule(u->findings, KIND_CHECK, t->plan->policy[PLAN_POLICY_CHECK],
		t->plan, audit_path(u, t->plan->table, &col, domain));
	const char *why = NULL;

	if (r == NULL) {
		err_nomem(e);
		return NULL;
	}
	r->of = of;
	*k = (struct audit_check){.rule = r, .value = of.col};
	if (of.deep != NULL)
		why = audit_why_deep;
	else if (audit_compile(u, scope, expr, &k->x, &why, e) == -1)
		return NULL;
	if (k->x != NULL) {
		k->cols = sql_columns(k->x, &k->ncols);
		why = audit_absent(u, t, domain ? &col : k->cols, domain ? 1 : k->ncols);
	}
	t->nchecks += why == NULL;
	r->not_evaluated = why;
	return r;
}

int audit_domain_checks(struct audit *u, struct audit_table *t, uint32_t col,
	const struct pg_type *d, const char *deep, struct err *e)
{
	struct sql_scope scope = {.schema = u->schema, .domain = d, .as_of = u->plan->as_of};

	for (uint32_t k = 0; k < d->nchecks; k++) {
		struct subject of = {
			.check = &d->checks[k], .domain = d, .col = (int)col, .deep = deep};
		struct rule *r = add_check(u, t, &scope, of, d->checks[k].expr, e);

		if (r == NULL)
			return -1;
		r->name = d->checks[k].name;
		r->definition = arena_printf(
			u->a, "domain %s.%s CHECK %s", d->schema, d->name, d->checks[k].expr);
		if (r->definition == NULL)
			return err_nomem(e);
	}
	return 0;
}

int audit_table_checks(struct audit *u, struct audit_table *t, struct err *e)
{
	const struct pg_table *pt = t->plan->table;
	struct sql_scope scope = audit_scope(u, pt);

	for (uint32_t i = 0; i < pt->ncons; i++) {
		const struct pg_constraint *c = &pt->cons[i];
		struct rule *r;

		if (c->kind != PG_CON_CHECK)
			continue;
		r = add_check(u, t, &scope, (struct subject){.con = c, .col = -1}, c->expr, e);
		if (r == NULL)
			return -1;
		r->name = c->name;
		r->definition = c->definition;
	}
	return 0;
}
