/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/codec/enc.h"
#include "common/engine/engine_int.h"
#include "common/run/run.h"

/*
 * What the cells of a table cost, by operation:
 *	cells RUN SCHEMA.TABLE [FORMAT]
 * prints the ns a row of each operation of the table's program, of its checks, of writing each
 * column (csv), and of the whole; the first line is one draw.  Every figure is the least of many
 * blocks, so that what other processes take is not in it; that of an operation is what the program
 * up to it takes more than without it, so that small ones are uncertain by some tenths.
 */
enum { BLOCKS = 64, ROUNDS = 12 };

static const char *const codes[OP_COUNT] = {[OP_PICK] = "pick",
	[OP_FOLLOW] = "follow",
	[OP_COMPLETE] = "complete",
	[OP_TWINS] = "twins",
	[OP_RECOMPUTE] = "recompute",
	[OP_CLIMB] = "climb",
	[OP_READ] = "read",
	[OP_RANK] = "rank",
	[OP_DIGITS] = "digits",
	[OP_BRANCH] = "branch",
	[OP_ORPHAN] = "orphan",
	[OP_ASSIGN] = "assign",
	[OP_ALWAYS_NULL] = "always null",
	[OP_SEQUENCE] = "sequence",
	[OP_DRAW] = "draw",
	[OP_DRAW_BRANCHES] = "draw branches",
	[OP_DERIVE] = "derive",
	[OP_AGGREGATE] = "aggregate",
	[OP_SET_NULLS] = "set nulls",
	[OP_SUFFIX] = "suffix",
	[OP_TRANSFORM] = "transform",
	[OP_LOOK_UP] = "look up"};

struct cells {
	const struct table_program *b;
	struct engine *g;
	enum data_format format;
	uint64_t blocks;
	struct arena *a;
	struct err *e;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

typedef int work_fn(struct cells *x, void *arg);

/* The least ns a row of one block, after ${before}, which is not counted. */
static double least(struct cells *x, work_fn *before, work_fn *work, void *arg)
{
	double best = 1e18;

	for (uint64_t i = 0; i < ROUNDS * x->blocks; i++) {
		double start, took;

		engine_block_rows(&x->g->main, i % x->blocks * VEC_BLOCK, VEC_BLOCK);
		if (before != NULL && before(x, arg) == -1)
			return -1;
		start = now();
		if (work(x, arg) == -1)
			return -1;
		took = (now() - start) / VEC_BLOCK;
		best = took < best ? took : best;
	}
	return best;
}

static void show(const char *what, const char *name, const char *id, double ns)
{
	printf("%8.2f  %-14s %-24s %s\n", ns, what, name, id);
}

/* ---- the parts ----------------------------------------------------------------------------- */

static int fill(struct cells *x, void *arg)
{
	(void)arg;
	return engine_block_fill(&x->g->main, 0, 0, x->e);
}

static int make(struct cells *x, void *arg)
{
	(void)arg;
	return engine_make(x->g, x->e);
}

static int write_rows(struct cells *x, void *arg)
{
	struct enc *enc = arg;
	static struct buf out = BUF_INIT;

	buf_clear(&out);
	enc_rows(enc, engine_columns(x->g), VEC_BLOCK, &out);
	return buf_ok(&out) ? 0 : -1;
}

static double one_draw(void)
{
	static uint64_t to[VEC_BLOCK];
	double best = 1e18;

	for (int i = 0; i < 2000; i++) {
		double start = now(), took;

		for (uint64_t row = 0; row < VEC_BLOCK; row++)
			to[row] = rng_below(rng_at(42, row + (uint64_t)i), 1000003);
		__asm__ volatile("" ::"r"(to) : "memory");
		took = (now() - start) / VEC_BLOCK;
		best = took < best ? took : best;
	}
	return best;
}

/* What an operation is of: a column, a foreign key, or nothing that has a name. */
static void show_operation(const struct table_program *b, const struct operation *op, double ns)
{
	const struct pg_table *t = b->t->table;
	bool column = op->code >= OP_ORPHAN && op->code < OP_CHECK;
	const struct program_column *c = column ? &b->columns[op->at] : NULL;
	const char *name = column ? t->columns[op->at].name
			   : op->code <= OP_FOLLOW || op->code == OP_RECOMPUTE
				   ? t->cons[b->t->fks[op->at].con].name
				   : "";

	show(codes[op->code], name,
		op->code == OP_TRANSFORM      ? b->columns[op->at].transforms[op->transform].op->id
		: column && c->gen.op != NULL ? c->gen.op->id
					      : "",
		ns);
}

static int operations(struct cells *x)
{
	struct table_program one = *x->b;
	double before = 0;

	x->g->main.b = &one;
	for (uint32_t i = 0; i < x->b->nmake; i++) {
		double ns;

		one.nmake = i + 1;
		if ((ns = least(x, NULL, fill, NULL)) < 0)
			return -1;
		show_operation(x->b, &x->b->ops[i], ns - before);
		before = ns;
	}
	x->g->main.b = x->b;
	return 0;
}

/* Each column alone, and all of them as they are written. */
static int columns(struct cells *x)
{
	const struct pg_table *t = x->b->t->table;
	struct enc *enc;

	for (uint32_t c = 0; c < t->ncolumns; c++) {
		const struct program_column *b = &x->b->columns[c];
		struct enc_column col = {.name = t->columns[c].name,
			.vec = c,
			.type = b->out_type,
			.scale = b->scale,
			.texts = b->ntransforms == 0 && b->suffix == NULL ? b->gen.texts : 0,
			.base = b->gc.base};

		if (!b->output)
			continue;
		if (enc_open(&enc, x->format, &col, 1, x->a, x->e) == -1)
			return -1;
		show("write", col.name, b->gc.base.type->name, least(x, make, write_rows, enc));
	}
	if (run_encoder(&enc, x->b, x->format, x->a, x->e) == -1)
		return -1;
	show("write all", "", "", least(x, make, write_rows, enc));
	return 0;
}

static int look(void *ctx, const struct table_program *b, struct foreign *fc, struct engine *g,
	const struct run_issue *issues, struct err *e)
{
	struct cells *x = ctx;
	double all;

	(void)fc;
	(void)issues;
	x->b = b;
	x->g = g;
	x->e = e;
	x->blocks = b->t->rows / VEC_BLOCK < BLOCKS ? b->t->rows / VEC_BLOCK : BLOCKS;
	if (x->blocks == 0)
		return err_set(e, ERR_INPUT, "the table has less than %d rows", VEC_BLOCK);
	engine_expect(g, b->t->rows);
	show("one draw", "", "", one_draw());
	if (operations(x) == -1 || (all = least(x, NULL, make, NULL)) < 0)
		return -1;
	show("make all", "", "with its checks", all);
	return columns(x);
}

int main(int argc, char **argv)
{
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	struct cells x = {.a = &a};
	const struct run_look how = {.look = look, .ctx = &x};
	const struct run_options o = {.stage = "cells",
		.run = argv[1],
		.table = argc > 2 ? argv[2] : NULL,
		.jobs = 1,
		.look = &how};

	x.format = data_format_named(argc > 3 ? argv[3] : "csv");
	if (argc < 3 || x.format == DATA_FORMATS) {
		fprintf(stderr, "usage: cells RUN SCHEMA.TABLE [csv|text|binary|jsonl]\n");
		return 2;
	}
	if (run_generate(&o, &e) == -1) {
		fprintf(stderr, "cells: %s\n", e.msg);
		return 1;
	}
	arena_free(&a);
	return 0;
}
