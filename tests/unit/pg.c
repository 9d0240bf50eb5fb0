/* SPDX-License-Identifier: MIT */
#include "common/pg/pg.h"

#include <stdlib.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "tests/unit/check.h"

/* Needs a server: $DATABASE_URL (tests/pg/pg.bats).  With arguments it is a probe: connects to
 * the first, runs the second, and prints what went wrong and of what kind. */

static void says(const struct err *e, enum err_kind kind, const char *part)
{
	CHECK(e->kind == kind);
	CHECK(strstr(e->msg, part) != NULL);
	if (e->kind != kind || strstr(e->msg, part) == NULL)
		fprintf(stderr, "  said (%d): %s\n", (int)e->kind, e->msg);
	CHECK(strstr(e->msg, "S3CRET") == NULL);
}

static void session(struct pg *c)
{
	static const char sql[] =
		"SELECT current_setting('search_path'), current_setting('DateStyle'),"
		" current_setting('TimeZone'), current_setting('application_name'),"
		" DATE '2026-01-02'::text, INTERVAL '1 day 2 hours'::text, '\\x01'::bytea::text";
	static const char *const expected[] = {"\"$user\", public", "ISO, YMD", "UTC",
		"datalchemy test", "2026-01-02", "1 day 02:00:00", "\\x01"};
	struct err e = {0};
	struct pg_rows *r = pg_query(c, sql, 0, NULL, &e);

	CHECK(r != NULL && pg_count(r) == 1);
	for (size_t i = 0; i < 7; i++)
		CHECK_STR(pg_str(r, 0, i), expected[i]);
	CHECK(pg_done(r, &e) == 0);
	CHECK(pg_server_version(c) >= 130000);
}

static const char path_is[] = "SELECT current_setting('search_path')";

/* A question about the catalogue leaves the path as it was, also when it fails. */
static void paths(struct pg *c)
{
	struct err e = {0};
	struct pg_rows *r = pg_ask(c, path_is, 0, NULL, &e);

	CHECK_STR(pg_str(r, 0, 0), "\"\"");
	CHECK(pg_done(r, &e) == 0);
	CHECK(pg_ask(c, "SELECT * FROM nothing", 0, NULL, &e) == NULL);
	r = pg_query(c, path_is, 0, NULL, &e);
	CHECK_STR(pg_str(r, 0, 0), "\"$user\", public");
	CHECK(pg_done(r, &e) == 0);
	CHECK(pg_path_empty(c, &e) == 0);
	r = pg_query(c, path_is, 0, NULL, &e);
	CHECK_STR(pg_str(r, 0, 0), "\"\"");
	CHECK(pg_done(r, &e) == 0);
	CHECK(pg_path_own(c, &e) == 0);
}

static void getters(struct pg *c)
{
	static const char *const params[] = {"it's", NULL, "{\"a,b\",\"c\\\"d\"}"};
	struct arena a = ARENA_INIT;
	struct err e = {0};
	struct pg_rows *r = pg_query(c,
		"SELECT $1::text, $2::text, 7::smallint, -8::bigint, 16384::oid, true, 0.5::float8,"
		" $3::text[], '{1,-2,3}'::int[], NULL::int, 'x'::name, '{}'::text[], '{}'::int[],"
		" '12.50'::numeric",
		3, params, &e);
	const char *const *s;
	const int64_t *v;
	size_t n;

	CHECK_STR(pg_str(r, 0, 0), "it's");
	CHECK(pg_str0(r, 0, 1) == NULL && pg_is_null(r, 0, 1));
	CHECK(pg_int(r, 0, 2) == 7 && pg_int(r, 0, 3) == -8 && pg_int(r, 0, 4) == 16384);
	CHECK(pg_bool(r, 0, 5));
	s = pg_strs(r, 0, 7, &a, &n);
	CHECK(n == 2 && strcmp(s[0], "a,b") == 0 && strcmp(s[1], "c\"d") == 0);
	v = pg_ints(r, 0, 8, &a, &n);
	CHECK(n == 3 && v[0] == 1 && v[1] == -2 && v[2] == 3);
	CHECK(pg_int0(r, 0, 9, -1) == -1);
	CHECK_STR(pg_str(r, 0, 10), "x");
	(void)pg_strs(r, 0, 11, &a, &n);
	CHECK(n == 0);
	(void)pg_ints(r, 0, 12, &a, &n);
	CHECK(n == 0);
	CHECK_STR(pg_raw(r, 0, 13, &n), "12.50");
	CHECK(n == 5);
	CHECK(pg_done(r, &e) == 0);
	arena_free(&a);
}

