/* SPDX-License-Identifier: MIT */
#include "common/engine/engine_int.h"

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/relation/foreign_twin.h"

/*
 * Relations over the parents that are really there: another run may have made more of them, or
 * fewer, than the plan says.  The keys that parents' numbers are digits of change their sizes with
 * them; where rows can no longer be distinct that is said here, with the numbers.
 */

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

/* Relations that deal rows out by weight need sums of the weights before
 * anything else is known of them. */
int engine_share(const struct table_program *b, struct foreign *fc, struct err *e)
{
	for (uint32_t f = 0; fc != NULL && f < b->t->nfks; f++)
		if (b->fks[f].how.ranked && how_told(b->fks[f].how) == PLAN_TELL_WEIGHTS &&
			foreign_sum_weights(fc, f, e) == -1)
			return -1;
	return 0;
}

/* Builds the relations again over the parents that are really there, as the
 * compiler wants them: a key may have changed the law that the plan asks for. */
static int set_relations(struct engine *g, struct err *e)
{
	const struct table_program *b = g->b;

	for (uint32_t f = 0; f < b->t->nfks; f++) {
		struct relation *r = foreign_relation(g->fc, f);
		struct plan_fk as = b->t->fks[f];
		const struct relation was = *r;
		uint64_t parents = was.parents + was.excluded; /* another shard was before us */

		as.null_rate = b->fks[f].null_rate;
		as.own_roots = as.own_roots || b->fks[f].own_roots;
		if ((how_one_to_one(b->fks[f].how) && b->t->rows > parents) ||
			(b->fks[f].excluded > 0 && parents <= b->fks[f].excluded))
			return too_few(g, f, parents, e);
		relation_init(r, b->fks[f].how, was.key, b->t->rows, parents - b->fks[f].excluded,
			b->fks[f].null_rate);
		r->excluded = b->fks[f].excluded;
		r->turn = b->fks[f].turn;
		r->least_roots = as.own_roots ? r->turn + 1 : UINT64_C(1) + b->fks[f].apart;
		r->partial = b->fks[f].partial;
		r->partial.key = was.partial.key;
		r->eligible = was.eligible;
		r->alias_table = was.alias_table;
		r->total = was.total;
		r->cum = r->ranks_draws ? was.cum : NULL;
		if (relation_shape(r, &as, g->a, e) == -1)
			return err_wrap(e, "table %s.%s: foreign key %s", b->t->table->schema,
				b->t->table->name, b->t->table->cons[b->t->fks[f].con].name);
	}
	for (uint32_t f = 0; f < b->t->nfks; f++)
		if (how_grows(b->fks[f].how))
			foreign_relation(g->fc, f)->within =
				foreign_relation(g->fc, b->t->fks[f].base);
	return 0;
}

/* Refuses if a parent has more children than a key that they complete has room
 * for. The message has all the numbers. */
static int has_room(const struct table_program *b, struct program_key *key,
	const struct foreign *fc, struct err *e)
{
	const struct relation *r = foreign_relation(fc, (uint32_t)key->ranking_fk);
	const struct pg_constraint *c = &b->t->table->cons[b->t->fks[key->ranking_fk].con];
	uint64_t most = relation_most(r);

	if (engine_intervals_fit(key, most) && (most <= key->size || key->partial))
		return 0;
	return err_no(e, "key_space_too_small",
		"table %s.%s: %s: %s rows among the %s rows of %s.%s that may be picked by foreign "
		"key %s give one of them %s, and the key has room for %s",
		b->t->table->schema, b->t->table->name, key->name, num_people(r->rows).s,
		num_people(r->parents).s, c->ref_schema, c->ref_table, c->name, num_people(most).s,
		num_people(key->slots > 0 ? key->slots : key->size).s);
}

/* The digits of paired foreign keys, again with the real sizes. If the number of
 * parents is not the planned one, only a key with a single digit can adapt. */
static int set_pairs(struct engine *g, struct err *e)
{
	const struct table_program *b = g->b;

	for (uint32_t f = 0; f < b->t->nfks; f++) {
		struct relation *r = foreign_relation(g->fc, f), *with;
		uint64_t planned;
		struct program_key *key;

		if (b->fks[f].completes < 0 || b->keys[b->fks[f].completes].joint)
			continue;
		key = &g->keys[b->fks[f].completes];
		if (key->ranking_fk < 0) { /* of twins: it numbers pairs of parents */
			key->size = twins_pairs(r->parents + r->excluded);
			if (key->size < b->t->rows)
				return too_few(g, f, r->parents, e);
			continue;
		}
		with = foreign_relation(g->fc, (uint32_t)key->ranking_fk);
		planned = b->plan->tables[b->t->fks[f].parent].rows - b->fks[f].excluded;
		if (key->size == planned)
			key->size = r->parents; /* its only digit */
		else if (planned != r->parents)
			return too_few(g, f, r->parents, e);
		if (relation_most(with) > key->size && !key->partial)
			return too_few(g, f, r->parents, e);
		relation_pair(r, with, key->key, key->size, b->fks[f].div);
	}
	for (uint32_t i = 0; i < b->nkeys; i++)
		if (g->keys[i].ranking_fk >= 0 && has_room(b, &g->keys[i], g->fc, e) == -1)
			return -1;
	return 0;
}

/* The same question for plan-check, which has made the parents and asks before
 * the rows are made. */
int engine_fits(const struct table_program *b, const struct table_program *slice,
	struct foreign *fc, struct err *e)
{
	for (uint32_t i = 0; i < b->nkeys; i++) {
		struct program_key key = b->keys[i];
		bool paired = key.joint;

		for (uint32_t f = 0; f < b->t->nfks; f++)
			paired = paired || b->fks[f].completes == (int)i;
		if (key.ranking_fk >= 0 && !paired && how_picks(slice->fks[key.ranking_fk].how) &&
			has_room(b, &key, fc, e) == -1)
			return -1;
	}
	return 0;
}

/* Order matters: weights, relations, joint keys, then the pairs that depend on
 * both. */
int engine_relations(struct engine *g, struct err *e)
{
	if (engine_share(g->b, g->fc, e) == -1)
		return -1;
	if (g->fc == NULL)
		return 0;
	return set_relations(g, e) == -1 ||
			       engine_complete_init(g->fc, g->b, g->keys, g->a, e) == -1 ||
			       set_pairs(g, e) == -1
		       ? -1
		       : 0;
}
