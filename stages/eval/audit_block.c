/* SPDX-License-Identifier: MIT */
/* Every rule of a table, asked of one block of its rows. */
#include "stages/eval/audit_int.h"

#include <string.h>

#include "common/base/err.h"

/* ---- columns ----------------------------------------------------------------------- */

static void ask_not_null(struct audit_pass *s, uint32_t col)
{
	const struct vec *v = s->block.cols[col];
	const uint8_t *bad = s->block.unreadable[col];
	struct rule *r = s->t->not_null[col];

	if (v == NULL || !v->has_null)
		return;
	for (uint32_t i = 0; i < v->n; i++) {
		if (!v->null[i] || (bad != NULL && bad[i]))
			continue;
		s->t->nulls[col]++;
		if (r != NULL)
			findings_hit(s->u->findings, r, s->block.row0 + i + 1, 0, "NULL");
	}
}

/* A generated column of a block: a value that it cannot have is its own violation, a NULL one of
 * NOT NULL. */
static void judge_computed(struct audit_pass *s, const struct audit_computed *c,
	const struct vec *v, struct sql_fault fault)
{
	struct rule *r = s->t->not_null[c->col];

	if (fault.why != NULL && sql_is_limit(fault.why))
		c->rule->not_evaluated = fault.why;
	else if (fault.why != NULL)
		findings_hit(s->u->findings, c->rule, s->block.row0 + fault.row + 1, 0, fault.why);
	if (r == NULL || !v->has_null)
		return;
	if (fault.why != NULL) /* what failed is NULL here, and something else in PostgreSQL */
		r->not_evaluated = "the column's value could not be computed in every row";
	for (uint32_t i = 0; fault.why == NULL && i < v->n; i++)
		if (v->null[i])
			findings_hit(s->u->findings, r, s->block.row0 + i + 1, 0, "NULL");
}

static int compute(struct audit_pass *s)
{
	for (uint32_t i = 0; i < s->t->ncomputed; i++) {
		const struct audit_computed *c = &s->t->computed[i];
		struct vec *v = &s->computed[i];
		struct sql_fault fault;

		if (!vec_init(v, c->type, &s->tmp))
			return err_nomem(s->e);
		v->scale = c->scale;
		if (sql_assign(c->x, s->cols, s->block.n, NULL, v, &fault, &s->tmp, s->e) == -1)
			return -1;
		s->cols[c->col] = v;
		judge_computed(s, c, v, fault);
	}
	return 0;
}

/* ---- checks ------------------------------------------------------------------------ */

static void judge_row(struct audit_pass *s, const struct audit_check *k, uint32_t i,
	const struct sql_fault *fault)
{
	uint64_t row = s->block.row0 + i + 1;

	if (s->pass[i] == SQL_PASSES)
		return;
	if (k->rule->kind == KIND_TYPE)
		k->rule->not_evaluated = "a value of it could not be read";
	else if (s->pass[i] == SQL_UNKNOWABLE)
		k->rule->not_evaluated = "it could not be evaluated in every row";
	else
		findings_hit(s->u->findings, k->rule, row, 0,
			s->pass[i] == SQL_DENIES ? "it is false" : fault->why);
}

static int ask_check(struct audit_pass *s, const struct audit_check *k)
{
	uint32_t value = (uint32_t)k->value;
	const uint32_t *cols = k->value >= 0 ? &value : k->cols;
	uint32_t n = k->value >= 0 ? 1 : k->ncols;
	const struct vec *one[1] = {k->value >= 0 ? s->cols[value] : NULL};
	struct sql_fault fault;

	for (uint32_t i = 0; i < n; i++)
		if (s->cols[cols[i]] == NULL) {
			k->rule->not_evaluated = "a column it reads is not in the files";
			return 0;
		}
	if (sql_judge(k->x, k->value >= 0 ? one : s->cols, s->block.n, s->pass, &fault, &s->tmp,
		    s->e) == -1)
		return -1;
	for (uint32_t i = 0; i < s->block.n; i++)
		if (!audit_unreadable(s, cols, n, i))
			judge_row(s, k, i, &fault);
	return 0;
}

/* ---- a table ------------------------------------------------------------------------ */

int audit_block(struct audit_pass *s)
{
	struct audit_table *t = s->t;

	arena_reset(&s->tmp);
	memcpy(s->cols, s->block.cols, t->plan->table->ncolumns * sizeof(struct vec *));
	if (compute(s) == -1)
		return -1;
	for (uint32_t i = 0; i < t->nwritten; i++)
		ask_not_null(s, t->written[i]);
	for (uint32_t i = 0; i < t->nchecks; i++)
		if (ask_check(s, &t->checks[i]) == -1)
			return -1;
	for (struct audit_key *k = t->keys; k != NULL; k = k->next)
		if (audit_collect_key(s, k) == -1)
			return -1;
	for (struct audit_over *o = t->over; o != NULL; o = o->next)
		if (o->op->collect(s, o) == -1)
			return -1;
	for (uint32_t i = 0; i < t->nfks; i++)
		if (audit_collect_fk(s, &t->fks[i]) == -1)
			return -1;
	return 0;
}
