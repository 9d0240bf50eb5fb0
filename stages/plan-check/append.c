/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/append.h"

#include <string.h>

#include "common/base/err.h"
#include "common/engine/engine.h"
#include "common/keys/keys.h"
#include "common/relation/foreign_group.h"
#include "common/schema/keyset.h"
#include "stages/plan-check/resolve.h"

typedef unsigned long long ull;

/* A set of columns that must be distinct. */
struct set {
	const char *name, *definition;
	const uint32_t *cols;
	uint32_t ncols;
	bool nulls_equal;
	enum plan_policy policy;
};

struct appending {
	struct check *c;
	const struct rundir *run;
	struct plan_table *t;
	struct table_program *b;
	struct keys *keys; /* of the rows that are there */
	bool took;	   /* something is passed over */
	bool last;	   /* the second look: nothing is passed over that was not before */
	struct err *e;
};

static void refuse(struct appending *p, const struct set *s, const char *code, const char *hint,
	const char *why)
{
	const struct pg_table *t = p->t->table;
	enum severity sev = s->policy == PLAN_ENFORCE ? ISSUE_ERROR : ISSUE_WARNING;
	const char *place = p->c->requested[t->index].target;

	issue_add(&p->c->is, sev, code, place, hint, "\"%s.%s\": %s, %s: %s", t->schema, t->name,
		s->name, s->definition, why);
}

/* ---- what is beyond the rows that are there by itself --------------------------------- */

static bool in_set(const struct set *s, uint32_t col)
{
	for (uint32_t i = 0; i < s->ncols; i++)
		if (s->cols[i] == col)
			return true;
	return false;
}

/* a parent that nobody can refer to yet */
static bool has_new_parent(const struct appending *p, const struct set *s)
{
	for (uint32_t f = 0; f < p->t->nfks; f++) {
		const struct plan_fk *fk = &p->t->fks[f];
		const struct pg_constraint *con = &p->t->table->cons[fk->con];
		bool whole = con->ncols > 0 && how_picks(fk->how) &&
			     !p->b->plan->tables[fk->parent].existing;

		for (uint32_t i = 0; whole && i < con->ncols; i++)
			whole = in_set(s, con->cols[i]) &&
				p->t->columns[con->cols[i]].source == PLAN_FOREIGN &&
				p->t->columns[con->cols[i]].fk == f;
		if (whole)
			return true;
	}
	return false;
}

static bool has_sequence_beyond(struct appending *p, const struct set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++) {
		const struct program_column *b = &p->b->columns[s->cols[i]];
		int col = keys_column(p->keys, p->t->table->columns[s->cols[i]].name);
		int64_t last = 0;

		if (b->source != PLAN_GENERATOR || b->gen.op->derives || !b->gen.affine ||
			b->ntransforms > 0 || col == -1 || !vec_is_ordinal(b->type))
			continue;
		if (!resolve_last(p->c, p->keys, col, b->gen.step > 0, &last) ||
			(b->gen.step > 0 ? b->gen.lo > last : b->gen.lo < last))
			return true;
	}
	return false;
}

static bool has_null(const struct appending *p, const struct set *s)
{
	for (uint32_t i = 0; i < s->ncols && !s->nulls_equal; i++)
		if (p->b->columns[s->cols[i]].source == PLAN_ALWAYS_NULL)
			return true;
	return false;
}

/* ---- the others: made, and looked up ------------------------------------------------------ */

/* The key as an engine of its own makes it. */
struct maker {
	struct table_program *part;
	struct foreign *fc;
	struct engine *g;
	struct arena a;
};

static void maker_close(struct maker *m)
{
	engine_close(m->g);
	foreign_close(m->fc);
	arena_free(&m->a);
}

/* 1: ready; 0: it cannot be made without more, and *why says what; -1 */
static int maker_open(struct maker *m, struct appending *p, const struct set *s, const char **why)
{
	const struct slice_request request = {.cols = s->cols, .ncols = s->ncols, .fk = -1};
	bool *read = arena_array(&m->a, p->t->nfks + 1UL, sizeof(*read));

	if (read == NULL)
		return err_nomem(p->e);
	if (program_slice(&m->part, p->b, &request, &m->a, p->e) == -1) {
		if (p->e->kind != ERR_NO)
			return -1;
		*why = issue_path(&p->c->is, "%s", p->e->msg);
		return 0;
	}
	for (uint32_t f = 0; f < p->t->nfks; f++) {
		read[f] = !how_off(m->part->fks[f].how);
		if (!read[f] || !how_picks(m->part->fks[f].how) ||
			p->b->plan->tables[p->t->fks[f].parent].existing)
			continue;
		*why = "it hangs on parents that are not made yet";
		return 0;
	}
	if (foreign_open(&m->fc, p->run, p->b->plan, p->t, read, &m->a, p->e) == -1 ||
		engine_open(&m->g, m->part, m->fc, &m->a, p->e) == -1)
		return -1;
	return 1;
}

