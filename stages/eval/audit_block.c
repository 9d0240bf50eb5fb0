/* SPDX-License-Identifier: MIT */
/* Every rule of a table, asked of one block of its rows. */
#include "stages/eval/audit_int.h"

#include <string.h>

#include "common/base/err.h"
#include "stages/eval/keycode.h"

static bool unreadable(const struct audit_pass *s, const uint32_t *cols, uint32_t n, uint32_t row)
{
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *u = cols[i] != UINT32_MAX ? s->block.unreadable[cols[i]] : NULL;

		if (u != NULL && u[row])
			return true;
	}
	return false;
}

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
		if (!unreadable(s, cols, n, i))
			judge_row(s, k, i, &fault);
	return 0;
}

/* ---- keys -------------------------------------------------------------------------- */

int audit_key_vectors(
	struct audit_pass *s, const struct audit_key *k, const struct vec **v, struct vec *made)
{
	int failed = 0, n;

	for (uint32_t i = 0; i < k->ncols; i++) {
		if (k->expr == NULL || k->expr[i] == NULL) {
			v[i] = s->cols[k->cols[i]];
			if (v[i] == NULL)
				return 0;
			continue;
		}
		made[i] = (struct vec){0};
		n = sql_value(k->expr[i], s->cols, s->block.n, &made[i], &s->tmp, s->e);
		if (n == -1)
			return -1;
		failed += n;
		v[i] = &made[i];
	}
	if (k->where == NULL) {
		memset(s->pass, 1, s->block.n);
	} else {
		n = sql_check(k->where, s->cols, s->block.n, s->pass, &s->tmp, s->e);
		if (n == -1)
			return -1;
		failed += n;
	}
	if (failed > 0 && k->rule != NULL)
		k->rule->not_evaluated = "its expressions could not be evaluated in every row";
	return 1;
}

/* Only the cases of ASCII letters are the same in every locale: of other letters the database's
 * decides whether citext takes two for one. */
static const char *beyond_ascii(const struct vec *const *v, uint32_t n, uint32_t fold, uint32_t row)
{
	for (uint32_t k = 0; k < n; k++)
		if ((fold >> k & 1) != 0 && !vec_is_null(v[k], row) && !keycode_is_ascii(v[k], row))
			return "the database's locale decides whether citext takes two letters "
			       "beyond ASCII for one";
	return NULL;
}

int audit_key_code(const struct audit_pass *s, struct audit_key *k, const struct vec *const *v,
	uint32_t i, struct keyhash *h)
{
	if (!s->pass[i] || unreadable(s, k->cols, k->ncols, i))
		return -1;
	if (k->spellings == NULL)
		k->spellings = beyond_ascii(v, k->ncols, k->equiv, i);
	return (int)keycode_at(v, k->ncols, k->equiv, i, h);
}

int audit_collect_key(struct audit_pass *s, struct audit_key *k)
{
	const struct vec *v[32];
	struct vec made[32];
	int there = audit_key_vectors(s, k, v, made);

	if (there == 0 && k->rule != NULL)
		k->rule->not_evaluated = "a column of it is not in the files";
	if (there != 1)
		return there;
	for (uint32_t i = 0; i < s->block.n; i++) {
		uint64_t row = s->existing ? AUDIT_EXISTING : s->block.row0 + i + 1;
		struct keyhash h;
		int nulls = audit_key_code(s, k, v, i, &h);

		if (nulls == -1)
			continue;
		if (nulls > 0 && !k->nulls_equal) {
			if (k->rule != NULL && k->rule->kind == KIND_PRIMARY_KEY)
				findings_hit(s->u->findings, k->rule, row, 0, "NULL in the key");
			continue;
		}
		if (keyhashes_add(k->set, h, row, s->e) == -1)
			return -1;
	}
	return 0;
}

static int collect_fk(struct audit_pass *s, struct audit_fk *f)
{
	const struct vec *v[32];

	for (uint32_t i = 0; i < f->ncols; i++) {
		v[i] = s->cols[f->cols[i]];
		if (v[i] == NULL) {
			f->rule->not_evaluated = "a column of it is not in the files";
			return 0;
		}
	}
	for (uint32_t i = 0; i < s->block.n; i++) {
		uint64_t row = s->block.row0 + i + 1;
		struct keyhash h;
		uint32_t nulls;

		if (unreadable(s, f->cols, f->ncols, i))
			continue;
		nulls = keycode_at(v, f->ncols, f->equiv, i, &h);
		if (f->spellings == NULL)
			f->spellings = beyond_ascii(v, f->ncols, f->equiv, i);
		if (nulls > 0) {
			if (f->full && nulls < f->ncols)
				findings_hit(s->u->findings, f->rule, row, 0,
					"MATCH FULL allows all or no NULLs");
			continue;
		}
		if (f->key == NULL) {
			f->rule->not_evaluated = "the table it refers to is not in the plan";
			continue;
		}
		if (keyhashes_add(f->set, h, row, s->e) == -1)
			return -1;
	}
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
	for (struct audit_exclusion *x = t->exclusions; x != NULL; x = x->next)
		if (audit_collect_exclusion(s, x) == -1)
			return -1;
	for (uint32_t i = 0; i < t->nfks; i++)
		if (collect_fk(s, &t->fks[i]) == -1)
			return -1;
	return 0;
}
