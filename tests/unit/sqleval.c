/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/calendar.h"
#include "common/err.h"
#include "common/num.h"
#include "common/sql.h"

#include "tests/unit/sqltable.h"

/*
 * sqleval AS_OF COLUMNS ROWS EXPRESSIONS [FUNCTIONS]: evaluate each expression over each row.
 *
 * AS_OF: a date.  COLUMNS: lines of name, type, typmod, and collation, "enum a,b" or
 * "domain base", tab-separated.  ROWS: COPY's text format.  EXPRESSIONS: one a line, \n for a
 * newline.  FUNCTIONS: lines of name, arguments, result, t if strict, body.
 * Prints a line an expression: "ok", a tab, and T F N or E (error) for each row;
 * or "unsupported" or "failed", a tab, and the message.
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

static void evaluate(const struct sql_expr *x, const struct block *b, struct arena *tmp)
{
	uint8_t pass[VEC_BLOCK];
	struct vec v;
	struct err e = {0};

	if (sql_check(x, b->at, b->n, pass, tmp, &e) == -1 ||
		sql_value(x, b->at, b->n, &v, tmp, &e) == -1)
		sqltable_die(e.msg);
	for (uint32_t i = 0; i < b->n; i++)
		putchar(!vec_is_null(&v, i) ? (v.v.i[i] ? 'T' : 'F') : pass[i] ? 'N' : 'E');
}

static void expression(
	const struct sql_scope *scope, const struct block *blocks, uint32_t nb, const char *text)
{
	struct arena a = ARENA_INIT, tmp = ARENA_INIT;
	struct sql_expr *x;
	struct err e = {0};
	enum sql_status st = sql_compile(&x, scope, text, &a, &e);

	if (st != SQL_OK) {
		printf("%s\t%s\n", st == SQL_UNSUPPORTED ? "unsupported" : "failed", e.msg);
	} else {
		printf("ok\t");
		for (uint32_t k = 0; k < nb; k++) {
			evaluate(x, &blocks[k], &tmp);
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
		sqltable_die("usage: sqleval AS_OF COLUMNS ROWS EXPRESSIONS [FUNCTIONS]");
	scope.as_of = (int32_t)as_of;
	s.functions = functions;
	if (argc > 5)
		read_functions(&s, read_all(argv[5]));
	sqltable_read(&s, &t, read_all(argv[2]));
	nb = read_rows(&blocks, &t, read_all(argv[3]));
	exprs = read_all(argv[4]);
	for (char *line; (line = sqltable_cut(&exprs, '\n')) != NULL;)
		expression(&scope, blocks, nb, unescape(line));
	arena_free(&sqltable_arena);
	return 0;
}
