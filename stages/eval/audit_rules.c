/* SPDX-License-Identifier: MIT */
/* From schema and plan to rules: every constraint of every table, or why it is not asked. */
#include "stages/eval/audit_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/pg/pg.h"

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

	*c = (struct audit_computed){.col = col};
	c->type = pg_vtype(base, &c->scale);
	c->rule = findings_rule(
		u->findings, KIND_GENERATED, PLAN_ENFORCE, t->plan, audit_path(u, pt, &col, 1));
	if (c->rule == NULL)
		return err_nomem(e);
	c->rule->of.col = (int)col;
	c->rule->name = pc->name;
	c->rule->definition = pc->generated;
	if (audit_compiled(u, sql_compile_as(&c->x, &scope, pc->generated, base, u->a, e), &c->x,
		    &why, e) == -1)
		return -1;
	if (c->x != NULL) { /* a generated column reads no other one, so that the order is free */
		uint32_t n;
		const uint32_t *reads = sql_columns(c->x, &n);

		why = audit_absent(u, t, reads, n);
	}
	c->rule->not_evaluated = why;
	t->ncomputed += why == NULL;
	return 0;
}

/* At most as many conditions as these are asked of the rows of a table. */
static uint32_t count_checks(const struct pg_table *t)
{
	uint32_t n = t->ncons + t->ncolumns + 1; /* with the reading of columns, and one to try */

	for (uint32_t i = 0; i < t->ncolumns; i++)
		n += pg_domain_checks(t->columns[i].type);
	return n;
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
	t->checks = arena_array(u->a, count_checks(pt), sizeof(*t->checks));
	if (t->written == NULL || t->nulls == NULL || t->rounded == NULL || t->type == NULL ||
		t->length == NULL || t->not_null == NULL || t->computed == NULL ||
		t->checks == NULL)
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

static struct rule *column_rule(struct audit *u, struct audit_table *t, uint32_t col,
	enum kind kind, enum plan_policy policy)
{
	const char *path = audit_path(u, t->plan->table, &col, 1);
	struct rule *r = findings_rule(u->findings, kind, policy, t->plan, path);

	if (r != NULL) {
		r->of.col = (int)col;
		r->definition = t->plan->table->columns[col].formatted;
	}
	return r;
}

/*
 * Whether values of a type are looked into when they are read as text.  Of those that are held as
 * the text their input function takes, the reader knows JSON and bits, and the evaluator of
 * expressions can be asked to read intervals, ranges and arrays; others pass unread.
 */
enum reading { READ, READ_BY_EVALUATOR, NOT_READ };

static enum reading reading_of(const struct pg_column *c)
{
	switch (audit_is_raw(c) ? audit_class(c) : PG_TEXT) {
	case PG_TEXT:
	case PG_JSON:
	case PG_JSONB:
	case PG_BIT:
	case PG_VARBIT:
		return READ;
	case PG_INTERVAL:
	case PG_RANGE:
	case PG_ARRAY:
		return READ_BY_EVALUATOR;
	default:
		return NOT_READ;
	}
}

/* A condition that is TRUE of every value that can be read. */
static int read_by_evaluator(
	struct audit *u, struct audit_table *t, uint32_t col, const char **why, struct err *e)
{
	struct audit_check *k = &t->checks[t->nchecks];
	struct sql_scope scope = audit_scope(u, t->plan->table);
	struct buf b = BUF_INIT;
	int rc = -1;

	buf_addc(&b, '(');
	pg_ident(&b, t->plan->table->columns[col].name);
	buf_adds(&b, ") IS NULL OR (");
	pg_ident(&b, t->plan->table->columns[col].name);
	buf_adds(&b, ") IS NOT NULL");
	*k = (struct audit_check){.rule = t->type[col], .value = -1};
	if (buf_ok(&b))
		rc = audit_compile(u, &scope, b.p, &k->x, why, e);
	else
		err_nomem(e);
	buf_free(&b);
	if (rc == 0 && k->x != NULL) {
		k->cols = sql_columns(k->x, &k->ncols);
		t->nchecks++;
	}
	return rc;
}

static int type_rules(struct audit *u, struct audit_table *t, uint32_t i, struct err *e)
{
	const struct pg_column *c = &t->plan->table->columns[i];
	const struct pg_base base = pg_base_of(c->type, c->typmod);
	bool elements = base.type->cls == PG_ARRAY && base.typmod >= 0;
	const char *why = audit_absent(u, t, &i, 1);

	t->type[i] = column_rule(u, t, i, KIND_TYPE, PLAN_ENFORCE);
	if (t->type[i] == NULL)
		return err_nomem(e);
	if (why == NULL && reading_of(c) == READ_BY_EVALUATOR &&
		read_by_evaluator(u, t, i, &why, e) == -1)
		return -1;
	if (why == NULL && reading_of(c) == NOT_READ)
		why = arena_printf(u->a, "values of type %s are not looked into", c->formatted);
	t->type[i]->not_evaluated = why;
	if (pg_char_limit(base) < 0 && !elements)
		return 0;
	t->length[i] = column_rule(u, t, i, KIND_LENGTH, PLAN_ENFORCE);
	if (t->length[i] == NULL)
		return err_nomem(e);
	if (elements)
		t->length[i]->not_evaluated = "the elements of arrays are not measured";
	return 0;
}

static int column_rules(struct audit *u, struct audit_table *t, uint32_t i, struct err *e)
{
	const struct pg_column *c = &t->plan->table->columns[i];

	if (data_written(t->plan, i) && type_rules(u, t, i, e) == -1)
		return -1;
	if (!pg_column_not_null(c))
		return 0;
	t->not_null[i] = column_rule(u, t, i, KIND_NOT_NULL, t->plan->policy[PLAN_POLICY_NOT_NULL]);
	if (t->not_null[i] == NULL)
		return err_nomem(e);
	t->not_null[i]->definition = "NOT NULL";
	if (!data_written(t->plan, i))
		t->not_null[i]->not_evaluated = audit_absent(u, t, &i, 1);
	return 0;
}

/* ---- checks ---------------------------------------------------------------------- */

/* The checks of the table, of its columns' domains, and of domains within their types. */
static int check_rules(struct audit *u, struct audit_table *t, struct err *e)
{
	const struct pg_table *pt = t->plan->table;

	if (audit_table_checks(u, t, e) == -1)
		return -1;
	for (uint32_t i = 0; i < pt->ncolumns; i++) {
		const struct pg_type *d = pt->columns[i].type;

		for (; d != NULL && d->cls == PG_DOMAIN; d = d->elem)
			if (audit_domain_checks(u, t, i, d, NULL, e) == -1)
				return -1;
		if (audit_deep_rules(u, t, i, e) == -1)
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
	for (uint32_t i = 0; i < t->plan->table->ncolumns; i++)
		if (column_rules(u, t, i, e) == -1)
			return -1;
	if (check_rules(u, t, e) == -1 || audit_key_rules(u, t, e) == -1)
		return -1;
	return 0;
}

int audit_tables(struct audit *u, struct err *e)
{
	u->tables = arena_array(u->a, u->plan->ntables, sizeof(*u->tables));
	if (u->tables == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < u->plan->ntables; i++) {
		struct audit_table *t = &u->tables[i];

		t->plan = &u->plan->tables[i];
		t->birth = event_birth(t->plan->table);
		t->pairs = event_pairs(t->plan->table, &t->npairs, u->a);
		if (t->pairs == NULL)
			return err_nomem(e);
	}
	return 0;
}

int audit_prepare(struct audit *u, struct err *e)
{
	for (uint32_t i = 0; i < u->plan->ntables; i++)
		if (!u->plan->tables[i].existing && table_rules(u, &u->tables[i], e) == -1)
			return -1;
	for (uint32_t i = 0; i < u->plan->ntables; i++)
		if (!u->plan->tables[i].existing && audit_fk_rules(u, &u->tables[i], e) == -1)
			return -1;
	return 0;
}

void audit_free(struct audit *u)
{
	for (uint32_t i = 0; u->tables != NULL && i < u->plan->ntables; i++) {
		for (struct audit_key *k = u->tables[i].keys; k != NULL; k = k->next)
			audit_key_free(k);
		for (struct audit_over *o = u->tables[i].over; o != NULL; o = o->next)
			o->op->release(o);
		for (uint32_t f = 0; f < u->tables[i].nfks; f++)
			audit_fk_free(&u->tables[i].fks[f]);
	}
}
