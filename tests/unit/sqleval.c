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

/*
 * sqleval COLUMNS ROWS EXPRESSIONS: evaluate each expression over each row.
 *
 * COLUMNS: lines of name, type, typmod, collation or labels, tab-separated.
 * ROWS: COPY's text format.  EXPRESSIONS: one a line, \n for a newline.
 * Prints a line an expression: "ok", a tab, and T F N or E (error) for each row;
 * or "unsupported" or "failed", a tab, and the message.
 */

enum { MAX_COLUMNS = 64, AS_OF = 8000 };

static struct arena keep = ARENA_INIT;

static void die(const char *what)
{
	fprintf(stderr, "sqleval: %s\n", what);
	exit(2);
}

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t n = 0, cap = 1 << 16;
	char *b = malloc(cap);

	if (f == NULL || b == NULL)
		die(path);
	for (size_t got; (got = fread(b + n, 1, cap - n - 1, f)) > 0;) {
		n += got;
		if (n + 1 == cap && (b = realloc(b, cap *= 2)) == NULL)
			die("memory");
	}
	b[n] = '\0';
	fclose(f);
	return b;
}

/* The next line or field, cut off in place. */
static char *cut(char **p, char at)
{
	char *s = *p, *e;

	if (s == NULL || (at == '\n' && *s == '\0'))
		return NULL;
	e = strchr(s, at);
	*p = e != NULL ? e + 1 : NULL;
	if (e != NULL)
		*e = '\0';
	return s;
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

/* ---- types by name ------------------------------------------------------------------- */

static struct pg_type *type_named(struct schema *s, const char *name)
{
	struct pg_type *t;
	size_t n = strlen(name);

	for (uint32_t k = 0; k < s->ntypes; k++)
		if (strcmp(s->types[k].name, name) == 0)
			return &s->types[k];
	t = &s->types[s->ntypes++];
	*t = (struct pg_type){.schema = "pg_catalog", .name = name, .cls = PG_OTHER, .typmod = -1};
	if (n > 2 && strcmp(name + n - 2, "[]") == 0) {
		t->cls = PG_ARRAY;
		t->elem = type_named(s, arena_strndup(&keep, name, n - 2));
		return t;
	}
	for (int c = 0; c < PG_CLASS_COUNT; c++)
		if (strcmp(pg_class_name((enum pg_class)c), name) == 0)
			t->cls = (enum pg_class)c;
	if (strcmp(name, "int4range") == 0 || strcmp(name, "tsrange") == 0) {
		t->cls = PG_RANGE;
		t->elem = type_named(s, name[0] == 'i' ? "int4" : "timestamp");
	}
	return t;
}

static void read_labels(struct pg_type *t, char *labels)
{
	t->cls = PG_ENUM;
	t->schema = "public";
	t->labels = arena_array(&keep, 16, sizeof *t->labels);
	for (char *l; t->nlabels < 16 && (l = cut(&labels, ',')) != NULL;)
		t->labels[t->nlabels++] = l;
}

static void read_columns(struct schema *s, struct pg_table *t, char *text)
{
	t->columns = arena_array(&keep, MAX_COLUMNS, sizeof *t->columns);
	for (char *line; (line = cut(&text, '\n')) != NULL;) {
		struct pg_column *c = &t->columns[t->ncolumns++];
		char *type, *typmod;

		c->name = cut(&line, '\t');
		type = cut(&line, '\t');
		typmod = cut(&line, '\t');
		if (type == NULL || typmod == NULL || t->ncolumns == MAX_COLUMNS)
			die("bad columns file");
		struct pg_type *ty = type_named(s, type);
		if (line != NULL && strncmp(line, "enum ", 5) == 0)
			read_labels(ty, line + 5);
		else if (line != NULL && *line != '\0')
			c->collation = line;
		c->type = ty;
		c->typmod = (int32_t)strtol(typmod, NULL, 10);
		c->position = (int16_t)t->ncolumns;
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
	char *b = arena_alloc(&keep, n + 1);

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
		return num_parse_f64(s, n, &v->v.f[i]);
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
	struct vec v[MAX_COLUMNS];
	const struct vec *at[MAX_COLUMNS];
	uint32_t n;
};

static void block_init(struct block *b, const struct pg_table *t)
{
	for (uint32_t k = 0; k < t->ncolumns; k++) {
		uint8_t scale;
		struct pg_base base = pg_base_of(t->columns[k].type, t->columns[k].typmod);
		enum vtype vt = pg_vtype(base, &scale);

		if (!vec_init(&b->v[k], vt, &keep))
			die("memory");
		b->v[k].scale = scale;
		b->at[k] = &b->v[k];
	}
}

static uint32_t read_rows(struct block **blocks, const struct pg_table *t, char *text)
{
	uint32_t nb = 0;

	*blocks = calloc(64, sizeof **blocks);
	for (char *line; (line = cut(&text, '\n')) != NULL;) {
		struct block *b = nb > 0 ? &(*blocks)[nb - 1] : NULL;

		if (b == NULL || b->n == VEC_BLOCK) {
			if (nb == 64)
				die("too many rows");
			b = &(*blocks)[nb++];
			block_init(b, t);
		}
		for (uint32_t k = 0; k < t->ncolumns; k++) {
			char *f = cut(&line, '\t');
			char *s = f != NULL ? unescape(f) : NULL;

			if (s == NULL)
				vec_set_null(&b->v[k], b->n);
			else if (!read_value(&b->v[k], b->n, t->columns[k].type, s))
				die(arena_printf(
					&keep, "column %s: cannot read %s", t->columns[k].name, s));
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
		die(e.msg);
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
	static struct pg_type types[MAX_COLUMNS * 2];
	struct schema s = {.types = types};
	struct pg_table t = {.schema = "public", .name = "t"};
	struct sql_scope scope = {.schema = &s, .table = &t, .as_of = AS_OF, .bytewise = true};
	struct block *blocks;
	uint32_t nb;
	char *exprs;

	if (argc != 4)
		die("usage: sqleval COLUMNS ROWS EXPRESSIONS");
	read_columns(&s, &t, read_all(argv[1]));
	nb = read_rows(&blocks, &t, read_all(argv[2]));
	exprs = read_all(argv[3]);
	for (char *line; (line = cut(&exprs, '\n')) != NULL;)
		expression(&scope, blocks, nb, unescape(line));
	return 0;
}
