/* SPDX-License-Identifier: MIT */
/*
 * program RUN: the program of every table of the plan, as the compiler has made it.
 * program RUN checks: also the names of the checks that are verified row by row, one a line.
 *
 * Nothing is read before it is made; each column that has values is made by one operation and only
 * changed by others; checks come last, and nothing is done again for a check that is not there;
 * keys have room for the rows; and a slice for any one column has operations of the whole program
 * only.
 */
#include "common/program/program.h"

#include <stdio.h>

#include "common/base/err.h"
#include "common/io/rundir.h"
#include "tests/unit/check.h"
#include "tests/unit/run_fixture.h"

/* The table that is looked at, for messages: a CHECK alone would not name it. */
static const char *looking_at;

static void wrong(const char *what, const struct table_program *b, uint32_t op)
{
	fprintf(stderr, "%s: operation %u (code %d, %u): %s\n", looking_at, op,
		(int)b->ops[op].code, b->ops[op].at, what);
	check_failed++;
}

/* ---- reads and writes ---------------------------------------------------------------------- */

static bool same(struct thing x, struct thing y)
{
	return x.kind == y.kind && x.at == y.at;
}

static bool writes(const struct operation *op, struct thing t)
{
	for (uint32_t i = 0; i < op->nwrites; i++)
		if (same(op->writes[i], t))
			return true;
	return false;
}

static bool reads(const struct operation *op, struct thing t)
{
	for (uint32_t i = 0; i < op->nreads; i++)
		if (same(op->reads[i], t))
			return true;
	return false;
}

/* A foreign key's column without transforms has no operation: it is the value that is read from the
 * parent. */
static bool made_before(const struct table_program *b, uint32_t op, struct thing t)
{
	if (t.kind == THING_COLUMN && b->columns[t.at].source == PLAN_FOREIGN &&
		made_before(b, op, (struct thing){THING_VALUE, b->columns[t.at].gather}))
		return true;
	for (uint32_t i = 0; i < op; i++)
		if (writes(&b->ops[i], t))
			return true;
	return false;
}

/* Every operation finds what it reads, unless it is what makes it: draws that later draws of the
 * same column replace, and keys to one table that are picked together. */
static void nothing_is_read_before_it_is_made(const struct table_program *b)
{
	struct arena a = ARENA_INIT;

	for (uint32_t i = 0; i < b->nops; i++) {
		const struct operation *op = &b->ops[i];

		for (uint32_t r = 0; r < op->nreads; r++) {
			check_count++;
			if (!made_before(b, i, op->reads[r]) && !writes(op, op->reads[r]))
				wrong(arena_printf(&a, "reads %d %u, which nothing before it makes",
					      op->reads[r].kind, op->reads[r].at),
					b, i);
		}
	}
	arena_free(&a);
}

/* The first operation that writes a column makes it; another one that does must read it. */
static void columns_are_made_once(const struct table_program *b)
{
	uint32_t made = 0;

	for (uint32_t c = 0; c < b->t->table->ncolumns; c++) {
		const struct thing column = {THING_COLUMN, c};
		bool there = false;

		for (uint32_t i = 0; i < b->nops; i++) {
			if (!writes(&b->ops[i], column))
				continue;
			check_count++;
			if (there && !reads(&b->ops[i], column))
				wrong("makes a column that is there", b, i);
			there = true;
		}
		there = there || made_before(b, b->nmake, column);
		made += there;
		if (b->columns[c].made && !there) {
			fprintf(stderr, "%s: column %s is not made\n", looking_at,
				b->t->table->columns[c].name);
			check_failed++;
		}
	}
	CHECK(made == b->norder);
}

/* ---- checks --------------------------------------------------------------------------------- */