/* What a getter met is told once, at the end, and names the column. */
static void misused(struct pg *c)
{
	static const char sql[] = "SELECT NULL::text AS nothing, 1 AS number,"
				  " '{a,NULL}'::text[] AS holes, '{{1},{2}}'::int[] AS deep";
	static const char *const parts[] = {"(nothing) of a result is NULL",
		"(number) of a result is not of type text", "column 9 () of a result is not there",
		"(holes) of a result has a NULL", "(deep) of a result is not an array of one"};
	struct arena a = ARENA_INIT;

	for (size_t i = 0; i < 5; i++) {
		struct err e = {0};
		struct pg_rows *r = pg_query(c, sql, 0, NULL, &e);
		size_t n;

		if (i < 2)
			CHECK_STR(pg_str(r, 0, i), "");
		else if (i == 2)
			CHECK(pg_int(r, 0, 9) == 0);
		else if (i == 3)
			(void)pg_strs(r, 0, 2, &a, &n);
		else
			(void)pg_ints(r, 0, 3, &a, &n);
		CHECK(pg_bool(r, 7, 0) == false);
		CHECK(pg_done(r, &e) == -1);
		says(&e, ERR_INPUT, parts[i]);
	}
	arena_free(&a);
}

static int add_up(void *ctx, struct pg_rows *r, struct err *e)
{
	int64_t *sum = ctx;

	*sum += pg_int(r, 0, 0);
	return *sum < 0 ? err_set(e, ERR_NO, "enough") : 0;
}

static void streamed(struct pg *c)
{
	int64_t sum = 0;
	struct err e = {0};

	CHECK(pg_each(c, "SELECT generate_series(1, 100000)", 0, NULL, add_up, &sum, &e) == 0);
	CHECK(sum == 5000050000);
	sum = -100000000;
	CHECK(pg_each(c, "SELECT generate_series(1, 100000000)", 0, NULL, add_up, &sum, &e) == -1);
	says(&e, ERR_NO, "enough");
	sum = 0;
	CHECK(pg_each(c, "SELECT 6 / (3 - g) FROM generate_series(1, 5) g", 0, NULL, add_up, &sum,
		      &e) == -1);
	CHECK(sum == 9);
	says(&e, ERR_INPUT, "division by zero, SQLSTATE 22012");
	CHECK(pg_each(c, "SELECT 'x'", 0, NULL, add_up, &sum, &e) == -1);
	says(&e, ERR_INPUT, "is not of type integer");
}

/* what COPY has left in the table */
static void check_rows(struct pg *c, const char *want)
{
	struct err e = {0};
	struct pg_rows *r =
		pg_query(c, "SELECT string_agg(i || s, ',' ORDER BY i) FROM public.t", 0, NULL, &e);

	CHECK(r != NULL);
	CHECK_STR(pg_str(r, 0, 0), want);
	pg_free(r);
}

