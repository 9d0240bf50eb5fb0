/* SPDX-License-Identifier: MIT */
#include "stages/eval/audit.h"

#include <string.h>

#include "common/base/err.h"
#include "common/keys/keys.h"
#include "common/stage/stage.h"
#include "stages/eval/keycode.h"

/* The number of every row that the database has. */
#define EXISTING UINT64_MAX

/* What a pass over a table has at hand. */
struct pass {
	struct audit *u;
	struct audit_table *t;
	struct dec_block block;
	const struct vec **cols; /* of the block, computed ones included */
	struct vec *computed;	 /* [t->ncomputed] */
	struct arena tmp;	 /* of the block */
	uint8_t pass[VEC_BLOCK];
	bool existing; /* the rows are the database's: they have no number */
	struct err *e;
};

/* A cell or a row the decoder could not take. */
static void on_problem(void *ctx, const struct dec_problem *p)
{
	struct pass *s = ctx;
	struct audit_table *t = s->t;
	struct rule *r = t->form;

	if (p->fault == DEC_ROUNDED) {
		t->rounded[p->col]++;
		return;
	}
	if (p->fault == DEC_EXTRA) {
		findings_warn(s->u->findings, "extra_columns", t->form->path,
			"it was not looked at", "%s", dec_fault_text(p->fault));
		return;
	}
	if (p->col >= 0 && p->fault == DEC_TOO_LONG && t->length[p->col] != NULL)
		r = t->length[p->col];
	else if (p->col >= 0)
		r = t->type[p->col];
	findings_hit(s->u->findings, r, p->row, 0, dec_fault_text(p->fault));
}

static bool unreadable(const struct pass *s, const uint32_t *cols, uint32_t n, uint32_t row)
{
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *u = cols[i] != UINT32_MAX ? s->block.unreadable[cols[i]] : NULL;

		if (u != NULL && u[row])
			return true;
	}
	return false;
}

/* ---- columns ----------------------------------------------------------------------- */

static void ask_not_null(struct pass *s, uint32_t col)
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
		if (r != NULL && !r->off)
			findings_hit(s->u->findings, r, s->block.row0 + i + 1, 0, "NULL");
	}
}

static bool has_inputs(const struct pass *s, const struct audit_computed *c)
{
	uint32_t n;
	const uint32_t *reads = sql_columns(c->x, &n);

	for (uint32_t k = 0; k < n; k++)
		if (s->cols[reads[k]] == NULL)
			return false;
	return true;
}

static int compute(struct pass *s)
{
	for (uint32_t i = 0; i < s->t->ncomputed; i++) {
		const struct audit_computed *c = &s->t->computed[i];
		struct vec *v = &s->computed[i];
		struct sql_fault fault;

		s->cols[c->col] = NULL;
		if (!has_inputs(s, c))
			continue;
		if (!vec_init(v, c->type, &s->tmp))
			return err_nomem(s->e);
		v->scale = c->scale;
		if (sql_assign(c->x, s->cols, s->block.n, NULL, v, &fault, &s->tmp, s->e) == -1)
			return -1;
		s->cols[c->col] = v;
		for (uint32_t r = 0; c->not_null && v->has_null && r < v->n; r++)
			if (v->null[r] && fault.why == NULL)
				fault = (struct sql_fault){r, "NULL, and it is NOT NULL"};
		if (fault.why != NULL)
			findings_hit(s->u->findings, c->rule, s->block.row0 + fault.row + 1, 0,
				fault.why);
	}
	return 0;
}

/* ---- checks ------------------------------------------------------------------------ */

