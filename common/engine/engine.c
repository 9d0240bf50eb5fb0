/* SPDX-License-Identifier: MIT */
#include "common/engine/engine.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/engine/engine_int.h"
#include "common/relation/foreign_twin.h"

struct engine {
	const struct bound *b;
	struct foreign *fc;
	struct bound_key *keys; /* with the parents' real sizes */
	struct engine_block main, redo;
	bool has_redo, unchecked;
	struct arena *a;
	struct arena tmp; /* of the checks */
	struct engine_counts counts;
	uint64_t *failed;	   /* [VEC_BLOCK]: bits of the checks a row has failed so far */
	uint64_t last;		   /* those that the last row to fail failed last */
	uint8_t *pass;		   /* [VEC_BLOCK] */
	struct engine_row *looked; /* NULL: nobody looks into the row */
};

/* ---- opening --------------------------------------------------------------------- */

static int too_few(const struct engine *g, uint32_t f, uint64_t have, struct err *e)
{
	const struct pg_table *t = g->b->t->table;
	const struct pg_constraint *c = &t->cons[g->b->t->fks[f].con];

	return err_no(e, "key_space_too_small",
		"table %s.%s: foreign key %s: %s rows need more rows of %s.%s than the %s of its "
		"key snapshot",
		t->schema, t->name, c->name, num_people(g->b->t->rows).s, c->ref_schema,
		c->ref_table, num_people(have).s);
}

int engine_share(const struct bound *b, struct foreign *fc, struct err *e)
{
	for (uint32_t f = 0; fc != NULL && f < b->t->nfks; f++)
		if (b->fks[f].counted && b->fks[f].mode == PLAN_FK_WEIGHTED &&
			foreign_sum_weights(fc, f, e) == -1)
			return -1;
	return 0;
}

/* The relations as bind wants them, over the parents that are really there. */
static int set_relations(struct engine *g, struct err *e)
{
	const struct bound *b = g->b;

	for (uint32_t f = 0; f < b->t->nfks; f++) {
		struct relation *r = foreign_relation(g->fc, f);
		struct plan_fk as = b->t->fks[f];
		const struct relation was = *r;
		uint64_t parents = was.parents + was.less; /* another shard was before us */

		as.null_rate = b->fks[f].null_rate;
		if ((b->fks[f].mode == PLAN_FK_ONE_TO_ONE && b->t->rows > parents) ||
			(b->fks[f].less > 0 && parents <= b->fks[f].less))
			return too_few(g, f, parents, e);
		relation_init(r, b->fks[f].mode, was.key, b->t->rows, parents - b->fks[f].less,
			b->fks[f].null_rate);
		r->less = b->fks[f].less;
		r->partial = b->fks[f].partial;
		r->partial.key = was.partial.key;
		r->list = was.list;
		r->odds = was.odds;
		r->total = was.total;
		r->counted = b->fks[f].counted;
		r->cum = r->counted ? was.cum : NULL;
		if (relation_shape(r, &as, g->a, e) == -1)
			return err_wrap(e, "table %s.%s: foreign key %s", b->t->table->schema,
				b->t->table->name, b->t->table->cons[b->t->fks[f].con].name);
	}
	for (uint32_t f = 0; f < b->t->nfks; f++)
		if (plan_fk_within(b->fks[f].mode))
			foreign_relation(g->fc, f)->within =
				foreign_relation(g->fc, b->t->fks[f].base);
	return 0;
}

/* That no parent has more children than a key which they complete has room for. */
static int has_room(
	const struct bound *b, struct bound_key *key, const struct foreign *fc, struct err *e)
{
	const struct relation *r = foreign_relation(fc, (uint32_t)key->anchor);
	const struct pg_constraint *c = &b->t->table->cons[b->t->fks[key->anchor].con];
	uint64_t most = relation_most(r);

	if (engine_slots_fit(key, most) && (most <= key->size || key->partial))
		return 0;
	return err_no(e, "key_space_too_small",
		"table %s.%s: %s: %s rows among the %s rows of %s.%s that may be picked by foreign "
		"key %s give one of them %s, and the key has room for %s",
		b->t->table->schema, b->t->table->name, key->name, num_people(r->rows).s,
		num_people(r->parents).s, c->ref_schema, c->ref_table, c->name, num_people(most).s,
		num_people(key->slots > 0 ? key->slots : key->size).s);
}