static void copies(struct pg *c)
{
	struct err e = {0};
	uint64_t rows = 0;
	static char many[1 << 20];

	CHECK(pg_exec(c, "CREATE TABLE public.t (i int CONSTRAINT t_chk CHECK (i < 5), s text)",
		      &e) == 0);
	CHECK(pg_copy_in(c, "COPY public.t FROM STDIN", &e) == 0);
	CHECK(pg_copy_put(c, "1\ta", 3, &e) == 0 && pg_copy_put(c, "\n2\tb\n", 5, &e) == 0);
	CHECK(pg_copy_end(c, &rows, &e) == 0 && rows == 2);
	check_rows(c, "1a,2b");

	/* a rejected row ends the COPY early, and says where but not what */
	CHECK(pg_copy_in(c, "COPY public.t FROM STDIN", &e) == 0);
	CHECK(pg_copy_put(c, "1\ta\nS3CRET\tb\n", 13, &e) == 0 || e.kind == ERR_INPUT);
	if (e.kind != ERR_INPUT) {
		memset(many, '\n', sizeof(many));
		for (int i = 0; i < 2000 && e.kind != ERR_INPUT; i++)
			(void)pg_copy_put(c, many, sizeof(many), &e);
	}
	says(&e, ERR_INPUT,
		"COPY t, line 2, column i: invalid input syntax for type integer: "
		"\"...\", SQLSTATE 22P02");

	CHECK(pg_copy_in(c, "COPY public.t FROM STDIN", &e) == 0);
	CHECK(pg_copy_put(c, "9\tS3CRET\n", 9, &e) == 0);
	CHECK(pg_copy_end(c, &rows, &e) == -1);
	says(&e, ERR_INPUT, "(constraint t_chk of public.t), SQLSTATE 23514");

	CHECK(pg_copy_in(c, "COPY public.t FROM STDIN", &e) == 0);
	CHECK(pg_copy_put(c, "3\tc\n", 4, &e) == 0);
	pg_copy_abort(c);
	CHECK(pg_copy_in(c, "SELECT 1", &e) == -1);
	says(&e, ERR_INPUT, "no COPY FROM STDIN");
	check_rows(c, "1a,2b");
}

static void quoting(struct pg *c)
{
	static const char *const words[] = {"a\"b", "c\\d,", "", "NULL"};
	struct err e = {0};
	struct buf b = BUF_INIT;
	struct pg_rows *r;

	buf_adds(&b, "SELECT ");
	pg_literal(&b, "o'clock\\n");
	buf_adds(&b, " AS ");
	pg_ident(&b, "a \"b\"");
	buf_adds(&b, ", x.t::text[] FROM (SELECT ");
	pg_literal(&b, "");
	b.n -= 1; /* reopen the literal: an array inside it */
	pg_array(&b, words, 4);
	buf_adds(&b, "' AS t) x, ");
	pg_qname(&b, "pg_catalog", "pg_am");
	buf_adds(&b, " LIMIT 1");
	r = pg_query(c, b.p, 0, NULL, &e);
	CHECK(r != NULL);
	if (r == NULL) {
		fprintf(stderr, "  %s\n", e.msg);
	} else {
		struct arena a = ARENA_INIT;
		size_t n;
		const char *const *s = pg_strs(r, 0, 1, &a, &n);

		CHECK_STR(pg_str(r, 0, 0), "o'clock\\n");
		CHECK(n == 4);
		for (size_t i = 0; i < n; i++)
			CHECK_STR(s[i], words[i]);
		CHECK(pg_done(r, &e) == 0);
		arena_free(&a);
	}
	buf_free(&b);
}

static int probe(const char *conn, const char *sql)
{
	struct err e = {0};
	struct pg *c = pg_connect(conn[0] ? conn : NULL, "datalchemy probe", &e);
	int rc = c == NULL || pg_exec(c, sql, &e) == -1;

	pg_close(c);
	if (rc)
		printf("%d: %s\n", (int)e.kind, e.msg);
	return rc ? (int)e.kind : 0;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct pg *c;

	if (argc > 1)
		return probe(argv[1], argc > 2 ? argv[2] : "");
	c = pg_connect(NULL, "datalchemy test", &e);
	if (c == NULL) {
		fprintf(stderr, "%s\n", e.msg);
		return EXIT_FAILURE;
	}
	session(c);
	paths(c);
	getters(c);
	misused(c);
	streamed(c);
	copies(c);
	quoting(c);
	pg_close(c);
	pg_close(NULL);
	return check_done();
}
