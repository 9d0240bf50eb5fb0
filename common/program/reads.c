/* SPDX-License-Identifier: MIT */
/*
 * What everything in a program is made from: the one list that order, slices,
 * operations and attempts ask. program_reads() names what one thing reads directly
 * and why; program_walk_from() follows that through any number of steps. Whoever
 * needs to know what depends on what asks here, so that the answers cannot differ.
 */
#include "common/program/reads.h"

#include "common/relation/foreign.h"

uint32_t thing_count(const struct table_program *b)
{
	return thing_number(b, (struct thing){THING_VALUE, b->ngathers});
}

/* Things of all kinds in one sequence of numbers, so that arrays can have one
 * place for each. */
uint32_t thing_number(const struct table_program *b, struct thing t)
{
	const uint32_t n[] = {
		[THING_COLUMN] = b->t->table->ncolumns,
		[THING_INHERITED] = b->t->ninherited,
		[THING_PARENT] = b->t->nfks,
		[THING_DIGITS] = b->nkeys,
		[THING_BRANCH] = b->ndisjunctions,
	};
	uint32_t at = t.at;

	for (unsigned i = 0; i < t.kind; i++)
		at += n[i];
	return at;
}

/* ---- what is read ------------------------------------------------------------------------ */

/* Where the things that are read go. */
struct sink {
	int (*visit)(void *ctx, struct thing read, enum read_reason why);
	void *ctx;
	int rc;
};

/* Hands one thing to the visitor, unless it has stopped already. */
static void put(struct sink *s, enum thing_kind kind, uint32_t at, enum read_reason why)
{
	if (s->rc == 0)
		s->rc = s->visit(s->ctx, (struct thing){kind, at}, why);
}

/* The columns of the row that decide whether it has a parent at all come before
 * the parent's values. */
static void reads_of_member(const struct table_program *b, uint32_t c, struct sink *s)
{
	uint32_t fk = b->t->columns[c].fk;

	for (uint32_t i = 0; i < b->t->fks[fk].nsame; i++)
		put(s, THING_COLUMN, b->t->fks[fk].same[i].column, READ_AFTER);
	put(s, THING_VALUE, b->columns[c].gather, READ_VALUE);
}

/* The first column of a foreign key that has its value from the parent by it: it tells whether
 * there is one. A table's key to itself may begin with a column that has another source. */
static uint32_t first_member(const struct table_program *b, const struct pg_constraint *con)
{
	uint32_t i = 0;

	while (i < con->ncols && b->columns[con->cols[i]].source != PLAN_FOREIGN)
		i++;
	return con->cols[i < con->ncols ? i : 0];
}

/* Digits of keys, columns of the row, and values of parents. */
static void reads_of_generator(const struct table_program *b, uint32_t c, struct sink *s)
{
	const struct program_column *col = &b->columns[c];

	if (col->pick == DRAW_DIGIT)
		put(s, THING_DIGITS, col->key, READ_DIGIT);
	if (col->pick == DRAW_INTERVAL)
		put(s, THING_DIGITS, col->interval->key, READ_DIGIT);
	for (uint32_t i = 0; i < col->gen.nin; i++) {
		const struct gen_input *in = &col->gen.in[i];

		if (in->from == GEN_ROW) {
			put(s, THING_COLUMN, in->column, READ_INPUT);
			continue;
		}
		if (b->t->table->cons[in->fk].ncols > 0)
			put(s, THING_COLUMN, first_member(b, &b->t->table->cons[in->fk]),
				READ_AFTER);
		put(s, THING_VALUE, col->in[i], READ_VALUE);
	}
}

/* Limits, the branch, and where the value comes from. */
static void reads_of_column(const struct table_program *b, uint32_t c, struct sink *s)
{
	const struct program_column *col = &b->columns[c];

	for (uint32_t i = 0; i < col->nlimits; i++)
		put(s, THING_COLUMN, col->limits[i].other, READ_LIMIT);
	if (col->disjunction >= 0)
		put(s, THING_BRANCH, (uint32_t)col->disjunction, READ_BRANCH);
	if (col->source == PLAN_FOREIGN)
		reads_of_member(b, c, s);
	if (col->source == PLAN_GENERATOR || col->source == PLAN_GENERATED)
		reads_of_generator(b, c, s);
}

