/* SPDX-License-Identifier: MIT */
#include "stages/introspect/existing.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/codec/dec_cell.h"
#include "common/io/file.h"
#include "common/io/log.h"
#include "common/keys/keys.h"
#include "common/pg/pg.h"
#include "common/schema/keyset.h"
#include "common/stage/stage.h"

struct existing_table {
	const struct pg_table *t;
	uint32_t *cols, ncols;
	struct keys_writer *keys;
	uint64_t rows;
	char *path;
};

/* A table being read. */
struct reading {
	struct existing_table *x;
	struct pg *pg;
	struct arena a;
	struct dec_col *cols;	 /* [x->ncols] */
	const struct vec **vecs; /* by table column */
	struct dec_heap heap;
	uint32_t n;   /* rows gathered ... */
	size_t bytes; /* ... and what their values take, as they came */
	struct err *e;
};

static int wrap(const struct existing_table *x, struct err *e)
{
	return err_wrap(e, "keys of %s.%s", x->t->schema, x->t->name);
}

/* ---- which columns --------------------------------------------------------------- */

static void want(bool *wanted, const uint32_t *cols, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (cols[i] != UINT32_MAX)
			wanted[cols[i]] = true;
}

/* what a table is known by: its keys, and what foreign keys of anybody refer to */
static void want_keys(const struct schema *s, const struct pg_table *t, bool *wanted)
{
	for (uint32_t i = 0; i < t->nkeys; i++)
		if (key_is_unique(&t->keys[i]))
			want(wanted, t->keys[i].cols, t->keys[i].nparts);
	for (uint32_t k = 0; k < s->ntables; k++)
		for (uint32_t i = 0; i < s->tables[k].ncons; i++) {
			const struct pg_constraint *c = &s->tables[k].cons[i];

			if (c->kind == PG_CON_FOREIGN && c->ref == t)
				want(wanted, c->ref_cols, c->ncols);
		}
}

static int want_listed(
	const struct keyspec *k, const struct pg_table *t, bool *wanted, struct err *e)
{
	for (uint32_t i = 0; i < t->ncolumns && k->all; i++)
		wanted[i] = true;
	for (uint32_t i = 0; i < k->ncols; i++) {
		int col = pg_column_named(t, k->cols[i]);

		if (col == -1)
			return err_set(e, ERR_INPUT, "--keys: there is no column %s in %s.%s",
				k->cols[i], t->schema, t->name);
		wanted[col] = true;
	}
	return 0;
}

static int choose_columns(struct existing_table *x, const struct keyspec *k, const struct schema *s,
	struct arena *a, struct err *e)
{
	const struct pg_table *t = x->t;
	const struct pg_constraint *pk = pg_primary(t);
	bool *wanted = arena_array(a, t->ncolumns + 1UL, sizeof(*wanted));

	x->cols = arena_array(a, t->ncolumns + 1UL, sizeof(*x->cols));
	if (wanted == NULL || x->cols == NULL)
		return err_nomem(e);
	if (pk != NULL)
		want(wanted, pk->cols, pk->ncols);
	if (!k->listed)
		want_keys(s, t, wanted);
	else if (want_listed(k, t, wanted, e) == -1)
		return -1;
	for (uint32_t i = 0; i < t->ncolumns; i++)
		if (wanted[i])
			x->cols[x->ncols++] = i;
	if (x->ncols == 0)
		return err_set(e, ERR_INPUT,
			"--keys: %s.%s has no key: name columns, as in %s.%s(id)", t->schema,
			t->name, t->schema, t->name);
	return 0;
}

/* ---- the query ---------------------------------------------------------------------- */

static bool is_text(const struct pg_column *c)
{
	enum pg_class cls = pg_base_of(c->type, c->typmod).type->cls;

	return cls == PG_TEXT || cls == PG_VARCHAR || cls == PG_BPCHAR || cls == PG_NAME;
}

/* Rows come in the order of the first key that tells them apart, so that the same rows are the same
 * bytes; without one, as the server gives them. */
static const struct pg_key *order_of(const struct pg_table *t)
{
	for (uint32_t i = 0; i < t->nkeys; i++)
		if (key_is_unique(&t->keys[i]) && key_is_plain(&t->keys[i]))
			return &t->keys[i];
	return NULL;
}

/* A foreign key to a table that others inherit from refers to its own rows alone; of a
 * partitioned table, to its partitions'. */
