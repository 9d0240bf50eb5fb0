/* SPDX-License-Identifier: MIT */
/* From schema and plan to rules: every constraint of every table, or why it is not asked. */
#include "stages/eval/audit_int.h"

#include <string.h>

#include "common/base/err.h"

/* "schema.table" and, with columns, ".c1,c2"; NULL when memory is out. */
const char *audit_path(struct audit *u, const struct pg_table *t, const uint32_t *cols, uint32_t n)
{
	struct buf b = BUF_INIT;
	const char *path = NULL;

	buf_addf(&b, "%s.%s", t->schema, t->name);
	for (uint32_t i = 0; i < n; i++) {
		buf_addc(&b, i == 0 ? '.' : ',');
		buf_adds(&b, cols[i] < t->ncolumns ? t->columns[cols[i]].name : "(expression)");
	}
	if (buf_ok(&b))
		path = arena_strdup(u->a, b.p);
	buf_free(&b);
	return path;
}

/* Whether the values of a column are at hand: written, or computed by us. */
static bool at_hand(const struct audit_table *t, uint32_t col)
{
	if (data_written(t->plan, col))
		return true;
	for (uint32_t i = 0; i < t->ncomputed; i++)
		if (t->computed[i].col == col)
			return true;
	return false;
}

const char *audit_absent(
	struct audit *u, const struct audit_table *t, const uint32_t *cols, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (cols[i] < t->plan->table->ncolumns && !at_hand(t, cols[i]))
			return arena_printf(u->a, "column %s is not in the files",
				t->plan->table->columns[cols[i]].name);
	return NULL;
}

struct sql_scope audit_scope(const struct audit *u, const struct pg_table *t)
{
	return (struct sql_scope){.schema = u->schema, .table = t, .as_of = u->plan->as_of};
}

/* What is not covered is told in ${why} and leaves *x NULL.  -1: out of memory. */
static int compiled(
	struct audit *u, enum sql_status st, struct sql_expr **x, const char **why, struct err *e)
{
	if (st == SQL_OK)
		return 0;
	*x = NULL;
	if (e->kind == ERR_TEMP)
		return -1;
	*why = arena_strdup(u->a, e->msg);
	*e = (struct err){0};
	return *why != NULL ? 0 : err_nomem(e);
}

int audit_compile(struct audit *u, const struct sql_scope *scope, const char *text,
	struct sql_expr **x, const char **why, struct err *e)
{
	return compiled(u, sql_compile(x, scope, text, u->a, e), x, why, e);
}

/* ---- columns --------------------------------------------------------------------- */

/* A stored generated column: its expression as a value of the column. */
static int prepare_computed(struct audit *u, struct audit_table *t, uint32_t col, struct err *e)
{
	const struct pg_table *pt = t->plan->table;
	const struct pg_column *pc = &pt->columns[col];
	struct audit_computed *c = &t->computed[t->ncomputed];
	struct sql_scope scope = audit_scope(u, pt);
	struct pg_base base = pg_base_of(pc->type, pc->typmod);
	const char *why = NULL;

	*c = (struct audit_computed){.col = col, .not_null = pg_column_not_null(pc)};
	c->type = pg_vtype(base, &c->scale);
	c->rule = findings_rule(
		u->findings, KIND_GENERATED, PLAN_ENFORCE, t->plan, audit_path(u, pt, &col, 1));
	if (c->rule == NULL)
		return err_nomem(e);
	c->rule->name = pc->name;
	c->rule->definition = pc->generated;
	if (compiled(u, sql_compile_as(&c->x, &scope, pc->generated, base, u->a, e), &c->x, &why,
		    e) == -1)
		return -1;
	if (c->x == NULL)
		c->rule->not_evaluated = why;
	t->ncomputed += c->x != NULL;
	return 0;
}

static int prepare_columns(struct audit *u, struct audit_table *t, struct err *e)
{
	const struct pg_table *pt = t->plan->table;

	t->written = arena_array(u->a, pt->ncolumns, sizeof(*t->written));
	t->nulls = arena_array(u->a, pt->ncolumns, sizeof(*t->nulls));
	t->rounded = arena_array(u->a, pt->ncolumns, sizeof(*t->rounded));
	t->type = arena_array(u->a, pt->ncolumns, sizeof(struct rule *));
	t->length = arena_array(u->a, pt->ncolumns, sizeof(struct rule *));
	t->not_null = arena_array(u->a, pt->ncolumns, sizeof(struct rule *));
	t->computed = arena_array(u->a, pt->ncolumns, sizeof(*t->computed));
	if (t->written == NULL || t->nulls == NULL || t->rounded == NULL || t->type == NULL ||
		t->length == NULL || t->not_null == NULL || t->computed == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < pt->ncolumns; i++) {
		if (data_written(t->plan, i)) {
			t->written[t->nwritten++] = i;
		} else if (pt->columns[i].generated != NULL && prepare_computed(u, t, i, e) == -1) {
			return -1;
		}
	}
	return 0;
}

static int column_rules(struct audit *u, struct audit_table *t, uint32_t i, struct err *e)
{
	const struct pg_column *c = &t->plan->table->columns[i];
	const char *path = audit_path(u, t->plan->table, &i, 1);
	int32_t limit = pg_char_limit(pg_base_of(c->type, c->typmod));

	t->type[i] = findings_rule(u->findings, KIND_TYPE, PLAN_ENFORCE, t->plan, path);
	if (t->type[i] == NULL)
		return err_nomem(e);
	t->type[i]->definition = c->formatted;
	if (limit >= 0) {
		t->length[i] = findings_rule(u->findings, KIND_LENGTH, PLAN_ENFORCE, t->plan, path);
		if (t->length[i] == NULL)
			return err_nomem(e);
		t->length[i]->definition = c->formatted;
	}
	if (pg_column_not_null(c)) {
		t->not_null[i] = findings_rule(u->findings, KIND_NOT_NULL,
			t->plan->policy[PLAN_POLICY_NOT_NULL], t->plan, path);
		if (t->not_null[i] == NULL)
			return err_nomem(e);
		t->not_null[i]->definition = "NOT NULL";
	}
	return 0;
}