/* Where several keys limit a parent's number of children, all of them are needed
 * to know it. */
static void reads_of_joint(const struct table_program *b, uint32_t base, struct sink *s)
{
	bool any = false;

	for (uint32_t i = 0; i < b->nkeys; i++)
		any = any || (b->keys[i].joint && b->keys[i].ranking_fk == (int)base);
	for (uint32_t i = 0; any && i < b->nkeys; i++)
		if (b->keys[i].ranking_fk == (int)base)
			put(s, THING_DIGITS, i, READ_WITH);
}

/* Twins are chosen together; if they are in order, their values say which is the
 * lower one. */
static void reads_of_twins(
	const struct table_program *b, const struct program_twins *t, struct sink *s)
{
	const uint32_t fks[] = {t->first, t->second};

	for (int i = 0; i < 2; i++) {
		put(s, THING_PARENT, fks[i], READ_WITH);
		if (t->low >= 0)
			put(s, THING_COLUMN, b->t->table->cons[b->t->fks[fks[i]].con].cols[0],
				READ_WITH);
	}
}

/* Whom a foreign key picks can depend on its base, its followers, a branch, a
 * key and a twin. */
static void reads_of_parent(const struct table_program *b, uint32_t f, struct sink *s)
{
	const struct program_fk *fk = &b->fks[f];
	const struct plan_fk *pf = &b->t->fks[f];
	const struct pg_constraint *con = &b->t->table->cons[pf->con];

	if (how_agrees(fk->how))
		put(s, THING_PARENT, pf->base, READ_BASE);
	/* whom a base picks from depends on who follows it */
	for (uint32_t i = 0; i < b->t->nfks; i++)
		if (how_follows(b->fks[i].how) && b->t->fks[i].base == f && !b->t->fks[i].optional)
			put(s, THING_PARENT, i, READ_WITH);
	/* a branch of a check may leave the row without a parent: the members say so */
	for (uint32_t i = 0; i < con->ncols; i++)
		if (b->columns[con->cols[i]].source == PLAN_FOREIGN &&
			b->t->columns[con->cols[i]].fk == f &&
			b->columns[con->cols[i]].disjunction >= 0)
			put(s, THING_COLUMN, con->cols[i], READ_WITH);
	if (fk->completes >= 0)
		put(s, THING_DIGITS, (uint32_t)fk->completes, READ_DIGIT);
	reads_of_joint(b, f, s);
	for (uint32_t i = 0; i < b->ntwins; i++)
		if (b->twins[i].first == f || b->twins[i].second == f)
			reads_of_twins(b, &b->twins[i], s);
}

/* The columns that are made before the branch is drawn, and the keys that rule
 * branches out. Of a foreign key whose parent the branch may take away it is the
 * parent's value: the column hangs on the branch. */
static void reads_of_branch(const struct table_program *b, uint32_t at, struct sink *s)
{
	const struct program_disjunction *x = &b->disjunctions[at];

	for (uint32_t i = 0; i < x->nfixed; i++)
		if (x->leave != NULL && x->leave[i] != LEAVE_NEVER)
			put(s, THING_VALUE, b->columns[x->fixed[i]].gather, READ_BRANCH);
		else
			put(s, THING_COLUMN, x->fixed[i], READ_BRANCH);
	for (uint32_t i = 0; i < x->nkeys; i++)
		put(s, THING_DIGITS, x->keys[i], READ_DIGIT);
}

int program_reads(const struct table_program *b, struct thing t,
	int (*visit)(void *ctx, struct thing read, enum read_reason why), void *ctx)
{
	struct sink s = {.visit = visit, .ctx = ctx};

	switch (t.kind) {
	case THING_COLUMN:
		reads_of_column(b, t.at, &s);
		break;
	case THING_INHERITED:
		put(&s, THING_VALUE, b->inherited[t.at], READ_VALUE);
		break;
	case THING_PARENT:
		reads_of_parent(b, t.at, &s);
		break;
	case THING_DIGITS:
		if (b->keys[t.at].ranking_fk >= 0)
			put(&s, THING_PARENT, (uint32_t)b->keys[t.at].ranking_fk, READ_DIGIT);
		break;
	case THING_BRANCH:
		reads_of_branch(b, t.at, &s);
		break;
	case THING_VALUE:
		put(&s, THING_PARENT, b->gathers[t.at].fk, READ_VALUE);
		break;
	}
	return s.rc;
}

