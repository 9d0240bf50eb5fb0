/* SPDX-License-Identifier: MIT */
#include "common/program/reads.h"

#include <assert.h>

#include "common/generators/gen_children.h"
#include "common/relation/foreign.h"

/*
 * The operations of a program, in the order in which the engine runs them: parents are chosen, what
 * is read there is read, the bijections of unique keys are evaluated, columns are made, each
 * after those that it reads (bound.order), and transformed, and the row is checked.
 */

/* Of what program_reads() lists for what an operation makes: what must have been made before. */
static const unsigned reasons[OP_COUNT] = {
	/* whom these choose is a function of the row's number alone */
	[OP_PICK] = 0,
	[OP_FOLLOW] = READ_BASE,
	[OP_COMPLETE] = READ_DIGIT,
	[OP_TWINS] = 0,
	[OP_RECOMPUTE] = READ_VALUE,
	[OP_CLIMB] = READ_VALUE,
	[OP_READ] = READ_VALUE,
	[OP_RANK] = READ_VALUE,
	[OP_DIGITS] = READ_DIGIT,
	[OP_BRANCH] = READ_BRANCH | READ_DIGIT,
	[OP_ORPHAN] = READ_BRANCH,
	[OP_ASSIGN] = READ_VALUE,
	[OP_ALWAYS_NULL] = 0,
	[OP_SEQUENCE] = 0,
	[OP_DRAW] = READ_LIMIT | READ_DIGIT,
	[OP_DRAW_BRANCHES] = READ_LIMIT | READ_BRANCH,
	[OP_DERIVE] = READ_INPUT | READ_VALUE,
	[OP_AGGREGATE] = READ_INPUT | READ_VALUE,
	[OP_SET_NULLS] = READ_BRANCH,
	[OP_SUFFIX] = 0,
	[OP_TRANSFORM] = 0,
	[OP_LOOK_UP] = 0,
	[OP_CHECK] = 0,
};

/* Operations as they are put together. */
struct assembly {
	struct table_program *b;
	struct arena *a;
	bool *branched; /* by choice: its branch is taken already */
	bool failed;	/* out of memory */
};

/* ---- reads and writes --------------------------------------------------------------------- */

/* Things that are listed. In a first pass, which only counts them, v is NULL. */
struct list {
	struct thing *v;
	uint32_t n;
	unsigned reasons;
};

/* Adds what program_reads() names if the operation reads it for one of its
 * reasons. */
static int note(void *ctx, struct thing t, enum read_reason why)
{
	struct list *l = ctx;

	if (!(why & l->reasons))
		return 0;
	if (l->v != NULL)
		l->v[l->n] = t;
	l->n++;
	return 0;
}

/* An operation reads what the things that it writes are made from. Transforms
 * and NULLs also read the column that is there, and a check reads its columns. */
static void list_reads(const struct table_program *b, const struct operation *op, struct list *l)
{
	const struct thing self = {THING_COLUMN, op->at};
	uint32_t n = 0;
	const uint32_t *cols;

	l->n = 0;
	l->reasons = reasons[op->code];
	if (op->code == OP_CHECK) {
		const struct program_check *k = &b->checks[op->at];

		l->reasons = READ_INPUT;
		cols = sql_columns(k->expr, &n);
		if (k->column >= 0)
			note(l, (struct thing){THING_COLUMN, (uint32_t)k->column}, READ_INPUT);
		for (uint32_t i = 0; i < n && k->column < 0; i++)
			note(l, (struct thing){THING_COLUMN, cols[i]}, READ_INPUT);
		return;
	}
	for (uint32_t i = 0; i < op->nwrites; i++)
		(void)program_reads(b, op->writes[i], note, l);
	if (op->code == OP_TWINS)
		for (uint32_t i = 0; i < op->nwrites; i++)
			(void)note(l, op->writes[i], READ_INPUT);
	l->reasons = READ_INPUT;
	if (op->code == OP_SET_NULLS || op->code == OP_TRANSFORM || op->code == OP_LOOK_UP ||
		op->code == OP_DRAW_BRANCHES || op->code == OP_SUFFIX)
		(void)note(l, self, READ_INPUT);
}

/* Appends an operation, with its lists of reads and writes. */
static void add(struct assembly *s, struct operation op, const struct thing *writes, uint32_t n)
{
	struct list l = {.v = NULL};
	struct thing *w = arena_array(s->a, n + 1UL, sizeof(*w));

	for (uint32_t i = 0; w != NULL && i < n; i++)
		w[i] = writes[i];
	op.writes = w;
	op.nwrites = n;
	if (w != NULL) {
		list_reads(s->b, &op, &l);
		l.v = arena_array(s->a, l.n + 1UL, sizeof(l.v[0]));
	}
	if (l.v == NULL) {
		s->failed = true;
		return;
	}
	list_reads(s->b, &op, &l);
	op.reads = l.v;
	op.nreads = l.n;
	s->b->ops[s->b->nops++] = op;
}