/* ---- checks ---------------------------------------------------------------------- */

static int add_check(struct audit *u, struct audit_table *t, const struct sql_scope *scope,
	const char *name, const char *expr, const char *definition, int value, struct err *e)
{
	struct audit_check *k = &t->checks[t->nchecks];
	uint32_t col = (uint32_t)value;
	struct rule *r = findings_rule(u->findings, KIND_CHECK, t->plan->policy[PLAN_POLICY_CHECK],
		t->plan, audit_path(u, t->plan->table, &col, value >= 0));
	const char *why = NULL;

	if (r == NULL)
		return err_nomem(e);
	r->name = name;
	r->definition = definition;
	if (r->off)
		return 0;
	*k = (struct audit_check){.rule = r, .value = value};
	if (audit_compile(u, scope, expr, &k->x, &why, e) == -1)
		return -1;
	if (k->x != NULL && value < 0) {
		k->cols = sql_columns(k->x, &k->ncols);
		why = audit_absent(u, t, k->cols, k->ncols);
	} else if (k->x != NULL && !at_hand(t, col)) {
		why = audit_absent(u, t, &col, 1);
	}
	if (why == NULL) {
		t->nchecks++;
		return 0;
	}
	r->not_evaluated = why;
	r->violations = k->x == NULL; /* nobody has shown that it holds */
	return 0;
}

static uint32_t count_checks(const struct pg_table *t)
{
	uint32_t n = t->ncons;

	for (uint32_t i = 0; i < t->ncolumns; i++)
		for (const struct pg_type *d = t->columns[i].type; d != NULL && d->cls == PG_DOMAIN;
			d = d->elem)
			n += d->nchecks;
	return n;
}

static int check_rules(struct audit *u, struct audit_table *t, struct err *e)
{
	const struct pg_table *pt = t->plan->table;
	struct sql_scope scope = audit_scope(u, pt);

	t->checks = arena_array(u->a, count_checks(pt), sizeof(*t->checks));
	if (t->checks == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < pt->ncons; i++) {
		const struct pg_constraint *c = &pt->cons[i];

		if (c->kind == PG_CON_CHECK &&
			add_check(u, t, &scope, c->name, c->expr, c->definition, -1, e) == -1)
			return -1;
	}
	for (uint32_t i = 0; i < pt->ncolumns; i++)
		for (const struct pg_type *d = pt->columns[i].type;
			d != NULL && d->cls == PG_DOMAIN; d = d->elem)
			for (uint32_t k = 0; k < d->nchecks; k++) {
				struct sql_scope of = {
					.schema = u->schema, .domain = d, .as_of = u->plan->as_of};
				const char *text = arena_printf(u->a, "domain %s.%s CHECK %s",
					d->schema, d->name, d->checks[k].expr);

				if (text == NULL)
					return err_nomem(e);
				if (add_check(u, t, &of, d->checks[k].name, d->checks[k].expr, text,
					    (int)i, e) == -1)
					return -1;
			}
	return 0;
}

/* ---- all ---------------------------------------------------------------------------- */

static int table_rules(struct audit *u, struct audit_table *t, struct err *e)
{
	const char *path = audit_path(u, t->plan->table, NULL, 0);

	t->row_count = findings_rule(u->findings, KIND_ROW_COUNT, PLAN_ENFORCE, t->plan, path);
	t->form = findings_rule(u->findings, KIND_FILE, PLAN_ENFORCE, t->plan, path);
	if (t->row_count == NULL || t->form == NULL)
		return err_nomem(e);
	t->row_count->definition =
		arena_printf(u->a, "%llu rows", (unsigned long long)t->plan->rows);
	t->form->definition = "every row has the table's columns, every file is whole";
	if (prepare_columns(u, t, e) == -1)
		return -1;
	for (uint32_t i = 0; i < t->nwritten; i++)
		if (column_rules(u, t, t->written[i], e) == -1)
			return -1;
	if (check_rules(u, t, e) == -1 || audit_key_rules(u, t, e) == -1)
		return -1;
	return 0;
}

int audit_prepare(struct audit *u, struct err *e)
{
	u->tables = arena_array(u->a, u->plan->ntables, sizeof(*u->tables));
	if (u->tables == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < u->plan->ntables; i++) {
		u->tables[i].plan = &u->plan->tables[i];
		if (!u->plan->tables[i].existing && table_rules(u, &u->tables[i], e) == -1)
			return -1;
	}
	for (uint32_t i = 0; i < u->plan->ntables; i++)
		if (!u->plan->tables[i].existing && audit_fk_rules(u, &u->tables[i], e) == -1)
			return -1;
	return 0;
}

void audit_free(struct audit *u)
{
	for (uint32_t i = 0; u->tables != NULL && i < u->plan->ntables; i++) {
		for (struct audit_key *k = u->tables[i].keys; k != NULL; k = k->next)
			keyset_free(k->set);
		for (uint32_t f = 0; f < u->tables[i].nfks; f++)
			keyset_free(u->tables[i].fks[f].set);
	}
}
