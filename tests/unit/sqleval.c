/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/sql/sql.h"

#include "tests/unit/sqltable.h"

/*
 * sqleval AS_OF COLUMNS ROWS EXPRESSIONS [FUNCTIONS [SERVER]]: evaluate each expression over each
 * row.
 *
 * AS_OF: a date.  COLUMNS: lines of name, type, typmod, and collation, "enum a,b" or
 * "domain base", tab-separated.  ROWS: COPY's text format.  EXPRESSIONS: one a line, \n for a
 * newline.  FUNCTIONS: lines of name, arguments, result, t if strict, body.  SERVER: the version
 * of the server that the columns are of, as server_version_num.
 * Prints a line an expression: "ok" and for each row T or F, = and a text, or N (NULL), E (it
 * fails) or L (it fails by a limit of ours), tabs between; or "unsupported" or "failed", a tab,
 * and the message.  An expression is boolean or text.
 */

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *b;
	long n;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0 ||
		fseek(f, 0, SEEK_SET) != 0)
		sqltable_die(path);
	b = arena_alloc(&sqltable_arena, (size_t)n + 1);
	if (b == NULL || fread(b, 1, (size_t)n, f) != (size_t)n)
		sqltable_die(path);
	fclose(f);
	return b;
}

/* COPY's escapes undone, in place; NULL for \N. */
static char *unescape(char *s)
{
	static const char from[] = "bfnrtv", to[] = "\b\f\n\r\t\v";
	char *w = s, *r = s;

	if (strcmp(s, "\\N") == 0)
		return NULL;
	for (; *r != '\0'; r++) {
		const char *e;

		if (*r != '\\') {
			*w++ = *r;
			continue;
		}
		r++;
		e = strchr(from, *r);
		*w++ = e != NULL && *r != '\0' ? to[e - from] : *r;
	}
	*w = '\0';
	return s;
}

static void read_functions(struct schema *s, char *text)
{
	for (char *line; s->nfunctions < 16 && (line = sqltable_cut(&text, '\n')) != NULL;) {
		struct pg_function *f = &s->functions[s->nfunctions++];

		*f = (struct pg_function){.schema = "public", .language = "sql", .volatility = 'i'};
		f->name = sqltable_cut(&line, '\t');
		f->identity_args = sqltable_cut(&line, '\t');
		f->result = sqltable_cut(&line, '\t');
		f->strict = strcmp(sqltable_cut(&line, '\t'), "t") == 0;
		f->body = unescape(line);
	}
}

/* ---- rows ------------------------------------------------------------------------------ */

static bool read_uuid(const char *s, struct uuid *u)
{
	int k = 0;

	for (; *s != '\0' && k < 16; s++) {
		unsigned b;

		if (*s == '-')
			continue;
		if (sscanf(s, "%2x", &b) != 1)
			return false;
		u->b[k++] = (uint8_t)b;
		s++;
	}
	return k == 16;
}

static bool read_bytes(const char *s, struct vtext *t)
{
	size_t n = (strlen(s) - 2) / 2;
	char *b = arena_alloc(&sqltable_arena, n + 1);

	for (size_t k = 0; k < n; k++) {
		unsigned v;

		if (sscanf(s + 2 + 2 * k, "%2x", &v) != 1)
			return false;
		b[k] = (char)v;
	}
	*t = (struct vtext){b, n};
	return true;
}

static bool read_value(struct vec *v, uint32_t i, const struct pg_type *type, const char *s)
{
	size_t n = strlen(s);

	switch (v->type) {
	case VT_BOOL:
		v->v.i[i] = s[0] == 't';
		return true;
	case VT_INT:
		return num_parse_i64(s, n, &v->v.i[i]);
	case VT_DEC:
		return num_parse_dec(s, n, v->scale, &v->v.i[i]);
	case VT_DATE:
		return cal_parse_date(s, n, &v->v.i[i]);
	case VT_TIME:
		return cal_parse_time(s, n, &v->v.i[i]);
	case VT_TS:
		return cal_parse_ts(s, n, &v->v.i[i]);
	case VT_TSTZ:
		return cal_parse_tstz(s, n, &v->v.i[i]);
	case VT_ENUM:
		for (uint32_t k = 0; k < type->nlabels; k++)
			if (strcmp(type->labels[k], s) == 0)
				v->v.i[i] = k;
		return true;
	case VT_F64:
		if (!num_parse_f64(s, n, &v->v.f[i]))
			return false;
		if (type->cls == PG_FLOAT4)
			v->v.f[i] = (double)strtof(s, NULL);
		return true;
	case VT_UUID:
		return read_uuid(s, &v->v.u[i]);
	case VT_BYTES:
		return read_bytes(s, &v->v.t[i]);
	default:
		v->v.t[i] = (struct vtext){s, n};
		return true;
	}
}