static void query_text(const struct existing_table *x, struct buf *b)
{
	const struct pg_key *key = order_of(x->t);

	buf_adds(b, "SELECT ");
	for (uint32_t i = 0; i < x->ncols; i++) {
		buf_adds(b, i > 0 ? ", " : "");
		pg_ident(b, x->t->columns[x->cols[i]].name);
	}
	buf_adds(b, x->t->kind == 'r' ? " FROM ONLY " : " FROM ");
	pg_qname(b, x->t->schema, x->t->name);
	for (uint32_t i = 0; key != NULL && i < key->nparts; i++) {
		const struct pg_column *c = &x->t->columns[key->cols[i]];

		buf_adds(b, i == 0 ? " ORDER BY " : ", ");
		pg_ident(b, c->name);
		if (is_text(c))
			buf_adds(b, " COLLATE pg_catalog.\"C\"");
	}
}

static int warn_hidden(const struct reading *r, struct err *e)
{
	struct buf b = BUF_INIT;
	struct pg_rows *rows = NULL;

	pg_qname(&b, r->x->t->schema, r->x->t->name);
	if (buf_ok(&b))
		rows = pg_query(r->pg, "SELECT pg_catalog.row_security_active($1::text)", 1,
			(const char *const[]){b.p}, e);
	else
		err_nomem(e);
	buf_free(&b);
	if (rows == NULL)
		return -1;
	if (pg_bool(rows, 0, 0))
		stage_warn("%s.%s: row security may hide rows from this role: children attach to "
			   "those it sees",
			r->x->t->schema, r->x->t->name);
	return pg_done(rows, e);
}

/* ---- rows ------------------------------------------------------------------------------ */

static int cell(struct reading *r, struct dec_col *c, struct pg_rows *row, uint32_t col)
{
	enum dec_fault fault = DEC_FINE;
	const char *p;
	size_t n;

	if (pg_is_null(row, 0, col)) {
		dec_put_null(c, r->n);
		return 0;
	}
	p = pg_raw(row, 0, col, &n);
	r->bytes += n;
	fault = c->cell(c, p, n, r->n, &r->heap);
	if (r->heap.failed)
		return err_nomem(r->e);
	if (fault == DEC_FINE)
		return 0;
	return err_set(r->e, ERR_INPUT,
		"column %s, of type %s, has a value that a key snapshot cannot hold: %s: list the "
		"columns without it",
		r->x->t->columns[c->index].name, r->x->t->columns[c->index].formatted,
		dec_fault_text(fault));
}

/* The rows gathered so far. */
static int flush(struct reading *r)
{
	for (uint32_t k = 0; k < r->x->ncols; k++)
		r->cols[k].v.n = r->n;
	if (r->n > 0 && keys_writer_block(r->x->keys, r->vecs, r->n, r->e) == -1)
		return -1;
	for (uint32_t k = 0; k < r->x->ncols; k++)
		r->cols[k].v.has_null = false;
	dec_heap_reset(&r->heap);
	r->x->rows += r->n;
	r->n = 0;
	r->bytes = 0;
	return 0;
}

static int one_row(void *ctx, struct pg_rows *row, struct err *e)
{
	enum { ENOUGH = 4 << 20 };
	struct reading *r = ctx;

	(void)e; /* r->e */
	for (uint32_t k = 0; k < r->x->ncols; k++)
		if (cell(r, &r->cols[k], row, k) == -1)
			return -1;
	r->n++;
	return r->n == VEC_BLOCK || r->bytes >= ENOUGH ? flush(r) : 0;
}

static int open_columns(struct reading *r)
{
	const struct pg_table *t = r->x->t;

	r->cols = arena_array(&r->a, r->x->ncols, sizeof(*r->cols));
	r->vecs = arena_array(&r->a, t->ncolumns, sizeof(struct vec *));
	if (r->cols == NULL || r->vecs == NULL)
		return err_nomem(r->e);
	for (uint32_t i = 0; i < r->x->ncols; i++) {
		if (!dec_col_init(&r->cols[i], t, r->x->cols[i], false, &r->a))
			return err_nomem(r->e);
		r->vecs[r->x->cols[i]] = &r->cols[i].v;
	}
	return 0;
}

static int read_table(
	struct existing_table *x, struct pg *pg, const char *fingerprint, struct err *e)
{
	struct reading r = {.x = x, .pg = pg, .a = ARENA_INIT, .e = e};
	struct buf b = BUF_INIT;
	int rc = -1;