/* Paired FKs: the digits of their keys, again with the real sizes. */
static int set_pairs(struct engine *g, struct err *e)
{
	const struct bound *b = g->b;

	for (uint32_t f = 0; f < b->t->nfks; f++) {
		struct relation *r = foreign_relation(g->fc, f), *with;
		uint64_t planned;
		struct bound_key *key;

		if (b->fks[f].pair < 0 || b->keys[b->fks[f].pair].joint)
			continue;
		key = &g->keys[b->fks[f].pair];
		if (key->anchor < 0) { /* of twins: it numbers pairs of parents */
			key->size = twins_pairs(r->parents + r->less);
			if (key->size < b->t->rows)
				return too_few(g, f, r->parents, e);
			continue;
		}
		with = foreign_relation(g->fc, (uint32_t)key->anchor);
		planned = b->plan->tables[b->t->fks[f].parent].rows - b->fks[f].less;
		if (key->size == planned)
			key->size = r->parents; /* its only digit */
		else if (planned != r->parents)
			return too_few(g, f, r->parents, e);
		if (relation_most(with) > key->size && !key->partial)
			return too_few(g, f, r->parents, e);
		relation_pair(r, with, key->key, key->size, b->fks[f].div);
	}
	for (uint32_t i = 0; i < b->nkeys; i++)
		if (g->keys[i].anchor >= 0 && has_room(b, &g->keys[i], g->fc, e) == -1)
			return -1;
	return 0;
}

int engine_fits(const struct bound *b, const struct bound *part, struct foreign *fc, struct err *e)
{
	for (uint32_t i = 0; i < b->nkeys; i++) {
		struct bound_key key = b->keys[i];
		bool paired = key.joint;

		for (uint32_t f = 0; f < b->t->nfks; f++)
			paired = paired || b->fks[f].pair == (int)i;
		if (key.anchor >= 0 && !paired && plan_fk_picks(part->fks[key.anchor].mode) &&
			has_room(b, &key, fc, e) == -1)
			return -1;
	}
	return 0;
}

static int counters(struct engine *g, struct err *e)
{
	uint32_t n = g->b->t->table->ncolumns;

	g->counts.redrawn = arena_array(g->a, n + 1UL, sizeof(uint64_t));
	g->counts.nulls = arena_array(g->a, n + 1UL, sizeof(uint64_t));
	g->counts.failed = arena_array(g->a, g->b->nchecks + 1UL, sizeof(uint64_t));
	g->failed = arena_array(g->a, VEC_BLOCK, sizeof(uint64_t));
	g->pass = arena_array(g->a, VEC_BLOCK, 1);
	if (g->counts.redrawn == NULL || g->counts.nulls == NULL || g->counts.failed == NULL ||
		g->failed == NULL || g->pass == NULL)
		return err_nomem(e);
	return 0;
}

int engine_open(struct engine **out, const struct bound *b, struct foreign *fc, struct arena *a,
	struct err *e)
{
	struct engine *g = arena_alloc(a, sizeof(*g));

	if (g == NULL)
		return err_nomem(e);
	g->b = b;
	g->fc = fc;
	g->a = a;
	g->tmp = ARENA_INIT;
	if ((g->keys = arena_array(a, b->nkeys + 1UL, sizeof(g->keys[0]))) == NULL)
		return err_nomem(e);
	if (b->nkeys > 0)
		memcpy(g->keys, b->keys, b->nkeys * sizeof(g->keys[0]));
	if (counters(g, e) == -1 || engine_share(b, fc, e) == -1 ||
		(fc != NULL && (set_relations(g, e) == -1 ||
				       engine_joints_init(g->fc, b, g->keys, a, e) == -1 ||
				       set_pairs(g, e) == -1)) ||
		engine_block_init(&g->main, NULL, b, fc, g->keys, a, e) == -1) {
		engine_close(g);
		return -1;
	}
	*out = g;
	return 0;
}

void engine_close(struct engine *g)
{
	if (g == NULL)
		return;
	engine_block_free(&g->main);
	engine_block_free(&g->redo);
	arena_free(&g->tmp);
}

struct engine_block *engine_rows(struct engine *g)
{
	return &g->main;
}

void engine_unchecked(struct engine *g)
{
	g->unchecked = true;
}

void engine_expect(const struct engine *g, uint64_t rows)
{
	enum { WORTH = 100 }; /* a row in so many of the parent's */

	for (uint32_t i = 0; i < g->b->ngathers; i++) {
		const struct keys *k = foreign_keys(g->fc, g->b->gathers[i].fk);

		if (k != NULL && g->main.handles[i] != -1 && rows > keys_rows(k) / WORTH)
			keys_populate(k, g->main.handles[i]);
	}
	engine_children_expect(&g->main, rows);
}