static int ask_check(struct pass *s, const struct audit_check *k)
{
	uint32_t value = (uint32_t)k->value;
	const uint32_t *cols = k->value >= 0 ? &value : k->cols;
	uint32_t n = k->value >= 0 ? 1 : k->ncols;
	const struct vec *one[1] = {k->value >= 0 ? s->cols[value] : NULL};

	for (uint32_t i = 0; i < n; i++)
		if (s->cols[cols[i]] == NULL) {
			k->rule->not_evaluated = "a column it reads is not in the files";
			return 0;
		}
	if (sql_check(k->x, k->value >= 0 ? one : s->cols, s->block.n, s->pass, &s->tmp, s->e) ==
		-1)
		return -1;
	for (uint32_t i = 0; i < s->block.n; i++)
		if (!s->pass[i] && !unreadable(s, cols, n, i))
			findings_hit(
				s->u->findings, k->rule, s->block.row0 + i + 1, 0, "it is false");
	return 0;
}

/* ---- keys -------------------------------------------------------------------------- */

/* The vectors of a key, expressions evaluated into ${made}; 0 when one is not in the files. */
static int key_vectors(
	struct pass *s, const struct audit_key *k, const struct vec **v, struct vec *made)
{
	for (uint32_t i = 0; i < k->ncols; i++) {
		if (k->expr == NULL || k->expr[i] == NULL) {
			v[i] = s->cols[k->cols[i]];
			if (v[i] == NULL)
				return 0;
			continue;
		}
		made[i] = (struct vec){0};
		if (sql_value(k->expr[i], s->cols, s->block.n, &made[i], &s->tmp, s->e) == -1)
			return -1;
		v[i] = &made[i];
	}
	if (k->where == NULL)
		memset(s->pass, 1, s->block.n);
	else if (sql_check(k->where, s->cols, s->block.n, s->pass, &s->tmp, s->e) == -1)
		return -1;
	return 1;
}

static int collect_key(struct pass *s, const struct audit_key *k)
{
	const struct vec *v[32];
	struct vec made[32];
	int there = key_vectors(s, k, v, made);

	if (there == 0 && k->rule != NULL)
		k->rule->not_evaluated = "a column of it is not in the files";
	if (there != 1)
		return there;
	for (uint32_t i = 0; i < s->block.n; i++) {
		uint64_t row = s->existing ? EXISTING : s->block.row0 + i + 1;
		struct keyhash h;
		uint32_t nulls;

		if (!s->pass[i] || unreadable(s, k->cols, k->ncols, i))
			continue;
		nulls = keycode_at(v, k->ncols, k->fold, i, &h);
		if (nulls > 0 && !k->nulls_equal) {
			if (k->rule != NULL && k->rule->kind == KIND_PRIMARY_KEY)
				findings_hit(s->u->findings, k->rule, row, 0, "NULL in the key");
			continue;
		}
		if (keyset_add(k->set, h, row, s->e) == -1)
			return -1;
	}
	return 0;
}

static int collect_fk(struct pass *s, const struct audit_fk *f)
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
		nulls = keycode_at(v, f->ncols, f->fold, i, &h);
		if (nulls > 0) {
			if (f->full && nulls < f->ncols)
				findings_hit(s->u->findings, f->rule, row, 0,
					"MATCH FULL allows all or no NULLs");
			continue;
		}
		if (f->key == NULL) {
			findings_hit(s->u->findings, f->rule, row, 0,
				"the table it refers to is not in the plan");
			continue;
		}
		if (keyset_add(f->set, h, row, s->e) == -1)
			return -1;
	}
	return 0;
}

/* ---- a table ------------------------------------------------------------------------ */

static int ask_block(struct pass *s)
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
	for (const struct audit_key *k = t->keys; k != NULL; k = k->next)
		if (collect_key(s, k) == -1)
			return -1;
	for (uint32_t i = 0; i < t->nfks; i++)
		if (collect_fk(s, &t->fks[i]) == -1)
			return -1;
	return 0;
}

struct hit {
	const struct findings *f;
	struct rule *r;
	const char *what;
};

static void on_hit(void *ctx, uint64_t row, uint64_t first)
{
	const struct hit *h = ctx;

	if (first == EXISTING)
		findings_hit(h->f, h->r, row, 0, "the key is in the database already");
	else
		findings_hit(h->f, h->r, row, first, h->what);
}

