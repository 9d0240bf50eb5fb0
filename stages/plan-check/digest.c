/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

#include <string.h>

#include "common/base/digest.h"
#include "common/io/msgpack.h"
#include "common/schema/keyset.h"
#include "common/snapshot/snap.h"
#include "stages/plan-check/children.h"

/*
 * The digest of a table is over everything that decides its rows and nothing else, so that a
 * table or a rule added elsewhere leaves it as it was: its part of the plan, what the schema
 * says of it, and the digests of the parents it picks from.
 */

static void add_type(struct buf *b, const struct pg_type *t)
{
	mp_array(b, 8);
	mp_str(b, t->schema);
	mp_str(b, t->name);
	mp_int(b, t->cls);
	mp_int(b, t->typmod);
	mp_bool(b, t->not_null);
	mp_array(b, t->nlabels);
	for (uint32_t i = 0; i < t->nlabels; i++)
		mp_str(b, t->labels[i]);
	mp_array(b, t->nchecks);
	for (uint32_t i = 0; i < t->nchecks; i++)
		mp_str(b, t->checks[i].expr);
	if (t->cls == PG_DOMAIN && t->elem != NULL)
		add_type(b, t->elem);
	else
		mp_nil(b);
}

static void add_column(struct buf *b, const struct pg_column *c)
{
	mp_array(b, 10);
	mp_str(b, c->name);
	add_type(b, c->type);
	mp_str(b, c->formatted);
	mp_bool(b, c->not_null);
	mp_str(b, c->collation);
	mp_str(b, c->deflt);
	mp_str(b, c->generated);
	mp_int(b, c->identity);
	mp_int(b, c->seq_start);
	mp_int(b, c->seq_step);
}

/* functions the table's expressions name: their bodies decide what a CHECK means */
static void add_functions(struct buf *b, const struct schema *s, const struct pg_table *t)
{
	for (uint32_t f = 0; f < s->nfunctions; f++) {
		const struct pg_function *fn = &s->functions[f];

		for (uint32_t i = 0; i < t->ncons; i++)
			if (t->cons[i].expr != NULL && strstr(t->cons[i].expr, fn->name) != NULL) {
				mp_str(b, fn->name);
				mp_str(b, fn->body);
				break;
			}
	}
}

static void add_schema(struct buf *b, const struct schema *s, const struct pg_table *t)
{
	mp_array(b, t->ncolumns);
	for (uint32_t i = 0; i < t->ncolumns; i++)
		add_column(b, &t->columns[i]);
	mp_array(b, t->ncons);
	for (uint32_t i = 0; i < t->ncons; i++) {
		mp_str(b, t->cons[i].name);
		mp_str(b, t->cons[i].definition);
	}
	for (uint32_t i = 0; i < t->nkeys; i++)
		if (t->keys[i].kind == KEY_INDEX)
			mp_str(b, t->keys[i].definition);
	add_functions(b, s, t);
}

/* Of a parent whose keys are computed, all that may decide them; its digest may hang on ours. */
static void add_computed(struct buf *b, const struct resolver *r, const struct plan_table *t)
{
	plan_pack_table(b, r->p, t);
	add_schema(b, r->c->schema, t->table);
	for (uint32_t k = 0; k < t->nfks; k++)
		if (how_picks(t->fks[k].how) && !t->fks[k].computed)
			mp_str(b, r->p->tables[t->fks[k].parent].digest);
}

/* Of the rows that aggregates are made of: what decides them, the tables they read, and the
 * same of their own aggregates. */
struct aggregated {
	struct buf *b;
	bool *seen; /* by table */
};

static void add_child(void *ctx, struct resolver *r, const struct plan_table *t, uint32_t col,
	const struct plan_table *child)
{
	struct aggregated *f = ctx;

	(void)t;
	(void)col;
	if (f->seen[child->table->index])
		return;
	f->seen[child->table->index] = true;
	plan_pack_table(f->b, r->p, child);
	add_schema(f->b, r->c->schema, child->table);
	for (uint32_t k = 0; k < child->nfks; k++)
		if (child->fks[k].computed)
			add_computed(f->b, r, &r->p->tables[child->fks[k].parent]);
	children_of(r, child, add_child, f);
}

static void add_children(struct buf *b, struct resolver *r, const struct plan_table *t)
{
	struct aggregated f = {.b = b};

	f.seen = arena_array(r->c->a, r->c->schema->ntables + 1UL, sizeof(bool));
	if (f.seen == NULL) {
		r->c->is.failed = true;
		return;
	}
	children_of(r, t, add_child, &f);
	for (uint32_t i = 0; i < t->nreads; i++)
		mp_str(b, r->p->tables[t->reads[i]].digest);
}

void resolve_digests(struct resolver *r)
{
	struct buf b = BUF_INIT;

	/* of a cycle some tables read others that have no digest yet, whatever was said before */
	for (uint32_t i = 0; i < r->p->ntables; i++)
		r->p->tables[i].digest[0] = '\0';
	for (uint32_t i = 0; i < r->p->ntables; i++) {
		struct plan_table *t = &r->p->tables[i];

		buf_clear(&b);
		if (t->existing)
			mp_str(&b, t->snapshot); /* its rows, whatever the plan says */
		plan_pack_table(&b, r->p, t);
		add_schema(&b, r->c->schema, t->table);
		for (uint32_t k = 0; k < t->nfks; k++)
			if (t->fks[k].computed)
				add_computed(&b, r, &r->p->tables[t->fks[k].parent]);
			else if (how_picks(t->fks[k].how))
				mp_str(&b, r->p->tables[t->fks[k].parent].digest);
		add_children(&b, r, t);
		if (buf_ok(&b))
			digest_sha256_hex(b.p, b.n, t->digest);
		else
			r->c->is.failed = true;
	}
	buf_free(&b);
}
