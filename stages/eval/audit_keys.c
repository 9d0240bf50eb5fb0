/* SPDX-License-Identifier: MIT */
/* Rules about keys: PRIMARY KEY, UNIQUE, unique indexes, EXCLUDE, FOREIGN KEY. */
#include "stages/eval/audit_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/schema/keyset.h"

/* ---- keys ------------------------------------------------------------------------ */

static struct audit_key *new_key(struct audit *u, struct audit_table *t, struct err *e)
{
	struct audit_key *k = arena_alloc(u->a, sizeof(*k));

	if (k == NULL) {
		err_nomem(e);
		return NULL;
	}
	k->set = keyhashes_new(u->pool, t->plan->rows + t->plan->after, e);
	if (k->set == NULL)
		return NULL;
	k->next = t->keys;
	t->keys = k;
	return k;
}

static int unique_key(struct audit *u, struct audit_table *t, const struct pg_key *key,
	struct rule *r, struct err *e)
{
	struct audit_key parts = {0}, *k;

	if (audit_key_parts(u, t, key, &parts, &r->not_evaluated, e) == -1)
		return -1;
	if (r->not_evaluated != NULL)
		return 0;
	k = new_key(u, t, e);
	if (k == NULL)
		return -1;
	parts.rule = r;
	parts.set = k->set;
	parts.next = k->next;
	*k = parts;
	return 0;
}

static struct rule *key_rule(struct audit *u, struct audit_table *t, const struct pg_key *key)
{
	static const enum kind kinds[] = {[KEY_PRIMARY] = KIND_PRIMARY_KEY,
		[KEY_UNIQUE] = KIND_UNIQUE,
		[KEY_EXCLUSION] = KIND_EXCLUDE,
		[KEY_INDEX] = KIND_UNIQUE};
	enum plan_policy_kind by =
		key->kind == KEY_PRIMARY ? PLAN_POLICY_PRIMARY_KEY : PLAN_POLICY_UNIQUE;
	struct rule *r = findings_rule(u->findings, kinds[key->kind], t->plan->policy[by], t->plan,
		audit_path(u, t->plan->table, key->cols, key->nparts));

	if (r != NULL) {
		r->of.key = key;
		r->name = key->name;
		r->definition = key->definition;
	}
	return r;
}

int audit_key_rules(struct audit *u, struct audit_table *t, struct err *e)
{
	const struct pg_table *pt = t->plan->table;

	for (uint32_t i = 0; i < pt->nkeys; i++) {
		const struct pg_key *key = &pt->keys[i];
		bool unique = key_is_unique(key) && key_by_equality(key);
		struct rule *r = key_rule(u, t, key);

		if (r == NULL)
			return err_nomem(e);
		if (unique ? unique_key(u, t, key, r, e) == -1
			   : audit_exclusion_rule(u, t, r, e) == -1)
			return -1;
	}
	return 0;
}

/* Whether the files have shown a key of the table to hold that leaves nothing to ask of ${key}. */
static bool is_implied(
	const struct findings *f, const struct plan_table *t, const struct pg_key *key)
{
	for (uint32_t i = 0; i < f->nrules; i++) {
		const struct rule *r = f->rules[i];

		if (r->table == t && r->of.key != NULL && r->of.key != key &&
			r->not_evaluated == NULL && rule_answer(r) == ANSWER_HOLDS &&
			key_implies(t->table, r->of.key, key))
			return true;
	}
	return false;
}

void audit_implied_keys(struct audit *u, const struct audit_table *t)
{
	for (uint32_t i = 0; i < u->findings->nrules; i++) {
		struct rule *r = u->findings->rules[i];

		if (r->table == t->plan && r->of.key != NULL && r->not_evaluated != NULL &&
			r->violations == 0 && is_implied(u->findings, t->plan, r->of.key))
			r->not_evaluated = NULL;
	}
}

/* ---- foreign keys ------------------------------------------------------------------ */

/* The parent's key over exactly these columns; collected for its children if nobody does. */
static struct audit_key *parent_key(struct audit *u, struct audit_table *parent,
	const uint32_t *cols, uint32_t n, struct err *e)
{
	struct audit_key *k;

	for (k = parent->keys; k != NULL; k = k->next)
		if (k->ncols == n && k->expr == NULL && k->where == NULL &&
			memcmp(k->cols, cols, n * sizeof(*cols)) == 0)
			return k;
	k = new_key(u, parent, e);
	if (k != NULL)
		audit_key_columns(u, k, parent->plan->table, cols, n);
	return k;
}

/* Whether hashes of the two columns can be compared at all. */
static bool comparable(const struct pg_column *a, const struct pg_column *b)
{
	uint8_t scale;
	enum vtype x = pg_vtype(pg_base_of(a->type, a->typmod), &scale);
	enum vtype y = pg_vtype(pg_base_of(b->type, b->typmod), &scale);

	if (pg_is_wide(a) || pg_is_wide(b)) /* the text of a number has its column's decimals */
		return pg_is_wide(a) && pg_is_wide(b) && a->typmod == b->typmod;
	if (x == VT_RAW && y == VT_RAW) /* each type has a text of its own for a value */
		return pg_base_of(a->type, a->typmod).type == pg_base_of(b->type, b->typmod).type;
	return x == y || ((x == VT_INT || x == VT_DEC) && (y == VT_INT || y == VT_DEC));
}