static struct program_key *own_key(const struct appending *p, const struct set *s)
{
	for (uint32_t i = 0; i < p->b->nkeys && !p->last; i++)
		if (p->b->keys[i].ranking_fk < 0 && strcmp(p->b->keys[i].name, s->name) == 0)
			return &p->b->keys[i];
	return NULL;
}

/* Places in the key's bijection, or rows, whose values are there. */
struct found {
	uint64_t *at;
	uint32_t n, cap;
	uint64_t all; /* those beyond cap too */
};

static bool note(struct appending *p, struct found *f, uint64_t at)
{
	f->all++;
	if (f->n == PLAN_TAKEN)
		return true;
	if (f->n == f->cap) {
		uint32_t cap = f->cap == 0 ? 64 : f->cap * 4;
		uint64_t *more = arena_array(p->c->a, cap, sizeof(*more));

		if (more == NULL)
			return false;
		if (f->n > 0)
			memcpy(more, f->at, f->n * sizeof(*more));
		f->at = more;
		f->cap = cap;
	}
	f->at[f->n++] = at;
	return true;
}

/* Make places [at, at + n) and look them up. */
static int look(struct appending *p, struct maker *m, const struct set *s,
	const struct group *there, uint64_t at, uint32_t n, struct found *f)
{
	struct group_hash h[VEC_BLOCK];
	const struct vec *const *cols;

	if (engine_block(m->g, at, n, p->e) == -1)
		return -1;
	cols = engine_columns(m->g);
	for (uint32_t i = 0; i < n; i++)
		h[i] = (struct group_hash){0, 1};
	for (uint32_t k = 0; k < s->ncols; k++)
		group_add(cols[s->cols[k]], n, h);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t rows;

		if (group_find(there, h[i], &rows) != NULL && rows > 0 && !note(p, f, at + i))
			return err_nomem(p->e);
	}
	return 0;
}

/* As many places as there are rows whose values are not there; of what cannot pass over any,
 * the rows. */
static int search(struct appending *p, struct maker *m, const struct set *s,
	const struct group *there, uint64_t places, struct found *f)
{
	uint64_t at = 0, free = 0;

	while (free < p->t->rows && at < places) {
		uint64_t left = p->t->rows - free, room = places - at;
		uint64_t some = left < room ? left : room, before = f->all;
		uint32_t n = some < VEC_BLOCK ? (uint32_t)some : VEC_BLOCK;

		if (look(p, m, s, there, at, n, f) == -1)
			return -1;
		at += n;
		free += n - (f->all - before);
	}
	return 0;
}

static void take(struct appending *p, struct program_key *key, const struct found *f)
{
	for (uint32_t i = 0; i < p->t->ntaken; i++)
		if (strcmp(p->t->taken[i].key, key->name) == 0) {
			p->t->taken[i].at = key->taken = f->at;
			p->t->taken[i].n = key->ntaken = f->n;
			p->took = true;
		}
}

static void refuse_repeats(struct appending *p, const struct set *s, const struct found *f)
{
	if (f->n < f->all)
		refuse(p, s, "append_not_distinct", "give its columns a generator of other values",
			issue_path(&p->c->is,
				"%llu of its values are in the database, and at most %d can be "
				"passed over",
				(ull)f->all, PLAN_TAKEN));
	else
		refuse(p, s, "append_not_distinct",
			"give one of its columns a generator whose values are not there (a "
			"sequence: start after the last), or let a foreign key of it refer to "
			"rows that are made",
			issue_path(&p->c->is, "%llu of %llu rows would repeat a row that is there",
				(ull)f->all, (ull)p->t->rows));
}

static int made_and_looked_up(
	struct appending *p, const struct set *s, const struct group_columns *of)
{
	struct program_key *key = own_key(p, s);
	struct maker m = {.a = ARENA_INIT};
	struct found f = {.n = 0};
	struct group there;
	const char *why = NULL;
	int rc = maker_open(&m, p, s, &why);

