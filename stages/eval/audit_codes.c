/* SPDX-License-Identifier: MIT */
/*
 * The codes of keys and foreign keys in a block of rows. Equal codes are equal values;
 * keycode.h says how they are made, keyhashes.h how they are collected.
 */
#include "stages/eval/audit_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_derive.h"
#include "stages/eval/keycode.h"

bool audit_unreadable(const struct audit_pass *s, const uint32_t *cols, uint32_t n, uint32_t row)
{
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *u = cols[i] != UINT32_MAX ? s->block.unreadable[cols[i]] : NULL;

		if (u != NULL && u[row])
			return true;
	}
	return false;
}

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
	if (!s->pass[i] || audit_unreadable(s, k->cols, k->ncols, i))
		return -1;
	if (k->spellings == NULL)
		k->spellings = beyond_ascii(v, k->ncols, k->equiv, i);
	return (int)keycode_at(v, k->ncols, k->equiv, i, h);
}

void audit_key_free(struct audit_key *k)
{
	keyhashes_free(k->set);
	k->set = NULL;
	sketch_free(&k->parents);
}

void audit_fk_free(struct audit_fk *f)
{
	keyhashes_free(f->set);
	f->set = NULL;
	fan_free(&f->fan);
}

/* The vector of the moments at which the rows of a table came to be, or NULL. */
static const struct vec *births(const struct audit_pass *s)
{
	return s->t->birth >= 0 ? s->cols[s->t->birth] : NULL;
}

/* A row that others refer to by this key. */
static int note_parent(const struct audit_pass *s, struct audit_key *k, uint64_t hash, uint32_t i)
{
	struct sketch_entry *x = sketch_at(&k->parents, hash);

	if (x != NULL && x->count++ == 0) {
		x->when = event_time(births(s), i);
		x->row = s->existing ? 0 : s->block.row0 + i + 1;
	}
	return k->parents.failed ? err_nomem(s->e) : 0;
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
		if (k->wanted > 0 && sketch_holds(k->parents.depth, h.lo) &&
			note_parent(s, k, h.lo, i) == -1)
			return -1;
	}
	return 0;
}

/* Whether the rule is about row ${i}: a reference is about the rows of one type. */
static bool is_of_type(const struct audit_pass *s, const struct audit_fk *f, uint32_t i)
{
	const struct vec *v = f->type != NULL ? s->cols[f->type_col] : NULL;
	const struct pg_column *col = &s->t->plan->table->columns[f->type_col];
	char text[DERIVE_TEXT];
	struct vtext x;

	if (v == NULL)
		return f->type == NULL;
	if (vec_is_null(v, i))
		return false;
	x = derive_text(v, i, pg_base_of(col->type, col->typmod), text);
	return x.n == strlen(f->type) && memcmp(x.p, f->type, x.n) == 0;
}

/* Whether one of the two births, the row's or its parent's, is told by a date alone. */
static bool days_alone(const struct audit_pass *s, const struct audit_fk *f)
{
	const struct audit_table *parent;
	const struct vec *v = births(s);

	if (f->key == NULL) /* the parent is not in the plan */
		return false;
	parent = &s->u->tables[f->parent];
	return (v != NULL && v->type == VT_DATE) ||
	       (parent->birth >= 0 &&
		       audit_class(&parent->plan->table->columns[parent->birth]) == PG_DATE);
}

/* Row ${i}, whose key has that hash. */
static int note_child(
	const struct audit_pass *s, struct audit_fk *f, struct keyhash h, uint32_t i, bool days)
{
	bool self = &s->u->tables[f->parent] == s->t;
	uint64_t row = s->block.row0 + i + 1;
	struct fan_child c = {h.lo, self ? row : UINT64_MAX, event_time(births(s), i), days};

	return keyhashes_add(f->set, h, row, s->e) == -1
		       ? -1
		       : fan_child(&f->fan, &f->key->parents, &c, s->e);
}

int audit_collect_fk(struct audit_pass *s, struct audit_fk *f)
{
	const struct vec *v[32];
	bool days = days_alone(s, f);

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

		if (audit_unreadable(s, f->cols, f->ncols, i) || !is_of_type(s, f, i))
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
		if (note_child(s, f, h, i, days) == -1)
			return -1;
	}
	return 0;
}