static void add_one(struct assembly *s, struct operation op, enum thing_kind kind)
{
	struct thing t = {kind, op.at};

	add(s, op, &t, 1);
}

/* ---- parents ------------------------------------------------------------------------------ */

/* Whether another attempt could choose another parent. */
static bool may_pick_another(const struct program_fk *f)
{
	return (f->completes < 0 && (how_alone(f->how) || how_forest(f->how)) &&
		       how_redraws(f->how)) ||
	       f->partial.nmasks > 0;
}

/* Foreign keys that choose for themselves come before those that follow them. */
static void add_picks(struct assembly *s)
{
	const struct table_program *b = s->b;

	for (int follow = 0; follow < 2; follow++)
		for (uint32_t f = 0; f < b->t->nfks; f++)
			if (!how_off(b->fks[f].how) && (how_follows(b->fks[f].how)) == follow)
				add_one(s,
					(struct operation){.code = follow ? OP_FOLLOW : OP_PICK,
						.at = f,
						.again = b->fks[f].tied,
						.redraws = may_pick_another(&b->fks[f])},
					THING_PARENT);
}

/* A joint key decides the parents of all foreign keys that complete it, so one
 * operation writes them all. */
static void add_joint(struct assembly *s, uint32_t key)
{
	struct thing *w = arena_array(s->a, s->b->t->nfks + 1UL, sizeof(*w));
	uint32_t n = 0;

	if (w == NULL) {
		s->failed = true;
		return;
	}
	w[n++] = (struct thing){THING_DIGITS, key};
	for (uint32_t f = 0; f < s->b->t->nfks; f++)
		if (s->b->fks[f].completes == (int)key)
			w[n++] = (struct thing){THING_PARENT, f};
	add(s, (struct operation){.code = OP_COMPLETE, .at = key}, w, n);
}

/* Parents that are chosen together: by joint keys and by twins. */
static void add_together(struct assembly *s)
{
	const struct table_program *b = s->b;

	for (uint32_t i = 0; i < b->nkeys; i++)
		if (b->keys[i].joint && b->keys[i].size > 0)
			add_joint(s, i);
	for (uint32_t i = 0; i < b->ntwins; i++) {
		const struct thing both[] = {
			{THING_PARENT, b->twins[i].first}, {THING_PARENT, b->twins[i].second}};

		add(s, (struct operation){.code = OP_TWINS, .at = i}, both, 2);
	}
}

/* Whether a value is read of rows that are made for it, not of a snapshot. */
static bool is_recomputed(const struct table_program *b, const struct program_gather *g)
{
	return g->from == GEN_PARENT && b->t->fks[g->fk].computed && how_picks(b->fks[g->fk].how);
}

/* All values of one foreign key's parents are made at once; those that climb, by themselves. */
static void add_recomputed(struct assembly *s, uint32_t f, bool climbs)
{
	const struct table_program *b = s->b;
	struct thing *w = arena_array(s->a, b->ngathers + 1UL, sizeof(*w));
	uint32_t n = 0;

	if (w == NULL) {
		s->failed = true;
		return;
	}
	for (uint32_t i = 0; i < b->ngathers; i++)
		if (b->gathers[i].fk == f && is_recomputed(b, &b->gathers[i]) &&
			b->gathers[i].climbs == climbs)
			w[n++] = (struct thing){THING_VALUE, i};
	if (n > 0)
		add(s, (struct operation){.code = climbs ? OP_CLIMB : OP_RECOMPUTE, .at = f}, w, n);
}

/* What is read of parents, and the values of keys' bijections. */
static void add_values(struct assembly *s)
{
	const struct table_program *b = s->b;

	for (uint32_t f = 0; f < b->t->nfks; f++)
		for (int climbs = 0; climbs < 2; climbs++)
			add_recomputed(s, f, climbs);
	for (uint32_t i = 0; i < b->ngathers; i++)
		if (!is_recomputed(b, &b->gathers[i]))
			add_one(s,
				(struct operation){.code = b->gathers[i].from == GEN_PARENT
								   ? OP_READ
								   : OP_RANK,
					.at = i},
				THING_VALUE);
	for (uint32_t i = 0; i < b->nkeys; i++)
		if (!b->keys[i].joint && b->keys[i].size > 0)
			add_one(s, (struct operation){.code = OP_DIGITS, .at = i}, THING_DIGITS);
}

/* ---- columns ------------------------------------------------------------------------------ */

/* Which operation makes a column: the first that applies. */
static enum operation_code code_of(const struct program_column *c)
{
	if (c->source == PLAN_FOREIGN)
		return OP_ASSIGN;
	if (c->source == PLAN_ALWAYS_NULL)
		return OP_ALWAYS_NULL;
	if (gen_children_of(&c->gen) != NULL)
		return OP_AGGREGATE;
	if (c->gen.op->derives)
		return OP_DERIVE;
	return c->gen.affine && vec_is_ordinal(c->type) ? OP_SEQUENCE : OP_DRAW;
}