/* All blocks have been seen. */
static int finish_table(struct audit *u, struct audit_table *t, struct err *e)
{
	const struct pg_column *columns = t->plan->table->columns;

	if (t->rows != t->plan->rows)
		findings_hit(u->findings, t->row_count, t->rows, 0, "another number of rows");
	for (uint32_t i = 0; i < t->plan->table->ncolumns; i++)
		if (t->rounded[i] > 0 &&
			findings_warn(u->findings, "rounded", t->type[i]->path,
				"the database rounds them too; rules were asked of the rounded "
				"value",
				"%llu values have more decimals than %s keeps",
				(unsigned long long)t->rounded[i], columns[i].formatted) == -1)
			return err_nomem(e);
	for (struct audit_key *k = t->keys; k != NULL; k = k->next) {
		struct hit h = {u->findings, k->rule, "the key is there already"};

		if (keyset_seal(k->set, e) == -1)
			return -1;
		if (k->rule != NULL && k->rule->not_evaluated == NULL &&
			keyset_repeated(k->set, on_hit, &h, e) == -1)
			return -1;
		if (k->wanted == 0) {
			keyset_free(k->set);
			k->set = NULL;
		}
	}
	for (uint32_t i = 0; i < t->nfks; i++)
		if (keyset_seal(t->fks[i].set, e) == -1)
			return -1;
	t->done = true;
	return 0;
}

/* whether the snapshot has all of a key */
static bool is_held(const struct pass *s, const struct audit_key *k)
{
	for (uint32_t i = 0; i < k->ncols; i++)
		if (k->cols[i] == UINT32_MAX || s->cols[k->cols[i]] == NULL)
			return false;
	return k->expr == NULL && k->where == NULL;
}

/*
 * The keys of rows that the database has: children of them ask for them, and rows that are
 * added to them must not repeat one.
 */
static int existing_blocks(struct pass *s, const struct keys *k, struct vec *vecs)
{
	uint64_t rows = keys_rows(k), row[VEC_BLOCK];
	const struct pg_table *t = s->t->plan->table;

	for (uint64_t row0 = 0; row0 < rows; row0 += s->block.n) { /* before any new one */
		s->block.row0 = row0;
		s->block.n = rows - row0 < VEC_BLOCK ? (uint32_t)(rows - row0) : VEC_BLOCK;
		for (uint32_t i = 0; i < s->block.n; i++)
			row[i] = s->block.row0 + i;
		for (uint32_t c = 0; c < t->ncolumns; c++)
			if (s->cols[c] != NULL)
				keys_gather(k, keys_column(k, t->columns[c].name), row, s->block.n,
					&vecs[c]);
		for (const struct audit_key *key = s->t->keys; key != NULL; key = key->next)
			if (is_held(s, key) && collect_key(s, key) == -1)
				return -1;
		progress_add(s->u->progress, s->block.n);
		progress_tick(s->u->progress);
	}
	return 0;
}

static int existing_done(struct pass *s)
{
	for (struct audit_key *key = s->t->keys; key != NULL; key = key->next)
		if (keyset_seal(key->set, s->e) == -1)
			return -1;
	s->t->rows = s->t->plan->rows;
	s->t->done = true;
	return 0;
}

/* of a table that is added to, the snapshot beside that of its new rows */
static int open_existing(struct pass *s, struct keys **k)
{
	struct plan_table t = *s->t->plan;

	t.existing = true;
	t.nkeep = t.append ? 0 : t.nkeep;
	t.shards = 1;
	if (keys_open(k, s->u->run, &t, SNAP_FULL, s->u->a, s->e) == -1)
		return -1;
	if (keys_fit_table(*k, t.table, s->e) == 0)
		return 0;
	keys_close(*k);
	return -1;
}

