/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/clip.h"

#include <string.h>

#include "common/base/err.h"
#include "common/program/program.h"

/*
 * What a table holds is asked of the compiler, which refuses the rows that there are too many of:
 * the most that it takes are found by bisection.  That a table which holds n rows holds fewer
 * is so of keys, of foreign keys to parents whose rows are counted before, and of unique indexes
 * that nothing makes distinct, which hold one row.  Whether it holds a single row is asked first:
 * if not, the number is not to blame.
 *
 * Parents come before their children in the plan, so that a child is asked about the parents'
 * rows as they have become: that is how a limit goes down a chain of tables.
 */

struct trial {
	struct check *c;
	struct plan *p;
	struct plan_table *t;
	struct plan_fk *fks; /* as the plan has them */
	uint32_t errors;
};

static void count_problem(void *ctx, const char *code, bool warning, const struct pg_table *t,
	const struct pg_column *col, const char *message, const char *hint)
{
	struct trial *x = ctx;

	(void)code;
	(void)t;
	(void)col;
	(void)message;
	(void)hint;
	x->errors += !warning;
}

/* The table with fewer rows has no more roots or shards than these. */
static void set_rows(struct trial *x, uint64_t rows)
{
	x->t->rows = rows;
	if (x->t->shards > rows)
		x->t->shards = (uint32_t)rows;
	for (uint32_t f = 0; f < x->t->nfks; f++)
		x->t->fks[f].roots = x->fks[f].roots < rows ? x->fks[f].roots : rows;
}

static int try_rows(struct trial *x, uint64_t rows, bool *holds, struct err *e)
{
	struct compile_report report = {.problem = count_problem, .ctx = x};
	struct arena a = ARENA_INIT;
	struct table_program *b;
	int rc;

	set_rows(x, rows);
	x->errors = 0;
	rc = program_compile(&b, x->p, x->t, x->c->schema, &report, &a, e);
	arena_free(&a);
	*holds = x->errors == 0;
	return rc;
}

/* The most rows, below ${rows}, that the table holds; 0: not even one. */
static int most_rows(struct trial *x, uint64_t rows, uint64_t *most, struct err *e)
{
	uint64_t least = 1, above = rows;
	bool holds;

	*most = 0;
	if (try_rows(x, least, &holds, e) == -1)
		return -1;
	if (!holds)
		return 0;
	while (above - least > 1) {
		uint64_t middle = least + (above - least) / 2;

		if (try_rows(x, middle, &holds, e) == -1)
			return -1;
		if (holds)
			least = middle;
		else
			above = middle;
	}
	*most = least;
	return 0;
}

void clip_note(struct check *c, const struct issue *issue, uint64_t rows, uint64_t limit)
{
	struct exception *x = &c->except[issue->table->index];

	x->asked = x->asked > 0 ? x->asked : rows;
	x->limit = limit;
	x->code = issue->code;
	x->path = issue->path;
	x->constraint = issue->constraint;
	x->reason = issue->message;
	x->hint = issue->hint;
}

/* The first error since ${mark}; NULL if one of them is the fault of a rule that init guessed. */
static const struct issue *blamed(const struct check *c, struct issue_mark mark)
{
	const struct issue *first = NULL;

	for (size_t i = mark.n; i < c->is.n; i++) {
		const struct issue *x = &c->is.v[i];

		if (x->severity != ISSUE_ERROR)
			continue;
		if (c->stop_at_rules && strncmp(x->path, "/rules/", 7) == 0)
			return NULL;
		first = first == NULL ? x : first;
	}
	return first;
}

int clip(struct check *c, struct plan *p, uint32_t table, struct issue_mark mark, bool *fewer,
	struct err *e)
{
	struct trial x = {.c = c, .p = p, .t = &p->tables[table]};
	const struct issue *why = blamed(c, mark);
	uint64_t rows = x.t->rows, most;

	*fewer = false;
	if (!c->skips || !c->except[x.t->table->index].soft || rows < 2 || why == NULL)
		return 0;
	x.fks = arena_array(c->a, x.t->nfks + 1UL, sizeof(*x.fks));
	if (x.fks == NULL)
		return err_nomem(e);
	memcpy(x.fks, x.t->fks, x.t->nfks * sizeof(*x.fks));
	if (most_rows(&x, rows, &most, e) == -1)
		return -1;
	set_rows(&x, most > 0 ? most : rows);
	*fewer = most > 0;
	if (*fewer) {
		clip_note(c, why, rows, most);
		issues_rewind(&c->is, mark);
	}
	return 0;
}