	query_text(x, &b);
	if (!buf_ok(&b)) {
		err_nomem(e);
		goto out;
	}
	x->keys = keys_writer_open_existing(x->path, x->t, x->cols, x->ncols, fingerprint, e);
	if (x->keys == NULL || warn_hidden(&r, e) == -1 || open_columns(&r) == -1 ||
		pg_each(pg, b.p, 0, NULL, one_row, &r, e) == -1 || flush(&r) == -1)
		goto out;
	rc = keys_writer_end(x->keys, e);
out:
	buf_free(&b);
	dec_heap_free(&r.heap);
	arena_free(&r.a);
	return rc == 0 ? 0 : wrap(x, e);
}

static int find_table(struct existing_table *x, const struct keyspec *k, const struct schema *s,
	const struct rundir *run, struct err *e)
{
	x->t = schema_table(s, k->schema, k->table);
	if (x->t == NULL)
		return err_set(e, ERR_INPUT,
			"--keys: there is no table %s.%s among those that were read%s", k->schema,
			k->table,
			strchr(k->table, '.') != NULL || strchr(k->schema, '.') != NULL
				? ""
				: " (a name with a dot in it is quoted: 'a.\"b.c\"')");
	x->path = rundir_existing(run, k->schema, k->table);
	if (x->path == NULL)
		return err_nomem(e);
	return choose_columns(x, k, s, run->a, e);
}

int existing_read(struct existing *x, struct pg *pg, struct schema *s, struct err *e)
{
	char *folder = rundir_file(x->run, "keys");

	if (x->n == 0)
		return 0;
	x->tables = arena_array(x->run->a, x->n, sizeof(*x->tables));
	if (folder == NULL || x->tables == NULL)
		return err_nomem(e);
	if (dir_make(folder, e) == -1 || dir_sweep(folder, e) == -1)
		return -1;
	/* all names before the first row */
	for (uint32_t i = 0; i < x->n; i++)
		if (find_table(&x->tables[i], &x->specs[i], s, x->run, e) == -1)
			return -1;
	for (uint32_t i = 0; i < x->n; i++)
		if (read_table(&x->tables[i], pg, s->fingerprint, e) == -1)
			return -1;
	return 0;
}

/* ---- the end ------------------------------------------------------------------------ */

static bool is_asked_for(const struct existing *x, const char *name)
{
	for (uint32_t i = 0; i < x->n; i++)
		if (strcmp(strrchr(x->tables[i].path, '/') + 1, name) == 0)
			return true;
	return false;
}

/* Keys that nobody asked for this time are not of this look at the database. */
static int remove_others(const struct existing *x, struct err *e)
{
	static const char suffix[] = "." RUNDIR_EXISTING;
	char *folder = rundir_file(x->run, "keys");
	struct dirent *entry;
	DIR *d;
	int rc = 0;

	if (folder == NULL)
		return err_nomem(e);
	if ((d = opendir(folder)) == NULL)
		return errno == ENOENT ? 0 : err_sys(e, "open folder %s", folder);
	while (rc == 0 && (entry = readdir(d)) != NULL) {
		size_t n = strlen(entry->d_name);

		if (n < sizeof(suffix) ||
			strcmp(entry->d_name + n - (sizeof(suffix) - 1), suffix) != 0 ||
			is_asked_for(x, entry->d_name))
			continue;
		stage_warn("keys/%s is removed: --keys does not name its table any more",
			entry->d_name);
		if (unlinkat(dirfd(d), entry->d_name, 0) == -1 && errno != ENOENT)
			rc = err_sys(e, "remove %s/%s", folder, entry->d_name);
	}
	closedir(d);
	return rc;
}

int existing_commit(struct existing *x, struct err *e)
{
	for (uint32_t i = 0; i < x->n; i++) {
		struct existing_table *t = &x->tables[i];
		struct keys_writer *keys = t->keys;

		t->keys = NULL;
		if (keys_writer_commit(keys, NULL, e) == -1)
			return wrap(t, e);
		stage_say("keys of %s.%s: %llu rows, %u columns", t->t->schema, t->t->name,
			(unsigned long long)t->rows, t->ncols);
		log_event(x->run, "introspect", "keys_written", "schema", LOG_STR, t->t->schema,
			"table", LOG_STR, t->t->name, "rows", LOG_UINT, t->rows, NULL);
	}
	return remove_others(x, e);
}

void existing_end(struct existing *x)
{
	for (uint32_t i = 0; x->tables != NULL && i < x->n; i++) {
		keys_writer_abort(x->tables[i].keys);
		x->tables[i].keys = NULL;
	}
}