/* ---- the walk ---------------------------------------------------------------------------- */

enum { NEW, OPEN, DONE }; /* states of a thing */

int program_walk_init(struct program_walk *w, struct arena *a)
{
	w->state = arena_array(a, thing_count(w->b) + 1UL, sizeof(w->state[0]));
	return w->state != NULL ? 0 : -1;
}

/* A step of the walk: the things that ${at} reads are visited. */
struct step {
	struct program_walk *w;
	struct thing at;
};

/* Goes on to what is read, if the walk follows that reason. */
static int visit(void *ctx, struct thing read, enum read_reason why)
{
	struct step *s = ctx;

	return why & s->w->follow ? program_walk_from(s->w, read, s->at) : 0;
}

/* Depth first, each thing once: enter is called before what the thing reads,
 * leave after it. A thing that is met again before it is left lies on a circle. */
int program_walk_from(struct program_walk *w, struct thing t, struct thing reader)
{
	struct step s = {.w = w, .at = t};
	uint8_t *state = &w->state[thing_number(w->b, t)];
	int rc = 0;

	if (*state == DONE)
		return 0;
	if (*state == OPEN)
		return w->circle != NULL ? w->circle(w->ctx, t) : 0;
	*state = OPEN;
	if (w->enter != NULL)
		rc = w->enter(w->ctx, t, reader);
	if (rc == 0)
		rc = program_reads(w->b, t, visit, &s);
	if (rc != -1 && w->leave != NULL)
		rc = w->leave(w->ctx, t);
	*state = DONE;
	return rc == -1 ? -1 : 0;
}

bool program_walked(const struct program_walk *w, struct thing t)
{
	return w->state[thing_number(w->b, t)] != NEW;
}

/* ---- the other branch round ------------------------------------------------------------------ */

/* A value of a parent that somebody may read. */
struct wanted {
	const struct table_program *b;
	uint32_t fk, column;
};

/* Whether the thing is the wanted value of the parent. */
static int is_wanted(void *ctx, struct thing read, enum read_reason why)
{
	const struct wanted *w = ctx;
	const struct program_gather *g;

	(void)why;
	if (read.kind != THING_VALUE)
		return 0;
	g = &w->b->gathers[read.at];
	return g->from == GEN_PARENT && g->fk == w->fk && g->column == w->column;
}

/* The column, or the inherited column, that reads a value of a parent; for
 * messages about loops. */
uint32_t program_reader(const struct table_program *b, uint32_t fk, uint32_t column)
{
	struct wanted w = {.b = b, .fk = fk, .column = column};

	for (uint32_t i = 0; i < b->norder; i++)
		if (program_reads(b, (struct thing){THING_COLUMN, b->order[i]}, is_wanted, &w))
			return b->order[i];
	for (uint32_t i = 0; i < b->t->ninherited; i++)
		if (b->inherited[i] != UINT32_MAX &&
			program_reads(b, (struct thing){THING_INHERITED, i}, is_wanted, &w))
			return b->t->table->ncolumns + i;
	return UINT32_MAX;
}

bool program_is_base(const struct table_program *b, uint32_t fk)
{
	for (uint32_t f = 0; f < b->t->nfks; f++)
		if (how_follows(b->fks[f].how) && b->t->fks[f].base == fk && !b->t->fks[f].optional)
			return true;
	return false;
}

bool program_needs_values(const struct table_program *b, uint32_t fk)
{
	const struct plan_fk *f = &b->t->fks[fk];

	return how_picks(b->fks[fk].how) &&
	       (f->where != NULL || f->by != NULL || how_follows(b->fks[fk].how) ||
		       program_is_base(b, fk));
}