/* ---- checks ------------------------------------------------------------------------- */

static int fault(const struct engine *g, const struct bound_check *c, uint64_t row, const char *why,
	struct err *e)
{
	const struct pg_table *t = g->b->t->table;
	char shown[STR_SHOWN];

	return err_set(e, ERR_NO,
		"table %s.%s: row %llu cannot meet check %s, %s: %s; give its columns generators "
		"that can, or set the policy of checks to warn",
		t->schema, t->name, (unsigned long long)row, c->name,
		str_shown(shown, c->definition), why);
}

/* Set in failed[] the checks each row of a block fails; false: none does. */
static int verify(struct engine *g, const struct engine_block *k, uint64_t *failed, bool count,
	bool *any, struct err *e)
{
	*any = false;
	memset(failed, 0, k->n * sizeof(failed[0]));
	for (uint32_t i = 0; i < g->b->nchecks; i++) {
		const struct bound_check *c = &g->b->checks[i];
		const struct vec *const one[] = {c->column >= 0 ? k->cols[c->column] : NULL};

		arena_reset(&g->tmp);
		if (sql_check(c->expr, c->column >= 0 ? one : k->cols, k->n, g->pass, &g->tmp, e) ==
			-1)
			return err_wrap(e, "check %s of %s.%s", c->name, g->b->t->table->schema,
				g->b->t->table->name);
		for (uint32_t r = 0; r < k->n; r++) {
			if (g->pass[r])
				continue;
			if (c->policy == PLAN_ENFORCE) {
				failed[r] |= c->bit;
				*any = true;
			} else if (count) {
				g->counts.failed[i]++;
			}
		}
	}
	return 0;
}

static const struct bound_check *check_of(const struct engine *g, uint64_t mask)
{
	uint32_t i = 0;

	while (i + 1 < g->b->nchecks &&
		(!(mask & g->b->checks[i].bit) || g->b->checks[i].policy != PLAN_ENFORCE))
		i++;
	return &g->b->checks[i];
}

/* ---- drawing again -------------------------------------------------------------------- */

/* Whether drawing again what the checks of ${mask} tie may give another row. */
static bool can_change(const struct engine *g, uint64_t mask)
{
	for (uint32_t i = 0; i < g->b->nmake; i++)
		if (g->b->ops[i].again & mask && g->b->ops[i].redraws)
			return true;
	return false;
}

static void copy_value(
	struct vec *to, uint32_t i, const struct vec *from, uint32_t j, struct arena *a, bool *ok)
{
	if (vec_is_null(from, j)) {
		vec_set_null(to, i);
		return;
	}
	if (to->has_null)
		to->null[i] = 0;
	if (vec_is_ordinal(from->type)) {
		to->v.i[i] = from->v.i[j];
	} else if (from->type == VT_F64) {
		to->v.f[i] = from->v.f[j];
	} else if (from->type == VT_UUID) {
		to->v.u[i] = from->v.u[j];
	} else { /* the second block's heap is used again: keep the bytes */
		char *p = arena_alloc(a, from->v.t[j].n + 1);

		if (p == NULL) {
			*ok = false;
			return;
		}
		memcpy(p, from->v.t[j].p, from->v.t[j].n);
		to->v.t[i] = (struct vtext){p, from->v.t[j].n};
	}
}

/* Row j of the second block is good: it replaces row i of the first. */
static int adopt(struct engine *g, uint32_t i, uint32_t j, struct err *e)
{
	const uint32_t *carry = g->b->carry;
	bool ok = true;

	for (uint32_t c = 0; c < g->b->t->ncarry; c++)
		if (carry[c] != UINT32_MAX)
			copy_value(&g->main.gathers[carry[c]], i, &g->redo.gathers[carry[c]], j,
				&g->main.texts, &ok);
	for (uint32_t o = 0; o < g->b->norder; o++) {
		uint32_t c = g->b->order[o];
		/* a gather is handed out as it is: write to what it points at */
		struct vec *to = g->main.cols[c] == &g->main.columns[c]
					 ? &g->main.columns[c]
					 : &g->main.gathers[g->b->columns[c].gather];

		to->type = g->redo.cols[c]->type;
		copy_value(to, i, g->redo.cols[c], j, &g->main.texts, &ok);
	}
	return ok ? 0 : err_nomem(e);
}