struct block {
	struct vec v[SQLTABLE_MAX];
	const struct vec *at[SQLTABLE_MAX];
	uint32_t n;
};

static void block_init(struct block *b, const struct pg_table *t)
{
	for (uint32_t k = 0; k < t->ncolumns; k++) {
		uint8_t scale;
		struct pg_base base = pg_base_of(t->columns[k].type, t->columns[k].typmod);
		enum vtype vt = pg_vtype(base, &scale);

		if (!vec_init(&b->v[k], vt, &sqltable_arena))
			sqltable_die("memory");
		b->v[k].scale = scale;
		b->at[k] = &b->v[k];
	}
}

static uint32_t read_rows(struct block **blocks, const struct pg_table *t, char *text)
{
	uint32_t nb = 0;

	*blocks = arena_array(&sqltable_arena, 64, sizeof **blocks);
	if (*blocks == NULL)
		sqltable_die("memory");
	for (char *line; (line = sqltable_cut(&text, '\n')) != NULL;) {
		struct block *b = nb > 0 ? &(*blocks)[nb - 1] : NULL;

		if (b == NULL || b->n == VEC_BLOCK) {
			if (nb == 64)
				sqltable_die("too many rows");
			b = &(*blocks)[nb++];
			block_init(b, t);
		}
		for (uint32_t k = 0; k < t->ncolumns; k++) {
			char *f = sqltable_cut(&line, '\t');
			char *s = f != NULL ? unescape(f) : NULL;

			if (s == NULL)
				vec_set_null(&b->v[k], b->n);
			else if (!read_value(&b->v[k], b->n, t->columns[k].type, s))
				sqltable_die(arena_printf(&sqltable_arena,
					"column %s: cannot read %s", t->columns[k].name, s));
			b->v[k].n = b->n + 1;
		}
		b->n++;
	}
	return nb;
}

/* ---- expressions ------------------------------------------------------------------------ */

static const struct pg_type text_type = {
	.schema = "pg_catalog", .name = "text", .cls = PG_TEXT, .typmod = -1};

/* An expression, and the same as a text column is given it, which tells why a row fails. */
struct subject {
	struct sql_expr *x, *text;
	bool boolean;
};

/* The texts of what PostgreSQL may compute and we do not. */
static bool is_limit(const char *why)
{
	static const char *const limits[] = {"a numeric of more than 38 digits",
		"a text of more than 64 MiB", "the regular expression is too costly for this text",
		"the row's regular expression is not covered", "SIMILAR TO with a quoted part",
		"a date or time that is not written as ISO 8601 is not covered", sql_differing};

	for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++)
		if (strcmp(why, limits[k]) == 0)
			return true;
	return false;
}

static void print_text(struct vtext t)
{
	static const char from[] = "\\\t\n\r", to[] = "\\tnr";

	putchar('=');
	for (size_t k = 0; k < t.n; k++) {
		const char *e = t.p[k] != '\0' ? strchr(from, t.p[k]) : NULL;

		if (e != NULL)
			putchar('\\');
		putchar(e != NULL ? to[e - from] : t.p[k]);
	}
}

/* The rows as a text column would get them, and for each that fails E or L in ${fails}. */
static void assign(const struct subject *s, const struct block *b, struct vec *v, char *fails,
	struct arena *tmp)
{
	uint8_t live[VEC_BLOCK];
	struct sql_fault fault = {0};
	struct err e = {0};

