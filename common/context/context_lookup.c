/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "common/base/err.h"
#include "common/context/context_int.h"
#include "common/io/scratch.h"

/*
 * Looking up a parent by its key.  An index is a hash table with open addressing and linear
 * probing (Knuth, The Art of Computer Programming 3, 6.4, algorithm L), at most half full.  A slot
 * holds the number of a row, from 1; 0 is empty.  Values are not stored: they are compared where
 * they are, in the mapped file.
 */

enum { KEY_COLUMNS = 32 }; /* PostgreSQL's INDEX_MAX_KEYS */

struct parent_index {
	struct parent_index *next;
	const struct keys *keys;
	int col[KEY_COLUMNS];
	uint32_t n;
	uint64_t *slot, mask;
};

/* ---- values ------------------------------------------------------------------------ */

/* Room for a vector of one row: keys_gather() writes to vectors only. */
struct one {
	struct vec vec;
	uint8_t null[VEC_BLOCK]; /* vec_set_null() clears a whole block */
	union {
		int64_t i;
		double f;
		struct uuid u;
		struct vtext t;
	} value;
};

/* Reads one value of one row from a key snapshot. */
static void read_one(const struct keys *k, int col, uint64_t row, struct fvalue *out)
{
	struct one o;

	o.vec = (struct vec){.null = o.null};
	o.vec.type = keys_type(k, col, &o.vec.scale);
	o.vec.v.i = &o.value.i;
	keys_gather(k, col, &row, 1, &o.vec);
	context_value(&o.vec, out);
}

/* Equal values must have equal hashes, whatever their type's representation; the
 * seed chains the members of a composite key. */
static uint64_t hash_one(const struct fvalue *v, uint64_t seed)
{
	if (v->type == VT_UUID)
		return XXH3_64bits_withSeed(v->v.u.b, sizeof(v->v.u.b), seed);
	if (vec_is_ordinal(v->type))
		return XXH3_64bits_withSeed(&v->v.i, sizeof(v->v.i), seed);
	if (v->type == VT_F64) {
		double d = v->v.f + 0.0; /* -0 and 0 are equal */

		return XXH3_64bits_withSeed(&d, sizeof(d), seed);
	}
	return XXH3_64bits_withSeed(v->v.t.p, v->v.t.n, seed);
}

/* Whether two values are equal as a foreign key compares them: NULL equals
 * nothing, and values of different types or scales are never equal. */
static bool same(const struct fvalue *a, const struct fvalue *b)
{
	if (a->type != b->type || a->scale != b->scale || a->null || b->null)
		return false;
	if (a->type == VT_UUID)
		return memcmp(&a->v.u, &b->v.u, sizeof(a->v.u)) == 0;
	if (vec_is_ordinal(a->type))
		return a->v.i == b->v.i;
	if (a->type == VT_F64)
		return !(a->v.f < b->v.f) && !(a->v.f > b->v.f);
	return a->v.t.n == b->v.t.n && memcmp(a->v.t.p, b->v.t.p, a->v.t.n) == 0;
}

/* ---- the index --------------------------------------------------------------------- */

/* An index that was built before for the same snapshot and the same columns, or
 * NULL. */
static struct parent_index *index_of(
	const struct context *c, const struct keys *k, const int *col, uint32_t n)
{
	struct parent_index *x = c->indexes;

	while (x != NULL &&
		(x->keys != k || x->n != n || memcmp(x->col, col, n * sizeof(*col)) != 0))
		x = x->next;
	return x;
}

/* The hash of a row's key; false: a member of it is NULL, and the row is nobody's parent by it. */
static bool hash_row(const struct parent_index *x, uint64_t row, uint64_t *h)
{
	*h = 0;
	for (uint32_t i = 0; i < x->n; i++) {
		struct fvalue v;

		read_one(x->keys, x->col[i], row, &v);
		if (v.null)
			return false;
		*h = hash_one(&v, *h);
	}
	return true;
}

/* Builds an index over all rows of a parent. The table has at least twice as
 * many slots as there are rows, so that probing stays short and always ends. */
static struct parent_index *build(
	struct context *c, const struct keys *k, const int *col, uint32_t n, struct err *e)
{
	struct parent_index *x = arena_alloc(c->a, sizeof(*x));
	uint64_t size = 16, rows = keys_rows(k), h;

	while (size < rows * 2)
		size *= 2;
	if (x == NULL || (x->slot = arena_array(c->a, size, sizeof(x->slot[0]))) == NULL) {
		err_nomem(e);
		return NULL;
	}
	x->keys = k;
	x->n = n;
	memcpy(x->col, col, n * sizeof(*col));
	x->mask = size - 1;
	for (uint64_t row = 0; row < rows; row++) {
		if (!hash_row(x, row, &h))
			continue;
		while (x->slot[h & x->mask] != 0)
			h++;
		x->slot[h & x->mask] = row + 1;
	}
	x->next = c->indexes;
	c->indexes = x;
	return x;
}

/* Whether row ${row} of a parent has these values. */
static bool has_key(const struct keys *k, const int *col, const struct context_key *key, uint32_t n,
	uint64_t row)
{
	for (uint32_t i = 0; i < n; i++) {
		struct fvalue v;

		read_one(k, col[i], row, &v);
		if (!same(&v, &key[i].value))
			return false;
	}
	return true;
}

