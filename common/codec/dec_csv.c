/* SPDX-License-Identifier: MIT */
/*
 * Splitting the two line-oriented formats, CSV and COPY text.
 *
 * Both are cut in place: a record ends at a newline that is not quoted or
 * escaped, and fields point into the window. Unquoting and unescaping can only
 * shorten a field, so that it too is done in place.
 */
#include "common/codec/dec_in.h"

#include <string.h>

/*
 * The next field of the record; those that nobody has room for share one, and
 * are only counted.
 */
static struct dec_field *add_field(struct dec_record *r)
{
	static struct dec_field spill; /* fields nobody has room for, see struct dec_record */
	struct dec_field *f = r->n < r->cap ? &r->f[r->n] : &spill;

	r->n++;
	return f;
}

/* "" within quotes becomes "; the quotes around are taken off.  RFC 4180, and PostgreSQL's
 * leniency: quotes may open and close anywhere in a field. */
static void unquote(struct dec_field *f)
{
	char *to = f->p;
	bool in = false;

	for (size_t i = 0; i < f->n; i++) {
		if (f->p[i] != '"')
			*to++ = f->p[i];
		else if (in && i + 1 < f->n && f->p[i + 1] == '"')
			*to++ = f->p[i++];
		else
			in = !in;
	}
	f->n = (size_t)(to - f->p);
}

/*
 * A record may contain newlines within quotes. An empty field without quotes is
 * NULL, as COPY writes it.
 */
enum dec_split dec_csv_split(struct dec_cut *c, struct dec_record *r)
{
	char *p = c->p, *start = c->p;
	char *const end = c->p + c->n;
	bool quoted = false, in = false;

	r->n = 0;
	for (;; p++) {
		struct dec_field *f;
		bool last;

		if (in) { /* only a quote matters here */
			p = memchr(p, '"', (size_t)(end - p));
			if (p == NULL)
				break;
			in = false;
			continue;
		}
		while (p < end && *p != ',' && *p != '\n' && *p != '"')
			p++;
		if (p == end && !c->eof)
			return DEC_MORE;
		if (p < end && *p == '"') { /* a doubled quote closes and opens again */
			in = quoted = true;
			continue;
		}
		last = p == end || *p == '\n';
		f = add_field(r);
		*f = (struct dec_field){.p = start, .n = (size_t)(p - start), .escaped = quoted};
		if (last && f->n > 0 && f->p[f->n - 1] == '\r')
			f->n--;
		f->null = f->n == 0 && !quoted;
		if (last)
			break;
		start = p + 1;
		quoted = false;
	}
	if (in || p == NULL) {
		c->used = c->n;
		return c->eof ? DEC_BROKEN : DEC_MORE;
	}
	c->used = (size_t)(p - c->p) + (p < end);
	for (uint32_t i = 0; i < r->n && i < r->cap; i++)
		if (r->f[i].escaped)
			unquote(&r->f[i]);
	return DEC_GOT;
}

/* The value of a hexadecimal digit, or -1. */
static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Backslash and up to ${max} digits of ${base}: the byte; ${i} moves to the last digit. */
static char coded_byte(const struct dec_field *f, size_t *i, int base, int max)
{
	int v = 0, d;

	for (int k = 0; k < max && *i + 1 < f->n; k++) {
		d = hex(f->p[*i + 1]);
		if (d < 0 || d >= base)
			break;
		v = v * base + d;
		(*i)++;
	}
	return (char)(v & 0xff);
}

/* What PostgreSQL's COPY FROM makes of backslashes. */
static void unescape(struct dec_field *f)
{
	static const char from[] = "bfnrtv", into[] = "\b\f\n\r\t\v";
	char *to = f->p;

	for (size_t i = 0; i < f->n; i++) {
		const char *known;
		char ch = f->p[i];

		if (ch != '\\' || i + 1 == f->n) {
			*to++ = ch;
			continue;
		}
		ch = f->p[++i];
		known = memchr(from, ch, sizeof(from) - 1);
		if (known != NULL) {
			*to++ = into[known - from];
		} else if (ch >= '0' && ch <= '7') {
			i--;
			*to++ = coded_byte(f, &i, 8, 3);
		} else if (ch == 'x' && i + 1 < f->n && hex(f->p[i + 1]) >= 0) {
			*to++ = coded_byte(f, &i, 16, 2);
		} else {
			*to++ = ch;
		}
	}
	f->n = (size_t)(to - f->p);
}

/*
 * A newline ends the record, a tab the field; a backslash takes the character
 * after it out of this. \N alone is NULL and \. alone is the end.
 */
enum dec_split dec_text_split(struct dec_cut *c, struct dec_record *r)
{
	char *p = c->p, *start = c->p;
	char *const end = c->p + c->n;
	bool escaped = false;

	r->n = 0;
	for (;; p++) {
		struct dec_field *f;

		while (p < end && *p != '\t' && *p != '\n' && *p != '\\')
			p++;
		if (p < end && *p == '\\') {
			escaped = true;
			if (++p < end)
				continue;
		}
		if (p == end && !c->eof)
			return DEC_MORE;
		f = add_field(r);
		*f = (struct dec_field){.p = start, .n = (size_t)(p - start), .escaped = escaped};
		f->null = f->n == 2 && start[0] == '\\' && start[1] == 'N';
		if (p == end || *p == '\n')
			break;
		start = p + 1;
		escaped = false;
	}
	c->used = (size_t)(p - c->p) + (p < end);
	if (c->n >= 2 && c->p[0] == '\\' && c->p[1] == '.' && r->n == 1 && p - c->p == 2)
		return DEC_SKIP; /* end-of-data marker of old files */
	for (uint32_t i = 0; i < r->n && i < r->cap; i++)
		if (r->f[i].escaped && !r->f[i].null)
			unescape(&r->f[i]);
	return DEC_GOT;
}