	memset(live, 1, sizeof live);
	memset(fails, 0, b->n);
	if (!vec_init(v, VT_TEXT, tmp))
		sqltable_die("memory");
	do {
		if (sql_assign(s->text, b->at, b->n, live, v, &fault, tmp, &e) == -1)
			sqltable_die(e.msg);
		if (fault.why != NULL) {
			fails[fault.row] = is_limit(fault.why) ? 'L' : 'E';
			live[fault.row] = 0;
		}
	} while (fault.why != NULL);
}

/* A boolean is asked as a check and as a value, and both must say the same. */
static char truth(const struct vec *v, const uint8_t *pass, char fails, uint32_t i)
{
	bool null = vec_is_null(v, i);

	if (null ? pass[i] == (fails != '\0') : pass[i] != (v->v.i[i] != 0))
		return '?';
	return !null ? (v->v.i[i] ? 'T' : 'F') : fails ? fails : 'N';
}

static void evaluate(const struct subject *s, const struct block *b, struct arena *tmp)
{
	uint8_t pass[VEC_BLOCK];
	char fails[VEC_BLOCK];
	struct vec v, text;
	struct err e = {0};

	assign(s, b, &text, fails, tmp);
	if (s->boolean && (sql_check(s->x, b->at, b->n, pass, tmp, &e) == -1 ||
				  sql_value(s->x, b->at, b->n, &v, tmp, &e) == -1))
		sqltable_die(e.msg);
	for (uint32_t i = 0; i < b->n; i++) {
		putchar('\t');
		if (s->boolean)
			putchar(truth(&v, pass, fails[i], i));
		else if (vec_is_null(&text, i))
			putchar(fails[i] ? fails[i] : 'N');
		else
			print_text(text.v.t[i]);
	}
}

static enum sql_status compile(struct subject *s, const struct sql_scope *scope, const char *text,
	struct arena *a, struct err *e)
{
	const struct pg_base to = {.type = &text_type, .typmod = -1};
	enum sql_status st = sql_compile(&s->x, scope, text, a, e);

	if (st == SQL_OK)
		st = sql_compile_as(&s->text, scope, text, to, a, e);
	if (st == SQL_OK)
		s->boolean = strcmp(sql_result_name(s->x), "boolean") == 0;
	return st;
}

static void expression(
	const struct sql_scope *scope, const struct block *blocks, uint32_t nb, const char *text)
{
	struct arena a = ARENA_INIT, tmp = ARENA_INIT;
	struct subject s;
	struct err e = {0};
	enum sql_status st = compile(&s, scope, text, &a, &e);

	if (st != SQL_OK) {
		printf("%s\t%s\n", st == SQL_UNSUPPORTED ? "unsupported" : "failed", e.msg);
	} else {
		printf("ok");
		for (uint32_t k = 0; k < nb; k++) {
			evaluate(&s, &blocks[k], &tmp);
			arena_reset(&tmp);
		}
		putchar('\n');
	}
	arena_free(&tmp);
	arena_free(&a);
}

int main(int argc, char **argv)
{
	static struct pg_type types[SQLTABLE_MAX * 2];
	struct schema s = {.types = types};
	struct pg_table t = {.schema = "public", .name = "t"};
	static struct pg_function functions[16];
	struct sql_scope scope = {.schema = &s, .table = &t, .bytewise = true};
	int64_t as_of = 0;
	struct block *blocks;
	uint32_t nb;
	char *exprs;

	if (argc < 5 || !cal_parse_date(argv[1], strlen(argv[1]), &as_of))
		sqltable_die("usage: sqleval AS_OF COLUMNS ROWS EXPRESSIONS [FUNCTIONS [SERVER]]");
	scope.as_of = (int32_t)as_of;
	s.functions = functions;
	if (argc > 5)
		read_functions(&s, read_all(argv[5]));
	if (argc > 6)
		s.server_version = (int)strtol(argv[6], NULL, 10);
	sqltable_read(&s, &t, read_all(argv[2]));
	nb = read_rows(&blocks, &t, read_all(argv[3]));
	exprs = read_all(argv[4]);
	for (char *line; (line = sqltable_cut(&exprs, '\n')) != NULL;)
		expression(&scope, blocks, nb, unescape(line));
	arena_free(&sqltable_arena);
	return 0;
}
