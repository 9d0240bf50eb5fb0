/* SPDX-License-Identifier: MIT */
#include "common/relation/foreign_int.h"

#include <string.h>

#include <xxhash.h>

#include "common/base/err.h"
#include "common/base/rng.h"

/* An index from key value to row number: open addressing, row + 1, 0 for empty. */
struct index {
	int col;
	uint64_t *slot, mask;
};

/* ---- opening ----------------------------------------------------------------- */

static struct keys *already_open(const struct foreign *fc, uint32_t n, uint32_t parent)
{
	for (uint32_t i = 0; i < n; i++)
		if (fc->child->fks[i].parent == parent && fc->links[i].keys != NULL)
			return fc->links[i].keys;
	return NULL;
}

static const struct pg_constraint *constraint_of(const struct foreign *fc, uint32_t fk)
{
	return &fc->child->table->cons[fc->child->fks[fk].con];
}

static bool reads_parent(const struct plan_fk *f)
{
	return f->mode != PLAN_FK_NULL && f->mode != PLAN_FK_OFF;
}

static int check_rows(const struct foreign *fc, uint32_t fk, uint64_t parents, struct err *e)
{
	const struct plan_fk *f = &fc->child->fks[fk];
	const struct pg_table *t = fc->child->table;
	const struct pg_constraint *c = constraint_of(fc, fk);

	if (parents == 0)
		return err_no(e, "zero_parents",
			"table %s.%s: foreign key %s: %s.%s has no rows to refer to", t->schema,
			t->name, c->name, c->ref_schema, c->ref_table);
	if (f->mode == PLAN_FK_ONE_TO_ONE && fc->child->rows > parents)
		return err_no(e, "one_to_one_too_few_parents",
			"table %s.%s: foreign key %s is unique: %llu rows need as many rows of "
			"%s.%s, which has %llu",
			t->schema, t->name, c->name, (unsigned long long)fc->child->rows,
			c->ref_schema, c->ref_table, (unsigned long long)parents);
	return 0;
}

static int open_link(struct foreign *fc, const struct rundir *run, uint32_t fk, struct err *e)
{
	const struct plan_fk *f = &fc->child->fks[fk];
	const struct pg_table *t = fc->child->table;
	struct link *l = &fc->links[fk];
	uint64_t parents = 0;

	if (f->computed && reads_parent(f)) {
		parents = fc->plan->tables[f->parent].rows;
		if (check_rows(fc, fk, parents, e) == -1)
			return -1;
	} else if (reads_parent(f)) {
		if ((l->keys = already_open(fc, fk, f->parent)) == NULL &&
			keys_open(&l->keys, run, &fc->plan->tables[f->parent], SNAP_DIR, fc->a,
				e) == -1)
			return -1;
		parents = keys_rows(l->keys);
		if (check_rows(fc, fk, parents, e) == -1)
			return -1;
	}
	relation_init(&l->rel, f->mode,
		plan_stream(fc->plan, fc->child, constraint_of(fc, fk)->name, "foreign key"),
		fc->child->rows, parents, f->null_rate);
	if (parents > 0 && f->where == NULL && relation_shape(&l->rel, f, fc->a, e) == -1)
		return err_wrap(e, "table %s.%s: foreign key %s", t->schema, t->name,
			constraint_of(fc, fk)->name);
	return 0;
}

int foreign_open_some(struct foreign **out, const struct rundir *run, const struct plan *plan,
	const struct plan_table *child, const bool *read, struct arena *a, struct err *e)
{
	struct foreign *fc = arena_alloc(a, sizeof(*fc));

	if (fc == NULL)
		return err_nomem(e);
	*fc = (struct foreign){.run = run, .plan = plan, .dir = run->path, .child = child, .a = a};
	fc->links = arena_array(a, child->nfks + 1UL, sizeof(fc->links[0]));
	fc->indexes = arena_array(a, child->nfks + 1UL, sizeof(fc->indexes[0]));
	if (fc->links == NULL || fc->indexes == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < child->nfks; i++)
		if ((read == NULL || read[i]) && open_link(fc, run, i, e) == -1) {
			foreign_close(fc);
			return -1;
		}
	if (foreign_among_open(fc, e) == -1) {
		foreign_close(fc);
		return -1;
	}
	for (uint32_t i = 0; i < child->nfks; i++)
		if (child->fks[i].mode == PLAN_FK_WEIGHTED && fc->links[i].keys != NULL &&
			foreign_weigh(fc, i, e) == -1) {
			foreign_close(fc);
			return -1;
		}
	for (uint32_t i = 0; i < child->nfks; i++)
		if ((read == NULL || read[i]) &&
			partial_init(&fc->links[i].rel.partial, child, i, a) == -1) {
			foreign_close(fc);
			return err_nomem(e);
		}
	*out = fc;
	return 0;
}