/* The branch of a disjunction is taken before the first column that depends on
 * it. */
static void add_branch(struct assembly *s, uint32_t c)
{
	const struct program_column *col = &s->b->columns[c];
	uint32_t x = (uint32_t)col->disjunction;

	if (!s->branched[x])
		add_one(s,
			(struct operation){
				.code = OP_BRANCH, .at = x, .again = s->b->disjunctions[x].tied},
			THING_BRANCH);
	s->branched[x] = true;
	if (col->source == PLAN_FOREIGN)
		add_one(s, (struct operation){.code = OP_ORPHAN, .at = c, .again = col->tied},
			THING_COLUMN);
}

static bool may_be_null(const struct program_column *c)
{
	return c->null_below > 0 || c->disjunction >= 0 || c->null_of != NULL;
}

/* The numbers of a column's texts are those of its rows, not of the sampled ones. */
static void add_suffix(struct assembly *s, uint32_t c)
{
	add_one(s, (struct operation){.code = OP_SUFFIX, .at = c, .again = s->b->columns[c].tied},
		THING_COLUMN);
}

/* A column's operations: its branch, its value, its value by branch, its NULLs.
 * A foreign key's member of the key's own type needs none: what was read of the
 * parent is the column. */
static void add_column(struct assembly *s, uint32_t c)
{
	const struct program_column *col = &s->b->columns[c];
	struct operation op = {
		.code = code_of(col), .at = c, .again = col->tied, .sampled = col->sampled};
	bool draws = op.code == OP_SEQUENCE || op.code == OP_DRAW;

	if (col->disjunction >= 0)
		add_branch(s, c);
	if (op.code == OP_ASSIGN && col->move == NULL)
		return;
	op.redraws = (op.code == OP_DRAW || op.code == OP_DERIVE) &&
		     col->source == PLAN_GENERATOR && !col->gen.affine && col->pick != DRAW_DIGIT;
	add_one(s, op, THING_COLUMN);
	op.redraws = false;
	op.code = OP_DRAW_BRANCHES;
	if (draws && col->disjunction >= 0)
		add_one(s, op, THING_COLUMN);
	op.code = OP_SET_NULLS;
	op.redraws = col->null_below > 0 && col->null_below < UINT64_MAX;
	if (may_be_null(col))
		add_one(s, op, THING_COLUMN);
	if (col->suffix != NULL && col->suffix->after == 0)
		add_suffix(s, c);
}

/* Transforms run after all columns are made, because columns read each other's
 * values before their transforms. */
static void add_transforms(struct assembly *s, uint32_t c)
{
	const struct program_column *col = &s->b->columns[c];
	struct operation op = {.code = OP_TRANSFORM, .at = c, .again = col->tied};

	if (col->written != NULL) {
		op.code = OP_LOOK_UP;
		add_one(s, op, THING_COLUMN);
		return;
	}
	for (; op.transform < col->ntransforms; op.transform++) {
		op.redraws = col->transforms[op.transform].op->draws;
		op.sampled =
			col->sampled && col->suffix != NULL && op.transform < col->suffix->after;
		add_one(s, op, THING_COLUMN);
		if (col->suffix != NULL && col->suffix->after == op.transform + 1)
			add_suffix(s, c);
	}
}

/* ---- the program --------------------------------------------------------------------------- */

/* More operations than a program can have, so that the array is allocated once. */
static size_t most_operations(const struct table_program *b)
{
	/* its branch, orphan, value, value by branch, NULLs, number */
	enum { PER_COLUMN = 6 };
	size_t n = 3UL * b->t->nfks + 2UL * b->nkeys + b->ntwins + b->ngathers + b->nchecks;

	for (uint32_t i = 0; i < b->norder; i++)
		n += PER_COLUMN + b->columns[b->order[i]].ntransforms;
	return n;
}

/* Puts the operations in order. The array has room for more than can be needed,
 * so that it never moves. The checks come last; nmake says where they begin. */
int program_assemble(struct table_program *b, struct arena *a)
{
	struct assembly s = {.b = b, .a = a};
	size_t most = most_operations(b);

	b->nops = 0;
	b->ops = arena_array(a, most + 1, sizeof(b->ops[0]));
	s.branched = arena_array(a, b->ndisjunctions + 1UL, sizeof(bool));
	if (b->ops == NULL || s.branched == NULL)
		return -1;
	add_picks(&s);
	add_together(&s);
	add_values(&s);
	for (uint32_t i = 0; i < b->norder; i++)
		add_column(&s, b->order[i]);
	for (uint32_t i = 0; i < b->norder; i++)
		add_transforms(&s, b->order[i]);
	b->nmake = b->nops;
	for (uint32_t i = 0; i < b->nchecks; i++)
		add(&s, (struct operation){.code = OP_CHECK, .at = i}, NULL, 0);
	assert(b->nops <= most);
	return s.failed ? -1 : 0;
}
