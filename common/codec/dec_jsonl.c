/* SPDX-License-Identifier: MIT */
/*
 * Splitting JSON lines: one object a line (RFC 8259), its members by column name in any
 * order.  Numbers stay the text they are, so no decimal passes through a double; objects
 * and arrays are handed on as text.
 */
#include "common/codec/dec_in.h"

#include <string.h>

#include "common/schema/schema.h"

enum { DEPTH = 200 };

/* The position, and the end of the line. */
struct json {
	char *p, *end;
};

/* The white space of JSON. */
static void blanks(struct json *j)
{
	while (j->p < j->end && (*j->p == ' ' || *j->p == '\t' || *j->p == '\r' || *j->p == '\n'))
		j->p++;
}

/* Steps over the character if it is next. */
static bool take(struct json *j, char c)
{
	if (j->p == j->end || *j->p != c)
		return false;
	j->p++;
	return true;
}

/* Steps over a literal name. */
static bool word(struct json *j, const char *w)
{
	size_t n = strlen(w);

	if ((size_t)(j->end - j->p) < n || memcmp(j->p, w, n) != 0)
		return false;
	j->p += n;
	return true;
}

static bool digits(struct json *j)
{
	char *start = j->p;

	while (j->p < j->end && *j->p >= '0' && *j->p <= '9')
		j->p++;
	return j->p > start;
}

/* Steps over a number by the grammar of RFC 8259, section 6. */
static bool number(struct json *j)
{
	take(j, '-');
	if (!take(j, '0') && !digits(j))
		return false;
	if (take(j, '.') && !digits(j))
		return false;
	if (take(j, 'e') || take(j, 'E')) {
		if (!take(j, '+'))
			take(j, '-');
		return digits(j);
	}
	return true;
}

/* The value of four hexadecimal digits, or -1. */
static int32_t hex4(const char *p, const char *end)
{
	int32_t v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = (char)(p[i] | 0x20);

		if (p[i] >= '0' && p[i] <= '9')
			v = v * 16 + (p[i] - '0');
		else if (c >= 'a' && c <= 'f')
			v = v * 16 + (c - 'a' + 10);
		else
			return -1;
	}
	return v;
}

/* After the opening quote: to behind the closing one. */
static bool string(struct json *j, bool *escaped)
{
	*escaped = false;
	for (; j->p < j->end; j->p++) {
		if (*j->p == '"') {
			j->p++;
			return true;
		}
		if ((unsigned char)*j->p < 0x20)
			return false;
		if (*j->p != '\\')
			continue;
		*escaped = true;
		if (++j->p == j->end)
			return false;
		if (*j->p == 'u') {
			if (hex4(j->p + 1, j->end) == -1)
				return false;
			j->p += 4;
		} else if (memchr("\"\\/bfnrt", *j->p, 8) == NULL) {
			return false;
		}
	}
	return false;
}

static bool value(struct json *j, int depth);

/* Members up to the closing bracket, to a bounded depth. */
static bool members(struct json *j, char close, int depth)
{
	bool escaped;

	blanks(j);
	if (take(j, close))
		return true;
	do {
		blanks(j);
		if (close == '}') {
			if (!take(j, '"') || !string(j, &escaped))
				return false;
			blanks(j);
			if (!take(j, ':'))
				return false;
		}
		if (!value(j, depth + 1))
			return false;
		blanks(j);
	} while (take(j, ','));
	return take(j, close);
}

/* Steps over one value of any kind. */
static bool value(struct json *j, int depth)
{
	bool escaped;

	blanks(j);
	if (depth > DEPTH)
		return false;
	if (take(j, '{'))
		return members(j, '}', depth);
	if (take(j, '['))
		return members(j, ']', depth);
	if (take(j, '"'))
		return string(j, &escaped);
	return word(j, "true") || word(j, "false") || word(j, "null") || number(j);
}

bool dec_json_valid(const char *p, size_t n)
{
	struct json j = {(char *)(uintptr_t)p, (char *)(uintptr_t)p + n};

	if (!value(&j, 0))
		return false;
	blanks(&j);
	return j.p == j.end;
}