/* The row whose key has these values, or UINT64_MAX. The values are compared
 * too, because different keys can have equal hashes. */
static uint64_t search(const struct parent_index *x, const struct context_key *key)
{
	uint64_t h = 0;

	for (uint32_t i = 0; i < x->n; i++)
		h = hash_one(&key[i].value, h);
	for (; x->slot[h & x->mask] != 0; h++) {
		uint64_t row = x->slot[h & x->mask] - 1;

		if (has_key(x->keys, x->col, key, x->n, row))
			return row;
	}
	return UINT64_MAX;
}

/* ---- the parent's rows ------------------------------------------------------------- */

/* A parent without a snapshot is made whole into a file without a name, once,
 * and mapped from /proc/self/fd. This costs the parent's size but makes any row
 * and any column of it available. */
static int make_again(struct context *c, uint32_t fk, struct err *e)
{
	const struct rundir *run = foreign_run(c->fc);
	struct table_program *parent;
	struct plan_table t;
	int fd, rc;

	if (slice_whole_parent(&parent, c->b, fk, c->a, e) == -1 ||
		(fd = engine_slice_keys(parent, run, c->a, e)) == -1)
		return -1;
	t = *parent->t;
	if ((t.keys_at = scratch_path(fd, c->a)) == NULL)
		rc = err_nomem(e);
	else
		rc = keys_open(&c->again[fk], run, &t, SNAP_VALUES, c->a, e);
	close(fd);
	return rc;
}

/* Whether the plan has the parent's rows made anew, not read, by this foreign key. */
static bool leads_back(const struct context *c, uint32_t fk)
{
	const struct pg_table *t = c->b->t->table;
	const struct plan_table *planned = plan_table(c->b->plan, t->schema, t->name);

	return planned->fks[fk].computed;
}

/* The rows of the parent of a foreign key, and whether they are of that table. */
static int parent_rows(struct context *c, const char *schema, const char *table,
	const struct keys **k, struct err *e)
{
	const struct plan_table *t = c->b->t;

	*k = NULL;
	for (uint32_t f = 0; f < t->nfks; f++) {
		const struct pg_constraint *con = &t->table->cons[t->fks[f].con];

		if (strcmp(con->ref_schema, schema) != 0 || strcmp(con->ref_table, table) != 0 ||
			!how_picks(c->b->fks[f].how))
			continue;
		if (leads_back(c, f)) {
			if (c->again[f] == NULL && make_again(c, f, e) == -1)
				return -1;
			*k = c->again[f];
			return 0;
		}
		if ((*k = foreign_keys(c->fc, f)) != NULL)
			return 0;
	}
	return err_set(e, ERR_INPUT, "%s.%s is no parent of %s.%s that rows are picked from",
		schema, table, t->table->schema, t->table->name);
}

/* Most lookups ask for the parent that the current row has. If so it is known
 * without an index; otherwise the result is UINT64_MAX. */
static uint64_t picked(const struct context *c, const struct keys *k, const int *col,
	const struct context_key *key, uint32_t n)
{
	uint64_t row, kth;

	for (uint32_t f = 0; f < c->b->t->nfks && c->made; f++) {
		if (foreign_keys(c->fc, f) != k || !how_picks(c->b->fks[f].how))
			continue;
		row = engine_row_parent(&c->how, f, &kth);
		if (row != UINT64_MAX && has_key(k, col, key, n, row))
			return row;
	}
	return UINT64_MAX;
}

/* A snapshot holds only the columns that the plan keeps, so that a column of the
 * table may be missing from it. */
static int column_of(const struct keys *k, const char *schema, const char *table,
	const char *column, int *col, struct err *e)
{
	if ((*col = keys_column(k, column)) != -1)
		return 0;
	return err_set(e, ERR_INPUT, "the keys of %s.%s have no column %s", schema, table, column);
}

int context_lookup_parent(struct context *c, const char *schema, const char *table,
	const struct context_key *key, uint32_t n, const char *column, struct fvalue *out,
	struct err *e)
{
	int col[KEY_COLUMNS], wanted;
	const struct parent_index *x;
	const struct keys *k;
	uint64_t row;

	if (n == 0 || n > KEY_COLUMNS)
		return err_set(e, ERR_INPUT, "a key of %s.%s has 1 to %d columns", schema, table,
			KEY_COLUMNS);
	if (parent_rows(c, schema, table, &k, e) == -1 ||
		column_of(k, schema, table, column, &wanted, e) == -1)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		if (column_of(k, schema, table, key[i].column, &col[i], e) == -1)
			return -1;
	for (uint32_t i = 0; i < n; i++)
		if (key[i].value.null)
			return 0;
	if ((row = picked(c, k, col, key, n)) == UINT64_MAX) {
		if ((x = index_of(c, k, col, n)) == NULL && (x = build(c, k, col, n, e)) == NULL)
			return -1;
		if ((row = search(x, key)) == UINT64_MAX)
			return 0;
	}
	read_one(k, wanted, row, out);
	return 1;
}