static int existing_rows(struct pass *s)
{
	const struct pg_table *t = s->t->plan->table;
	struct audit *u = s->u;
	const uint8_t **unreadable = arena_array(u->a, t->ncolumns, sizeof(*unreadable));
	struct vec *vecs = arena_array(u->a, t->ncolumns, sizeof(*vecs));
	struct keys *k = NULL;
	int rc = -1;

	s->cols = arena_array(u->a, t->ncolumns, sizeof(struct vec *));
	if (unreadable == NULL || vecs == NULL || s->cols == NULL)
		return err_nomem(s->e);
	s->block.unreadable = unreadable;
	if (open_existing(s, &k) == -1)
		return -1;
	s->existing = true;
	for (uint32_t c = 0; c < t->ncolumns; c++) {
		int at = keys_column(k, t->columns[c].name);
		uint8_t scale;

		if (at == -1)
			continue;
		if (!vec_init(&vecs[c], keys_type(k, at, &scale), u->a)) {
			err_nomem(s->e);
			goto out;
		}
		s->cols[c] = &vecs[c];
	}
	rc = existing_blocks(s, k, vecs);
out:
	keys_close(k);
	s->existing = false;
	return rc;
}

int audit_rows(struct audit *u, struct audit_table *t, struct err *e)
{
	uint32_t shards = t->plan->shards;
	struct pass s = {.u = u, .t = t, .e = e};
	const char **paths = arena_array(u->a, shards, sizeof(*paths));
	struct dec_spec spec = {.table = t->plan->table,
		.cols = t->written,
		.ncols = t->nwritten,
		.paths = paths,
		.npaths = shards,
		.report = on_problem,
		.ctx = &s};
	struct dec *d = NULL;
	int rc = -1, more = 1;

	if ((t->plan->existing || t->plan->append) && existing_rows(&s) == -1)
		return -1;
	if (t->plan->existing)
		return existing_done(&s);
	spec.format = t->files[0].format;
	s.cols = arena_array(u->a, t->plan->table->ncolumns, sizeof(struct vec *));
	s.computed = arena_array(u->a, t->plan->table->ncolumns, sizeof(struct vec));
	if (paths == NULL || s.cols == NULL || s.computed == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < shards; i++)
		paths[i] = t->files[i].path;
	d = dec_open(&spec, e);
	if (d == NULL)
		goto out;
	while ((more = dec_next(d, &s.block, e)) == 1) {
		t->rows += s.block.n;
		if (ask_block(&s) == -1)
			goto out;
		progress_add(u->progress, s.block.n);
		progress_tick(u->progress);
	}
	if (more == 0)
		rc = finish_table(u, t, e);
out:
	dec_close(d);
	arena_free(&s.tmp);
	return rc == 0 ? 0 : err_wrap(e, "%s.%s", t->plan->table->schema, t->plan->table->name);
}

/* ---- foreign keys ------------------------------------------------------------------- */

static int ask_fk(struct audit *u, struct audit_fk *f, struct err *e)
{
	struct hit h = {u->findings, f->rule, "no such row in the parent"};

	if (f->set == NULL) /* asked already */
		return 0;
	if (f->rule->not_evaluated == NULL &&
		keyset_missing(f->set, f->key->set, on_hit, &h, e) == -1)
		return -1;
	keyset_free(f->set);
	f->set = NULL;
	if (--f->key->wanted == 0) {
		keyset_free(f->key->set);
		f->key->set = NULL;
	}
	return 0;
}

int audit_foreign(struct audit *u, struct err *e)
{
	for (uint32_t i = 0; i < u->plan->ntables; i++) {
		struct audit_table *t = &u->tables[i];

		for (uint32_t k = 0; t->done && k < t->nfks; k++) {
			struct audit_fk *f = &t->fks[k];

			if (f->key != NULL && u->tables[f->parent].done && ask_fk(u, f, e) == -1)
				return -1;
		}
	}
	return 0;
}