/* One code point as UTF-8; a lone surrogate comes out as bytes that are not UTF-8. */
static char *put_utf8(char *to, uint32_t u)
{
	if (u < 0x80) {
		*to++ = (char)u;
	} else if (u < 0x800) {
		*to++ = (char)(0xc0 | u >> 6);
		*to++ = (char)(0x80 | (u & 0x3f));
	} else if (u < 0x10000) {
		*to++ = (char)(0xe0 | u >> 12);
		*to++ = (char)(0x80 | (u >> 6 & 0x3f));
		*to++ = (char)(0x80 | (u & 0x3f));
	} else {
		*to++ = (char)(0xf0 | u >> 18);
		*to++ = (char)(0x80 | (u >> 12 & 0x3f));
		*to++ = (char)(0x80 | (u >> 6 & 0x3f));
		*to++ = (char)(0x80 | (u & 0x3f));
	}
	return to;
}

/* Take the escapes of a string that was checked out of it, in place. */
static void unescape(struct dec_field *f)
{
	static const char from[] = "bfnrt", into[] = "\b\f\n\r\t";
	const char *end = f->p + f->n;
	char *to = f->p;

	for (char *p = f->p; p < end; p++) {
		const char *known;
		uint32_t u, low;

		if (*p != '\\') {
			*to++ = *p;
			continue;
		}
		p++;
		known = memchr(from, *p, sizeof(from) - 1);
		if (known != NULL) {
			*to++ = into[known - from];
			continue;
		}
		if (*p != 'u') {
			*to++ = *p;
			continue;
		}
		u = (uint32_t)hex4(p + 1, end);
		p += 4;
		if ((u & 0xfc00) == 0xd800 && end - p > 6 && p[1] == '\\' && p[2] == 'u') {
			low = (uint32_t)hex4(p + 3, end);
			if ((low & 0xfc00) == 0xdc00) {
				u = 0x10000 + ((u & 0x3ff) << 10 | (low & 0x3ff));
				p += 6;
			}
		}
		to = put_utf8(to, u);
	}
	f->n = (size_t)(to - f->p);
}

/* The column of that name: most often the one after ${guess}. */
static int column_of(const struct pg_table *t, const struct dec_field *key, uint32_t guess)
{
	for (uint32_t k = 0; k < t->ncolumns; k++) {
		uint32_t i = (guess + k) % t->ncolumns;
		const char *name = t->columns[i].name;

		if (strlen(name) == key->n && memcmp(name, key->p, key->n) == 0)
			return (int)i;
	}
	return -1;
}

/* One member of the object: its column and its value. */
static bool member(struct json *j, const struct pg_table *t, struct dec_record *r, uint32_t *guess,
	bool *extra)
{
	struct dec_field key = {0}, f = {0};
	int col;

	blanks(j);
	if (!take(j, '"'))
		return false;
	key.p = j->p;
	if (!string(j, &key.escaped))
		return false;
	key.n = (size_t)(j->p - 1 - key.p);
	blanks(j);
	if (!take(j, ':'))
		return false;
	blanks(j);
	f.p = j->p;
	if (take(j, '"')) {
		f.p++;
		if (!string(j, &f.escaped))
			return false;
		f.n = (size_t)(j->p - 1 - f.p);
	} else {
		if (!value(j, 0))
			return false;
		f.n = (size_t)(j->p - f.p);
		f.null = f.n == 4 && memcmp(f.p, "null", 4) == 0;
	}
	if (key.escaped)
		unescape(&key);
	if (f.escaped)
		unescape(&f);
	col = column_of(t, &key, *guess);
	if (col == -1 || (uint32_t)col >= r->cap) {
		*extra = true;
		return true;
	}
	r->f[col] = f;
	*guess = (uint32_t)col + 1;
	return true;
}

/* One line is one record; a member that is not there is NULL. */
enum dec_split dec_jsonl_split(struct dec_cut *c, struct dec_record *r)
{
	char *nl = memchr(c->p, '\n', c->n);
	struct json j = {c->p, nl != NULL ? nl : c->p + c->n};
	uint32_t guess = 0;
	bool extra = false;

	if (nl == NULL && !c->eof)
		return DEC_MORE;
	c->used = (size_t)(j.end - c->p) + (nl != NULL);
	r->n = r->cap;
	for (uint32_t i = 0; i < r->cap; i++)
		r->f[i] = (struct dec_field){.null = true, .missing = true};
	blanks(&j);
	if (j.p == j.end)
		return DEC_SKIP;
	if (!take(&j, '{'))
		return DEC_WRONG;
	blanks(&j);
	if (!take(&j, '}')) {
		do {
			if (!member(&j, c->table, r, &guess, &extra))
				return DEC_WRONG;
			blanks(&j);
		} while (take(&j, ','));
		if (!take(&j, '}'))
			return DEC_WRONG;
	}
	blanks(&j);
	if (j.p != j.end)
		return DEC_WRONG;
	r->n += extra ? 1 : 0;
	return DEC_GOT;
}