static int find_table(const struct audit *u, const struct pg_table *t)
{
	for (uint32_t i = 0; t != NULL && i < u->plan->ntables; i++)
		if (u->plan->tables[i].table == t)
			return (int)i;
	return -1;
}

static int pair_columns(struct audit *u, struct audit_table *t, const struct pg_constraint *c,
	struct audit_fk *f, struct err *e)
{
	struct audit_table *parent = &u->tables[f->parent];
	uint32_t ref[32];

	memcpy(ref, c->ref_cols, c->ncols * sizeof(*ref));
	audit_sort_columns(ref, f->cols, c->ncols);
	f->rule->not_evaluated = audit_absent(u, t, c->cols, c->ncols);
	if (f->rule->not_evaluated == NULL)
		f->rule->not_evaluated = audit_absent(u, parent, ref, c->ncols);
	for (uint32_t i = 0; i < c->ncols && f->rule->not_evaluated == NULL; i++)
		if (!comparable(&t->plan->table->columns[f->cols[i]],
			    &parent->plan->table->columns[ref[i]]))
			f->rule->not_evaluated = "its columns and the parent's differ in type";
	if (f->rule->not_evaluated != NULL)
		return 0;
	f->key = parent_key(u, parent, ref, c->ncols, e);
	if (f->key == NULL)
		return -1;
	f->key->wanted++;
	f->key->parents.max = FAN_PARENTS;
	f->equiv = f->key->equiv;
	for (uint32_t i = 0; i < c->ncols && f->spellings == NULL; i++)
		f->spellings = audit_spellings(u, &t->plan->table->columns[f->cols[i]]);
	return 0;
}

/* A reference as the foreign key that it is like: from the id to the parent's column. */
static int as_foreign(
	struct audit *u, const struct pg_constraint *x, struct pg_constraint *c, struct err *e)
{
	uint32_t *cols = arena_array(u->a, 2, sizeof(*cols));

	if (cols == NULL)
		return err_nomem(e);
	*c = *x;
	cols[0] = x->id_col;
	cols[1] = x->parent_col;
	c->cols = cols;
	c->ref_cols = cols + 1;
	c->ncols = 1;
	return 0;
}

static int add_fk(struct audit *u, struct audit_table *t, uint32_t con, struct err *e)
{
	const struct pg_constraint *c = &t->plan->table->cons[con];
	struct pg_constraint like = {.ncols = 0};
	struct audit_fk *f = &t->fks[t->nfks];
	int parent = find_table(u, c->ref);
	const char *path = arena_printf(u->a, "%s.%s -> %s.%s", t->plan->table->schema,
		t->plan->table->name, c->ref_schema, c->ref_table);
	struct rule *r = findings_rule(u->findings, KIND_FOREIGN_KEY,
		t->plan->policy[PLAN_POLICY_FOREIGN_KEY], t->plan, path);

	if (r == NULL)
		return err_nomem(e);
	r->of.con = c;
	r->name = c->name;
	r->definition = c->definition;
	if (c->kind == PG_CON_REFERENCE) {
		if (as_foreign(u, c, &like, e) == -1)
			return -1;
		c = &like;
	}
	*f = (struct audit_fk){.rule = r,
		.fan = {.children = SKETCH_INIT(FAN_PARENTS)},
		.type = c->type_value,
		.type_col = c->type_col,
		.ncols = c->ncols,
		.full = c->match == PG_MATCH_FULL,
		.parent = (uint32_t)parent};
	memcpy(f->cols, c->cols, c->ncols * sizeof(*f->cols));
	if (parent >= 0 && pair_columns(u, t, c, f, e) == -1)
		return -1;
	if (parent < 0)
		r->not_evaluated = audit_absent(u, t, c->cols, c->ncols);
	if (r->not_evaluated != NULL)
		return 0;
	f->set = keyhashes_new(u->pool, t->plan->rows, e);
	if (f->set == NULL)
		return -1;
	t->nfks++;
	return 0;
}

int audit_fk_rules(struct audit *u, struct audit_table *t, struct err *e)
{
	const struct pg_table *pt = t->plan->table;

	t->fks = arena_array(u->a, pt->ncons, sizeof(*t->fks));
	if (t->fks == NULL)
		return err_nomem(e);
	for (uint32_t k = 0; k < pt->ncons; k++)
		if ((pt->cons[k].kind == PG_CON_FOREIGN || pt->cons[k].kind == PG_CON_REFERENCE) &&
			add_fk(u, t, k, e) == -1)
			return -1;
	return 0;
}
