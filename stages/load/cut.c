/* SPDX-License-Identifier: MIT */
/*
 * The first rows of what COPY is sent, in any of its formats.
 *
 * In text, every newline ends a row, because those within values are escaped.  In CSV, a newline
 * within quotes is part of a value; a quote within quotes is doubled, which changes the side twice.
 * The binary format is a header, then of each row the number of its fields and of each field its
 * length and its bytes (COPY in PostgreSQL's manual).
 */
#include "stages/load/load.h"

#include <string.h>

enum { SIGNATURE = 11, FLAGS = 4, COUNT_BYTES = 2, LENGTH_BYTES = 4 };

void cut_begin(struct load_cut *c, enum data_format format, bool header, uint64_t rows)
{
	*c = (struct load_cut){.format = format, .left = rows};
	if (format == DATA_CSV && header)
		c->left++; /* the names of the columns */
	if (format == DATA_BINARY) {
		c->skip = SIGNATURE + FLAGS;
		c->want = LENGTH_BYTES;
	}
}

/* Rows of text: the bytes up to the end of the last row that is wanted. */
static size_t cut_text(struct load_cut *c, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (c->format == DATA_CSV && p[i] == '"')
			c->quoted = !c->quoted;
		if (p[i] == '\n' && !c->quoted && --c->left == 0)
			return i + 1;
	}
	return n;
}

/* A number of the binary format is whole. */
static void number(struct load_cut *c)
{
	uint32_t v = c->number;

	c->number = c->got = 0;
	if (!c->in_rows) { /* the length of the header's extension */
		c->skip = v;
		c->in_rows = true;
		c->want = COUNT_BYTES;
	} else if (c->want == COUNT_BYTES) {
		c->fields = v == UINT16_MAX ? 0 : v;
		c->want = c->fields > 0 ? LENGTH_BYTES : COUNT_BYTES;
		c->left -= v == 0;
	} else {
		c->skip = v == UINT32_MAX ? 0 : v;
		if (--c->fields == 0) {
			c->want = COUNT_BYTES;
			c->left--;
		}
	}
}

/* Rows of the binary format: a row that is counted ends when its last field is skipped. */
static size_t cut_binary(struct load_cut *c, const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && !(c->left == 0 && c->skip == 0)) {
		if (c->skip > 0) {
			size_t step = c->skip < n - i ? (size_t)c->skip : n - i;

			c->skip -= step;
			i += step;
			continue;
		}
		c->number = c->number << 8 | (unsigned char)p[i++];
		if (++c->got == c->want)
			number(c);
	}
	return i;
}

size_t cut_take(struct load_cut *c, const char *p, size_t n)
{
	return c->format == DATA_BINARY ? cut_binary(c, p, n) : cut_text(c, p, n);
}

bool cut_done(const struct load_cut *c)
{
	return c->left == 0 && c->skip == 0;
}

struct view cut_end(const struct load_cut *c)
{
	static const char trailer[] = {'\xff', '\xff'};

	return c->format == DATA_BINARY ? (struct view){trailer, sizeof(trailer)}
					: (struct view){"", 0};
}