static void checks_come_last(const struct table_program *b)
{
	uint32_t checks = 0;
	uint64_t bits = 0;

	for (uint32_t i = 0; i < b->nchecks; i++)
		bits |= b->checks[i].bit;
	for (uint32_t i = 0; i < b->nops; i++) {
		check_count++;
		checks += b->ops[i].code == OP_CHECK;
		if ((b->ops[i].code == OP_CHECK) != (i >= b->nmake))
			wrong("checks come last", b, i);
		if ((b->ops[i].again & ~bits) != 0)
			wrong("is done again for a check that is not there", b, i);
	}
	CHECK(checks == b->nchecks);
}

/* ---- unique keys ----------------------------------------------------------------------------- */

/* A bijection has room for what is asked of it, and its digits lie within it. */
static void keys_have_room(const struct table_program *b)
{
	for (uint32_t i = 0; i < b->nkeys; i++) {
		const struct program_key *k = &b->keys[i];

		CHECK(k->ranking_fk < (int)b->t->nfks);
		CHECK(k->partial || k->joint || k->ranked || k->slots > 0 || k->size >= k->need);
		for (uint32_t d = 1; d < k->ntaken; d++)
			CHECK(k->taken[d - 1] < k->taken[d]);
	}
	for (uint32_t c = 0; c < b->t->table->ncolumns; c++) {
		const struct program_column *x = &b->columns[c];

		if (x->made && x->source == PLAN_GENERATOR && x->pick == DRAW_DIGIT) {
			CHECK(x->key < b->nkeys && x->div > 0 && x->size > 0);
			CHECK(b->keys[x->key].joint || b->keys[x->key].size % x->div == 0);
			CHECK(x->size <= x->gen.space);
		}
	}
}

/* ---- slices ------------------------------------------------------------------------------------
 */

static bool has_operation(const struct table_program *whole, const struct operation *op)
{
	for (uint32_t i = 0; i < whole->nops; i++)
		if (whole->ops[i].code == op->code && whole->ops[i].nwrites == op->nwrites)
			return true;
	return false;
}

static void slices_do_what_the_whole_does(const struct table_program *whole)
{
	for (uint32_t c = 0; c < whole->t->table->ncolumns; c++) {
		const struct slice_request wish = {.cols = &c, .ncols = 1, .fk = -1};
		struct arena a = ARENA_INIT;
		struct err e = {.kind = ERR_NONE};
		struct table_program *slice;

		if (whole->columns[c].made && program_slice(&slice, whole, &wish, &a, &e) == 0) {
			CHECK(slice->nops <= whole->nops && slice->columns[c].made);
			nothing_is_read_before_it_is_made(slice);
			for (uint32_t i = 0; i < slice->nops; i++)
				CHECK(has_operation(whole, &slice->ops[i]));
		} else if (whole->columns[c].made) {
			CHECK(e.kind == ERR_NO && e.msg[0] != '\0');
		}
		arena_free(&a);
	}
}

/* ---- tables
 * -------------------------------------------------------------------------------------- */

static void table(const struct plan *plan, const struct plan_table *t, const struct schema *schema,
	bool names)
{
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	struct table_program *b;

	looking_at = arena_printf(&a, "%s.%s", t->table->schema, t->table->name);
	if (program_compile(&b, plan, t, schema, NULL, &a, &e) != 0) {
		fprintf(stderr, "%s: %s\n", looking_at, e.msg);
		CHECK(!"the compiler takes what plan-check took");
	} else {
		nothing_is_read_before_it_is_made(b);
		columns_are_made_once(b);
		checks_come_last(b);
		keys_have_room(b);
		slices_do_what_the_whole_does(b);
		for (uint32_t i = 0; names && i < b->nchecks; i++)
			printf("verified: %s\n", b->checks[i].name);
	}
	arena_free(&a);
}

int main(int argc, char **argv)
{
	static struct run_fixture r;

	if (argc < 2 || argc > 3 || run_fixture_open(&r, argv[1]) == -1)
		return 2;
	for (uint32_t i = 0; i < r.plan.ntables; i++)
		if (!r.plan.tables[i].existing)
			table(&r.plan, &r.plan.tables[i], &r.schema, argc == 3);
	arena_free(&r.a);
	return check_done();
}