	if (rc == 0) {
		refuse(p, s, "append_not_proven",
			"give its columns rules that no check refuses, or set the policy of "
			"unique to warn: the database will tell",
			why);
	} else if (rc == 1) {
		if ((rc = group_open(&there, of, p->run->path, p->e)) == 0) {
			rc = search(p, &m, s, &there, key != NULL ? key->size : p->t->rows, &f);
			group_close(&there);
		}
		if (rc == 0 && f.all > 0 && (key == NULL || f.n < f.all))
			refuse_repeats(p, s, &f);
		else if (rc == 0 && f.all > 0)
			take(p, key, &f);
	}
	maker_close(&m);
	return rc;
}

/* ---- a key ---------------------------------------------------------------------------------- */

static bool folds(const struct pg_column *c)
{
	return strcmp(pg_base_of(c->type, c->typmod).type->name, "citext") == 0;
}

static int check_set(struct appending *p, const struct set *s)
{
	struct group_columns of = {.keys = p->keys};
	const struct pg_table *t = p->t->table;

	if (has_null(p, s) || has_new_parent(p, s))
		return 0;
	for (uint32_t i = 0; i < s->ncols && i < GROUP_COLUMNS; i++) {
		const struct pg_column *col = &t->columns[s->cols[i]];
		const struct program_column *b = &p->b->columns[s->cols[i]];
		int at = keys_column(p->keys, col->name);
		uint8_t scale;

		if (at == -1) {
			refuse(p, s, "append_column_missing",
				issue_path(&p->c->is,
					"list it with the others: introspect --keys "
					"'%s.%s(%s,...)'",
					t->schema, t->name, col->name),
				issue_path(
					&p->c->is, "introspect --keys did not take %s", col->name));
			return 0;
		}
		if (folds(col) || b->out_type != keys_type(p->keys, at, &scale) ||
			(b->out_type == VT_DEC && b->scale != scale)) {
			refuse(p, s, "append_not_proven",
				"set the policy of unique to warn: the database will tell",
				issue_path(&p->c->is,
					"values of %s are not compared with those that are there",
					col->name));
			return 0;
		}
		of.col[of.n++] = at;
	}
	if (has_sequence_beyond(p, s))
		return 0;
	return made_and_looked_up(p, s, &of);
}

static bool is_within(const struct set *small, const struct set *large)
{
	for (uint32_t i = 0; i < small->ncols; i++)
		if (!in_set(large, small->cols[i]))
			return false;
	return true;
}

/* sets with an expression have been judged: their columns are not distinct by construction */
static bool usable(const struct set *s)
{
	return s->policy != PLAN_IGNORE && s->ncols > 0 && !in_set(s, UINT32_MAX);
}

static uint32_t all_sets(const struct appending *p, struct set *v)
{
	const struct pg_table *t = p->t->table;
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->nkeys; i++) {
		const struct pg_key *k = &t->keys[i];

		v[n] = (struct set){k->name, k->definition, k->cols, k->nparts, k->nulls_equal,
			p->t->policy[k->kind == KEY_PRIMARY ? PLAN_POLICY_PRIMARY_KEY
							    : PLAN_POLICY_UNIQUE]};
		n += key_by_equality(k) && usable(&v[n]);
	}
	return n;
}

static int check_sets(struct appending *p, const struct set *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		bool implied = false; /* by a part of it */

		for (uint32_t k = 0; k < n; k++)
			implied = implied || (k != i && is_within(&v[k], &v[i]) &&
						     (v[k].ncols < v[i].ncols || k < i));
		if (!implied && check_set(p, &v[i]) == -1)
			return -1;
	}
	return 0;
}

int append_keys(struct check *c, const struct rundir *run, struct plan_table *t,
	struct table_program *b, struct err *e)
{
	const struct pg_table *pt = t->table;
	struct set *v = arena_array(c->a, pt->nkeys + 1UL, sizeof(*v));
	struct appending p = {.c = c, .run = run, .t = t, .b = b, .e = e};
	const char *path = rundir_existing(run, t->table->schema, t->table->name);
	size_t issues = c->is.n;
	uint32_t n;
	int rc;

	if (path == NULL || v == NULL)
		return err_nomem(e);
	if (t->after == 0)
		return 0;
	if (keys_open_files(
		    &p.keys, &(struct keys_source){&path, 1, run->seen}, SNAP_FULL, c->a, e) == -1)
		return -1;
	n = all_sets(&p, v);
	rc = check_sets(&p, v, n);
	/* what is passed over for one key moves the columns that hang on it, and other keys */
	p.last = true;
	if (rc == 0 && p.took && c->is.n == issues)
		rc = check_sets(&p, v, n);
	keys_close(p.keys);
	return rc;
}