int foreign_open(struct foreign **out, const struct rundir *run, const struct plan *plan,
	const struct plan_table *child, struct arena *a, struct err *e)
{
	return foreign_open_some(out, run, plan, child, NULL, a, e);
}

const struct rundir *foreign_run(const struct foreign *fc)
{
	return fc->run;
}

void foreign_close(struct foreign *fc)
{
	if (fc == NULL)
		return;
	for (uint32_t i = 0; i < fc->child->nfks; i++)
		foreign_among_close(&fc->links[i]);
	for (uint32_t i = 0; i < fc->child->nfks; i++)
		if (fc->links[i].keys != NULL &&
			already_open(fc, i, fc->child->fks[i].parent) == NULL)
			keys_close(fc->links[i].keys);
}

struct relation *foreign_relation(const struct foreign *fc, uint32_t fk)
{
	return &fc->links[fk].rel;
}

const struct keys *foreign_keys(const struct foreign *fc, uint32_t fk)
{
	return fc->links[fk].keys;
}

void foreign_seek(struct foreign *fc, uint64_t row)
{
	fc->row = row;
}

/* ---- one value at a time -------------------------------------------------------- */

/* A vector of one row on the stack of whoever asks. */
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

static void read_one(const struct keys *k, int col, uint64_t row, struct one *o)
{
	o->vec = (struct vec){.null = o->null};
	o->vec.type = keys_type(k, col, &o->vec.scale);
	o->vec.v.i = &o->value.i;
	keys_gather(k, col, &row, 1, &o->vec);
}

static void value_of(const struct one *o, struct fvalue *out)
{
	*out = (struct fvalue){
		.type = o->vec.type, .scale = o->vec.scale, .null = vec_is_null(&o->vec, 0)};
	if (vec_is_ordinal(o->vec.type))
		out->v.i = o->value.i;
	else if (o->vec.type == VT_F64)
		out->v.f = o->value.f;
	else if (o->vec.type == VT_UUID)
		out->v.u = o->value.u;
	else
		out->v.t = o->value.t;
}

static bool is_table(const struct pg_table *t, const char *schema, const char *table)
{
	return strcmp(t->schema, schema) == 0 && strcmp(t->name, table) == 0;
}

/* The row of the parent that ${columns} of the key have their values from. */
static uint64_t pick_one(const struct foreign *fc, uint32_t fk, uint32_t columns)
{
	const struct plan_fk *f = &fc->child->fks[fk];
	const struct relation *r = &fc->links[fk].rel;
	uint64_t parent, other, k;
	uint32_t nulls;

	if (f->mode == PLAN_FK_AMONG) {
		uint64_t base = pick_one(fc, f->base, partial_followed(fc->child, fk));

		foreign_among(fc, fk, r, &base, &fc->row, 1, &parent, &k);
		return parent;
	}
	relation_pick(r, &fc->row, 1, &parent, NULL);
	if (r->partial.nmasks > 0) {
		relation_others(r, &fc->row, 1, &parent, &other, &nulls);
		relation_values(&parent, &other, &nulls, 1, columns, &parent);
	}
	return parent;
}

