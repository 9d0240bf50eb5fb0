/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/csv.h"

#include <string.h>

#include "common/base/err.h"

enum { COLUMNS_MAX = 1000 };

struct reading {
	const char *p, *end;
	unsigned line;
	struct arena *a;
	struct err *e;
};

/* What a file may begin with that is no part of its text. */
static const char mark[] = "\xef\xbb\xbf";

/* A field in quotes, the first of which was read; "" is one quote. */
static int quoted(struct reading *r, struct view *to)
{
	char *text = arena_alloc(r->a, 64), *at = text;
	size_t room = 64;
	unsigned first = r->line;

	for (; at != NULL && r->p < r->end; r->p++) {
		if (*r->p == '"' && (r->p + 1 == r->end || r->p[1] != '"')) {
			r->p++;
			*to = (struct view){text, (size_t)(at - text)};
			return 0;
		}
		if ((size_t)(at - text) == room) {
			char *more = arena_alloc(r->a, 2 * room);

			if (more == NULL)
				break;
			memcpy(more, text, room);
			at = more + room;
			text = more;
			room *= 2;
		}
		r->p += *r->p == '"';
		r->line += *r->p == '\n';
		*at++ = *r->p;
	}
	if (r->p < r->end || at == NULL)
		return err_nomem(r->e);
	return err_set(r->e, ERR_NO, "line %u: a quote that is not closed", first);
}

/* One field, and what ends it: ',', or '\n' at the end of the record. */
static int field(struct reading *r, struct view *to, char *stop)
{
	const char *from = r->p;

	if (r->p < r->end && *r->p == '"') {
		r->p++;
		if (quoted(r, to) == -1)
			return -1;
	} else {
		while (r->p < r->end && *r->p != ',' && *r->p != '\n' && *r->p != '"')
			r->p++;
		*to = (struct view){from, (size_t)(r->p - from)};
		if (to->n > 0 && r->p < r->end && *r->p == '\n' && from[to->n - 1] == '\r')
			to->n--;
	}
	if (r->p < r->end && *r->p == '\r' && r->p + 1 < r->end && r->p[1] == '\n')
		r->p++;
	if (r->p < r->end && *r->p != ',' && *r->p != '\n')
		return err_set(r->e, ERR_NO, "line %u: a quote in the middle of a field", r->line);
	*stop = r->p < r->end ? *r->p++ : '\n';
	r->line += *stop == '\n';
	return 0;
}

/* A record; how many fields, or -1. */
static int record(struct reading *r, struct view *to, int most)
{
	char stop = ',';
	int n = 0;

	while (stop == ',') {
		if (n == most)
			return err_set(r->e, ERR_NO, "line %u: more fields than the first line has",
				r->line);
		if (field(r, &to[n++], &stop) == -1)
			return -1;
	}
	return n;
}

/* How many records there are at most. */
static size_t lines_of(struct view text)
{
	size_t n = 2;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

int csv_parse(struct csv *c, struct view text, struct arena *a, struct err *e)
{
	struct reading r = {text.p, text.p + text.n, 1, a, e};
	struct view names[COLUMNS_MAX], *cell;
	int n;

	if (!utf8_valid(text.p, text.n))
		return err_set(e, ERR_NO, "it is not UTF-8");
	if (text.n >= strlen(mark) && memcmp(text.p, mark, strlen(mark)) == 0)
		r.p += strlen(mark);
	if ((n = record(&r, names, COLUMNS_MAX)) == -1)
		return -1;
	*c = (struct csv){.columns = (uint32_t)n};
	if ((cell = arena_array(a, lines_of(text) * c->columns, sizeof(*cell))) == NULL)
		return err_nomem(e);
	memcpy(cell, names, c->columns * sizeof(*cell));
	c->cell = cell;
	while (r.p < r.end) {
		unsigned line = r.line;

		cell += c->columns;
		if ((n = record(&r, cell, (int)c->columns)) == -1)
			return -1;
		if (n < (int)c->columns)
			return err_set(e, ERR_NO, "line %u: %d fields, and the first line has %u",
				line, n, c->columns);
		c->rows++;
	}
	return 0;
}

int csv_column(const struct csv *c, const char *name)
{
	int at = -1;

	for (uint32_t i = 0; i < c->columns; i++)
		if (view_eq(c->cell[i], view_of(name)))
			at = at == -1 ? (int)i : -2;
	return at;
}
