/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/arena.h"
#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/sql/sql.h"

#include "tests/unit/sqltable.h"

/*
 * What compiled predicates cost, over rows that PostgreSQL can be given too:
 *	predicates rows N	N rows of the table below in COPY's text format
 *	predicates time N FILE	FILE: a predicate a line; for each the ns of CPU a row over N
 *				rows, a tab, and for how many it is not false
 */

static char table[] = "id\tint4\t-1\n"
		      "qty\tint4\t-1\n"
		      "price\tnumeric\t786438\n" /* numeric(12,2) */
		      "begins\tdate\t-1\n"
		      "ends\tdate\t-1\n"
		      "score\tint2\t-1\n"
		      "email\ttext\t-1\n"
		      "kind\ttext\t-1\n"
		      "at\ttimestamptz\t-1\n"
		      "ratio\tfloat8\t-1";
enum { QTY = 1, PRICE, BEGINS, ENDS, SCORE, EMAIL, KIND, AT, RATIO, COLUMNS };

static const char *const kinds[] = {"tarefa", "reuniao", "anotacao", "nota"};

static uint64_t draw(int column, uint64_t row, uint64_t n)
{
	return rng_below(rng_at((uint64_t)column * 7919, row), n);
}

struct block {
	struct vec v[COLUMNS];
	const struct vec *at[COLUMNS];
	char emails[VEC_BLOCK][32];
};

static void block_init(struct block *b, const struct pg_table *t)
{
	for (uint32_t c = 0; c < COLUMNS; c++) {
		uint8_t scale;
		enum vtype vt =
			pg_vtype(pg_base_of(t->columns[c].type, t->columns[c].typmod), &scale);

		if (!vec_init(&b->v[c], vt, &sqltable_arena))
			sqltable_die("memory");
		b->v[c].scale = scale;
		b->v[c].n = VEC_BLOCK;
		b->at[c] = &b->v[c];
	}
}

static void block_fill(struct block *b, uint64_t row0)
{
	for (uint32_t i = 0; i < VEC_BLOCK; i++) {
		uint64_t row = row0 + i;
		const char *kind = kinds[draw(KIND, row, 4)];

		b->v[0].v.i[i] = (int64_t)row;
		b->v[QTY].v.i[i] = (int64_t)draw(QTY, row, 1000) - 10;
		b->v[PRICE].v.i[i] = (int64_t)draw(PRICE, row, 1000000) - 100;
		b->v[BEGINS].v.i[i] = (int64_t)draw(BEGINS, row, 9000);
		b->v[ENDS].v.i[i] = b->v[BEGINS].v.i[i] + (int64_t)draw(ENDS, row, 900) - 9;
		b->v[SCORE].v.i[i] = (int64_t)draw(SCORE, row, 110);
		(void)snprintf(b->emails[i], sizeof(b->emails[i]), "user%u%sexample.com",
			(unsigned)draw(EMAIL, row, 1000000), row % 50 == 0 ? "" : "@");
		b->v[EMAIL].v.t[i] = (struct vtext){b->emails[i], strlen(b->emails[i])};
		b->v[KIND].v.t[i] = (struct vtext){kind, strlen(kind)};
		b->v[AT].v.i[i] = (int64_t)draw(AT, row, 9000) * CAL_DAY;
		b->v[RATIO].v.f[i] = (double)draw(RATIO, row, 1000) / 1024;
	}
	for (uint32_t i = 0; i < VEC_BLOCK; i += 10)
		vec_set_null(&b->v[ENDS], i);
}

/* ---- the two ways ------------------------------------------------------------------ */

static void print_rows(const struct block *b, uint32_t n)
{
	char begins[CAL_MAX + 1], ends[CAL_MAX + 1], at[CAL_MAX + 1], price[NUM_MAX + 1];

	for (uint32_t i = 0; i < n; i++) {
		bool null = vec_is_null(&b->v[ENDS], i);

		begins[cal_fmt_date(begins, b->v[BEGINS].v.i[i])] = '\0';
		ends[cal_fmt_date(ends, b->v[ENDS].v.i[i])] = '\0';
		at[cal_fmt_tstz(at, b->v[AT].v.i[i], ' ')] = '\0';
		price[num_fmt_dec(price, b->v[PRICE].v.i[i], 2)] = '\0';
		printf("%lld\t%lld\t%s\t%s\t%s\t%lld\t%s\t%s\t%s\t%.17g\n",
			(long long)b->v[0].v.i[i], (long long)b->v[QTY].v.i[i], price, begins,
			null ? "\\N" : ends, (long long)b->v[SCORE].v.i[i], b->emails[i],
			b->v[KIND].v.t[i].p, at, b->v[RATIO].v.f[i]);
	}
}

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void time_one(
	const struct sql_scope *scope, const char *text, struct block *b, uint64_t rows)
{
	struct arena a = ARENA_INIT, tmp = ARENA_INIT;
	uint8_t pass[VEC_BLOCK];
	struct sql_expr *x;
	struct err e = {0};
	uint64_t passed = 0;
	double spent = 0;

	if (sql_compile(&x, scope, text, &a, &e) != SQL_OK)
		sqltable_die(e.msg);
	for (uint64_t row = 0; row < rows; row += VEC_BLOCK) {
		double start;

		block_fill(b, row);
		start = cpu();
		if (sql_check(x, b->at, VEC_BLOCK, pass, &tmp, &e) == -1)
			sqltable_die(e.msg);
		spent += cpu() - start;
		arena_reset(&tmp);
		for (uint32_t i = 0; i < VEC_BLOCK; i++)
			passed += pass[i];
	}
	printf("%.2f\t%llu\n", spent * 1e9 / (double)rows, (unsigned long long)passed);
	arena_free(&tmp);
	arena_free(&a);
}

int main(int argc, char **argv)
{
	static struct pg_type types[SQLTABLE_MAX * 2];
	static struct block b;
	struct schema s = {.types = types};
	struct pg_table t = {.schema = "public", .name = "t"};
	struct sql_scope scope = {.schema = &s, .table = &t, .bytewise = true, .as_of = 9000};
	uint64_t rows = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	char line[1024];
	FILE *f = NULL;

	if (rows == 0 || rows % VEC_BLOCK != 0)
		sqltable_die("usage: predicates rows|time N [FILE], N a multiple of 1024");
	sqltable_read(&s, &t, table);
	block_init(&b, &t);
	for (uint64_t row = 0; argc == 3 && row < rows; row += VEC_BLOCK) {
		block_fill(&b, row);
		print_rows(&b, VEC_BLOCK);
	}
	if (argc == 4 && (f = fopen(argv[3], "r")) == NULL)
		sqltable_die(argv[3]);
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		time_one(&scope, line, &b, rows);
	}
	if (f != NULL)
		fclose(f);
	arena_free(&sqltable_arena);
	return 0;
}