/* The rows of the block that have failed exactly ${mask}, made again with the same attempt. */
static int again(struct engine *g, uint64_t mask, uint64_t attempt, const uint64_t *todo,
	uint64_t *next, bool *left, struct err *e)
{
	uint64_t failed[VEC_BLOCK];
	uint32_t at[VEC_BLOCK];
	struct engine_block *k = &g->redo;
	bool any;

	k->n = 0;
	for (uint32_t i = 0; i < g->main.n; i++)
		if (todo[i] == mask) {
			at[k->n] = i;
			k->row[k->n++] = g->main.row[i];
		}
	if (!can_change(g, mask))
		return fault(
			g, check_of(g, mask), k->row[0], "nothing of it may be drawn again", e);
	k->first_at = at;
	if (engine_block_fill(k, attempt, mask, e) == -1)
		return -1;
	g->counts.retries += k->n;
	g->counts.most = attempt + 1 > g->counts.most ? attempt + 1 : g->counts.most;
	for (uint32_t o = 0; o < g->b->norder; o++)
		if (g->b->columns[g->b->order[o]].tied & mask)
			g->counts.redrawn[g->b->order[o]] += k->n;
	if (verify(g, k, failed, false, &any, e) == -1)
		return -1;
	for (uint32_t j = 0; j < k->n; j++) {
		next[at[j]] = failed[j] != 0 ? mask | failed[j] : 0;
		*left = *left || failed[j] != 0;
		g->last = failed[j] != 0 ? failed[j] : g->last;
		if (failed[j] == 0 && adopt(g, at[j], j, e) == -1)
			return -1;
	}
	return 0;
}

static int redraw(struct engine *g, struct err *e)
{
	uint64_t next[VEC_BLOCK];
	bool left = true;

	if (!g->has_redo &&
		engine_block_init(&g->redo, &g->main, g->b, g->fc, g->keys, g->a, e) == -1)
		return -1;
	g->has_redo = true;
	for (uint64_t attempt = 1; left && attempt <= ENGINE_ATTEMPTS; attempt++) {
		left = false;
		if (g->looked != NULL)
			g->looked->failed[g->looked->attempts++] = g->failed[0];
		memset(next, 0, sizeof(next));
		for (uint32_t i = 0; i < g->main.n; i++) {
			uint64_t mask = g->failed[i];
			bool seen = mask == 0;

			for (uint32_t j = 0; j < i && !seen; j++)
				seen = g->failed[j] == mask;
			if (!seen && again(g, mask, attempt, g->failed, next, &left, e) == -1)
				return -1;
		}
		memcpy(g->failed, next, g->main.n * sizeof(next[0]));
	}
	for (uint32_t i = 0; left && i < g->main.n; i++)
		if (g->failed[i] != 0)
			return fault(g, check_of(g, g->last), g->main.row[i],
				"it failed in every one of 100 draws", e);
	return 0;
}

/* ---- blocks ----------------------------------------------------------------------------- */

static void count_nulls(struct engine *g)
{
	for (uint32_t o = 0; o < g->b->norder; o++) {
		const struct vec *v = g->main.cols[g->b->order[o]];
		uint64_t n = 0;

		if (!v->has_null)
			continue;
		for (uint32_t i = 0; i < g->main.n; i++)
			n += v->null[i];
		g->counts.nulls[g->b->order[o]] += n;
	}
}

int engine_make(struct engine *g, struct err *e)
{
	bool any = false;

	arena_reset(&g->main.texts);
	if (engine_block_fill(&g->main, 0, 0, e) == -1)
		return -1;
	if (g->b->nchecks > 0 && !g->unchecked &&
		verify(g, &g->main, g->failed, true, &any, e) == -1)
		return -1;
	if (any && redraw(g, e) == -1)
		return -1;
	count_nulls(g);
	g->counts.rows += g->main.n;
	g->counts.most = g->counts.most > 0 ? g->counts.most : g->main.n > 0;
	return 0;
}

int engine_block(struct engine *g, uint64_t row0, uint32_t n, struct err *e)
{
	g->main.n = n;
	for (uint32_t i = 0; i < n; i++)
		g->main.row[i] = row0 + i;
	g->main.neighbours = true;
	return engine_make(g, e);
}

int engine_row(struct engine *g, uint64_t row, struct engine_row *out, struct err *e)
{
	int rc;

	*out = (struct engine_row){.attempts = 0};
	g->looked = out;
	rc = engine_block(g, row, 1, e);
	g->looked = NULL;
	out->block = out->attempts > 0 ? &g->redo : &g->main;
	return rc;
}

const struct vec *const *engine_columns(const struct engine *g)
{
	return g->main.cols;
}

const struct engine_counts *engine_counts(const struct engine *g)
{
	return &g->counts;
}