int foreign_pick_fk(struct foreign *fc, const char *schema, const char *table,
	const char *fk_column, struct fvalue *out, struct err *e)
{
	const struct pg_table *t = fc->child->table;
	int column = is_table(t, schema, table) ? pg_column_named(t, fk_column) : -1;

	if (column == -1)
		return err_set(e, ERR_INPUT, "no column %s.%s.%s in this context", schema, table,
			fk_column);
	for (uint32_t i = 0; i < fc->child->nfks; i++) {
		const struct pg_constraint *c = constraint_of(fc, i);

		for (uint32_t m = 0; m < c->ncols && fc->links[i].keys != NULL; m++) {
			struct one o;
			int col;

			if (c->cols[m] != (uint32_t)column)
				continue;
			if ((col = keys_column(fc->links[i].keys, c->ref_names[m])) == -1)
				return err_set(e, ERR_INPUT, "the keys of %s.%s have no column %s",
					c->ref_schema, c->ref_table, c->ref_names[m]);
			read_one(fc->links[i].keys, col, pick_one(fc, i, UINT32_C(1) << m), &o);
			value_of(&o, out);
			return 0;
		}
	}
	return err_set(e, ERR_INPUT, "%s.%s.%s is in no foreign key that rows are picked for",
		schema, table, fk_column);
}

/* ---- lookup by value -------------------------------------------------------------- */

static uint64_t hash_of(const struct fvalue *v)
{
	if (v->type == VT_UUID)
		return XXH3_64bits(v->v.u.b, sizeof(v->v.u.b));
	if (vec_is_ordinal(v->type))
		return XXH3_64bits(&v->v.i, sizeof(v->v.i));
	if (v->type == VT_F64)
		return XXH3_64bits(&v->v.f, sizeof(v->v.f));
	return XXH3_64bits(v->v.t.p, v->v.t.n);
}

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

static int build_index(struct foreign *fc, uint32_t fk, int col, struct err *e)
{
	const struct keys *k = fc->links[fk].keys;
	struct index *x = &fc->indexes[fk];
	uint64_t size = 16;

	while (size < keys_rows(k) * 2)
		size *= 2;
	if ((x->slot = arena_array(fc->a, size, sizeof(x->slot[0]))) == NULL)
		return err_nomem(e);
	x->mask = size - 1;
	x->col = col;
	for (uint64_t row = 0; row < keys_rows(k); row++) {
		struct fvalue v;
		struct one o;
		uint64_t h;

		read_one(k, col, row, &o);
		value_of(&o, &v);
		for (h = hash_of(&v) & x->mask; x->slot[h] != 0; h = (h + 1) & x->mask)
			;
		x->slot[h] = row + 1;
	}
	return 0;
}

static uint64_t search(const struct keys *k, const struct index *x, const struct fvalue *key)
{
	for (uint64_t h = hash_of(key) & x->mask; x->slot[h] != 0; h = (h + 1) & x->mask) {
		struct fvalue v;
		struct one o;

		read_one(k, x->col, x->slot[h] - 1, &o);
		value_of(&o, &v);
		if (same(&v, key))
			return x->slot[h] - 1;
	}
	return UINT64_MAX;
}

/* The FK of this child that leads to the parent by one column. */
static int link_to(const struct foreign *fc, const char *schema, const char *table)
{
	for (uint32_t i = 0; i < fc->child->nfks; i++) {
		const struct pg_constraint *c = constraint_of(fc, i);

		if (fc->links[i].keys != NULL && c->ncols == 1 &&
			strcmp(c->ref_schema, schema) == 0 && strcmp(c->ref_table, table) == 0)
			return (int)i;
	}
	return -1;
}

int foreign_lookup_parent(struct foreign *fc, const char *schema, const char *table,
	const struct fvalue *key, const char *column, struct fvalue *out, struct err *e)
{
	int fk = link_to(fc, schema, table), col, wanted;
	const struct keys *k;
	struct one o;
	uint64_t row;

	if (fk == -1)
		return err_set(e, ERR_INPUT, "%s.%s is no parent of %s.%s by a single-column key",
			schema, table, fc->child->table->schema, fc->child->table->name);
	k = fc->links[fk].keys;
	col = keys_column(k, constraint_of(fc, (uint32_t)fk)->ref_names[0]);
	wanted = keys_column(k, column);
	if (col == -1 || wanted == -1)
		return err_set(e, ERR_INPUT, "the keys of %s.%s have no column %s", schema, table,
			wanted == -1 ? column : constraint_of(fc, (uint32_t)fk)->ref_names[0]);
	if (key->null)
		return 0;
	if (fc->indexes[fk].slot == NULL && build_index(fc, (uint32_t)fk, col, e) == -1)
		return -1;
	if ((row = search(k, &fc->indexes[fk], key)) == UINT64_MAX)
		return 0;
	read_one(k, wanted, row, &o);
	value_of(&o, out);
	return 1;
}
