/* SPDX-License-Identifier: MIT */
#include "stages/eval/audit_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/keys/keys.h"
#include "common/stage/stage.h"

/* A cell or a row the decoder could not take. */
static void on_problem(void *ctx, const struct dec_problem *p)
{
	struct audit_pass *s = ctx;
	struct audit_table *t = s->t;
	struct rule *r = t->form;

	if (p->fault == DEC_ROUNDED) {
		t->rounded[p->col]++;
		return;
	}
	if (p->fault == DEC_BEYOND) {
		t->type[p->col]->not_evaluated = dec_fault_text(p->fault);
		return;
	}
	if (p->fault == DEC_EXTRA) {
		if (findings_warn(s->u->findings, "extra_columns", t->form->path,
			    "it was not looked at", "%s", dec_fault_text(p->fault)) == -1)
			s->failed = true;
		return;
	}
	if (p->col >= 0 && p->fault == DEC_TOO_LONG && t->length[p->col] != NULL)
		r = t->length[p->col];
	else if (p->col >= 0)
		r = t->type[p->col];
	findings_hit(s->u->findings, r, p->row, 0, dec_fault_text(p->fault));
}

struct hit {
	const struct findings *f;
	struct rule *r;
	const char *what;
};

static void on_hit(void *ctx, uint64_t row, uint64_t first)
{
	const struct hit *h = ctx;

	if (first == AUDIT_EXISTING)
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

		if (keyhashes_seal(k->set, e) == -1)
			return -1;
		if (k->rule != NULL && keyhashes_repeated(k->set, on_hit, &h, e) == -1)
			return -1;
		if (k->rule != NULL && k->rule->not_evaluated == NULL)
			k->rule->not_evaluated = k->missing != NULL ? k->missing : k->spellings;
		if (k->wanted == 0)
			audit_key_free(k);
	}
	for (struct audit_over *o = t->over; o != NULL; o = o->next)
		if (o->op->finish(u, o, e) == -1)
			return -1;
	if (profile_end(u, t, e) == -1)
		return -1;
	audit_implied_keys(u, t);
	for (uint32_t i = 0; i < t->nfks; i++)
		if (keyhashes_seal(t->fks[i].set, e) == -1)
			return -1;
	t->done = true;
	return 0;
}

/* whether the snapshot has all of a key */
static bool is_held(const struct audit_pass *s, const struct audit_key *k)
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
static int existing_blocks(struct audit_pass *s, const struct keys *k, struct vec *vecs)
{
	uint64_t rows = keys_rows(k), row[VEC_BLOCK];
	const struct pg_table *t = s->t->plan->table;

	for (struct audit_over *o = s->t->over; rows > 0 && o != NULL; o = o->next)
		o->missing = "the rows that the database has were not compared";
	for (uint64_t row0 = 0; row0 < rows; row0 += s->block.n) { /* before any new one */
		s->block.row0 = row0;
		s->block.n = rows - row0 < VEC_BLOCK ? (uint32_t)(rows - row0) : VEC_BLOCK;
		for (uint32_t i = 0; i < s->block.n; i++)
			row[i] = s->block.row0 + i;
		for (uint32_t c = 0; c < t->ncolumns; c++)
			if (s->cols[c] != NULL)
				keys_gather(k, keys_column(k, t->columns[c].name), row, s->block.n,
					&vecs[c]);
		for (struct audit_key *key = s->t->keys; key != NULL; key = key->next)
			if (!is_held(s, key))
				key->missing = "the key snapshot of the database's rows lacks it";
			else if (audit_collect_key(s, key) == -1)
				return -1;
		progress_add(s->u->progress, s->block.n);
		progress_tick(s->u->progress);
	}
	return 0;
}

static int existing_done(struct audit_pass *s)
{
	for (struct audit_key *key = s->t->keys; key != NULL; key = key->next)
		if (keyhashes_seal(key->set, s->e) == -1)
			return -1;
	s->t->rows = s->t->plan->rows;
	s->t->done = true;
	return 0;
}

/* of a table that is added to, the snapshot beside that of its new rows */
static int open_existing(struct audit_pass *s, struct keys **k)
{
	struct plan_table t = *s->t->plan;

	t.existing = true;
	t.nkept = t.append ? 0 : t.nkept;
	t.shards = 1;
	if (keys_open(k, s->u->run, &t, SNAP_FULL, s->u->a, s->e) == -1)
		return -1;
	if (keys_fit_table(*k, t.table, s->e) == 0)
		return 0;
	keys_close(*k);
	return -1;
}

static int existing_rows(struct audit_pass *s)
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
	struct audit_pass s = {.u = u, .t = t, .e = e};
	const char **paths = arena_array(u->a, shards, sizeof(*paths));
	bool *headers = arena_array(u->a, shards, sizeof(*headers));
	struct dec_spec spec = {.table = t->plan->table,
		.cols = t->written,
		.ncols = t->nwritten,
		.paths = paths,
		.npaths = shards,
		.headers = headers,
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
	if (paths == NULL || headers == NULL || s.cols == NULL || s.computed == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < shards; i++) {
		paths[i] = t->files[i].path;
		headers[i] = data_has_header(t->files[i].header, i);
	}
	if (profile_begin(u, t, e) == -1)
		goto out;
	d = dec_open(&spec, e);
	if (d == NULL)
		goto out;
	while ((more = dec_next(d, &s.block, e)) == 1) {
		t->rows += s.block.n;
		if (audit_block(&s) == -1 || profile_block(u, t, &s.block, e) == -1)
			goto out;
		progress_add(u->progress, s.block.n);
		progress_tick(u->progress);
	}
	if (s.failed)
		err_nomem(e);
	else if (more == 0)
		rc = finish_table(u, t, e);
out:
	dec_close(d);
	arena_free(&s.tmp);
	profile_free(t);
	return rc == 0 ? 0 : err_wrap(e, "%s.%s", t->plan->table->schema, t->plan->table->name);
}

/* ---- foreign keys ------------------------------------------------------------------- */

static void on_orphan(void *ctx, uint64_t row, uint64_t first)
{
	uint64_t *orphans = ctx;

	(void)row, (void)first;
	(*orphans)++;
}

/* Why a reference that is not found may have a parent all the same, or NULL. */
static const char *doubt(const struct audit_fk *f)
{
	if (f->key->missing != NULL)
		return f->key->missing;
	return f->spellings != NULL ? f->spellings : f->key->spellings;
}

static int ask_fk(struct audit *u, struct audit_fk *f, struct err *e)
{
	struct hit h = {u->findings, f->rule, "no such row in the parent"};
	uint64_t orphans = 0;

	if (f->set == NULL) /* asked already */
		return 0;
	if (keyhashes_missing(f->set, f->key->set, doubt(f) == NULL ? on_hit : on_orphan,
		    doubt(f) == NULL ? (void *)&h : &orphans, e) == -1)
		return -1;
	if (orphans > 0)
		f->rule->not_evaluated = doubt(f);
	if (fan_end(&f->fan, &f->key->parents, e) == -1)
		return -1;
	audit_fk_free(f);
	if (--f->key->wanted == 0)
		audit_key_free(f->key);
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
