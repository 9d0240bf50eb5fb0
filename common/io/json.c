/* SPDX-License-Identifier: MIT */
/*
 * Writing JSON (RFC 8259) to a buffer, indented or on one line. The writer
 * keeps track of commas and of the brackets that are open; errors of memory
 * stay in the buffer, where buf_ok() finds them. A byte that is not valid UTF-8
 * becomes U+FFFD, since JSON must be UTF-8 and names in a database can be
 * anything; characters that cannot be seen are escaped, since people read it too.
 */
#include "common/io/json.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "common/base/num.h"
#include "common/base/visible.h"

void jw_begin(struct jsonw *j, struct buf *b, bool indent)
{
	*j = (struct jsonw){.b = b, .indent = indent, .first = true};
}

/* A new line with two blanks for each level, if the output is indented. */
static void newline(struct jsonw *j)
{
	if (!j->indent)
		return;
	buf_addc(j->b, '\n');
	for (int i = 0; i < j->depth; i++)
		buf_add(j->b, "  ", 2);
}

/* Writes what stands between the value before and the one to come. */
static void separate(struct jsonw *j)
{
	if (j->keyed) {
		j->keyed = false;
		return;
	}
	if (!j->first)
		buf_addc(j->b, ',');
	if (j->depth > 0)
		newline(j);
	j->first = false;
}

/* Opens an array or object. */
static void open_level(struct jsonw *j, char open, char close)
{
	separate(j);
	assert(j->depth < (int)sizeof(j->close));
	j->close[j->depth++] = close;
	buf_addc(j->b, open);
	j->first = true;
}

void jw_object(struct jsonw *j)
{
	open_level(j, '{', '}');
}

void jw_array(struct jsonw *j)
{
	open_level(j, '[', ']');
}

/* Closes the array or object that is open. */
void jw_end(struct jsonw *j)
{
	assert(j->depth > 0);
	j->depth--;
	if (!j->first)
		newline(j);
	buf_addc(j->b, j->close[j->depth]);
	j->first = false;
}

void jw_raw(struct jsonw *j, const char *text, size_t n)
{
	separate(j);
	buf_add(j->b, text, n);
}

/* ---- strings ------------------------------------------------------------- */

/* What follows the backslash for a byte that has a short escape, or 0. */
static char short_escape(unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c == 0 ? NULL : strchr(from, c);

	return at == NULL ? 0 : to[at - from];
}

/* A byte that cannot stand for itself. */
static void add_escape(struct buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char esc[6] = {'\\', short_escape(c)};

	if (esc[1] != 0) {
		buf_add(b, esc, 2);
		return;
	}
	memcpy(esc + 1, "u00", 3);
	esc[4] = hex[c >> 4];
	esc[5] = hex[c & 15];
	buf_add(b, esc, 6);
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Runs of characters that stand for themselves are copied at once. */
static void add_string(struct buf *b, const char *s, size_t n)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < n;) {
		size_t run = i, step;

		while (run < n && is_plain((unsigned char)s[run]))
			run++;
		buf_add(b, s + i, run - i);
		i = run;
		if (i == n)
			break;
		if ((unsigned char)s[i] <= 0x7f) {
			add_escape(b, (unsigned char)s[i++]);
			continue;
		}
		step = utf8_step(s + i, n - i);
		step = step > 0 ? step : 1;
		buf_visible(b, s + i, step, VISIBLE_JSON);
		i += step;
	}
	buf_addc(b, '"');
}

void jw_key(struct jsonw *j, const char *key)
{
	separate(j);
	add_string(j->b, key, strlen(key));
	buf_add(j->b, ": ", j->indent ? 2 : 1);
	j->keyed = true;
}

/* A string of ${n} bytes, which may have a NUL among them. */
void jw_strn(struct jsonw *j, const char *s, size_t n)
{
	separate(j);
	add_string(j->b, s, n);
}

void jw_str(struct jsonw *j, const char *s)
{
	if (s == NULL)
		jw_null(j);
	else
		jw_strn(j, s, strlen(s));
}

/* ---- the other scalars --------------------------------------------------- */

/* A value that is written as it stands. */
static void literal(struct jsonw *j, const char *p, size_t n)
{
	separate(j);
	buf_add(j->b, p, n);
}

void jw_int(struct jsonw *j, int64_t i)
{
	char t[NUM_MAX];

	literal(j, t, num_fmt_i64(t, i));
}

void jw_uint(struct jsonw *j, uint64_t u)
{
	char t[NUM_MAX];

	literal(j, t, num_fmt_u64(t, u));
}

void jw_bool(struct jsonw *j, bool v)
{
	literal(j, v ? "true" : "false", v ? 4 : 5);
}

/* NaN and infinities are null: JSON has no numbers for them. */
void jw_double(struct jsonw *j, double d)
{
	char t[NUM_MAX];

	if (isfinite(d))
		literal(j, t, num_fmt_f64(t, d));
	else
		jw_null(j);
}

void jw_null(struct jsonw *j)
{
	literal(j, "null", 4);
}

/* Bytes as a string of hexadecimal digits. */
void jw_hex(struct jsonw *j, const void *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *from = p;

	separate(j);
	buf_addc(j->b, '"');
	for (size_t i = 0; i < n; i++) {
		buf_addc(j->b, hex[from[i] >> 4]);
		buf_addc(j->b, hex[from[i] & 15]);
	}
	buf_addc(j->b, '"');
}

/* A key of a map; JSON has only strings there. */
static void key_of(struct jsonw *j, const msgpack_object *o)
{
	struct buf b = BUF_INIT;
	struct jsonw inner;

	separate(j);
	if (o->type == MSGPACK_OBJECT_STR) {
		add_string(j->b, o->via.str.ptr, o->via.str.size);
	} else {
		jw_begin(&inner, &b, false);
		jw_object_of(&inner, o);
		add_string(j->b, b.n > 0 ? b.p : "", b.n);
		buf_free(&b);
	}
	buf_add(j->b, ": ", j->indent ? 2 : 1);
	j->keyed = true;
}

/* A msgpack value as JSON. */
void jw_object_of(struct jsonw *j, const msgpack_object *o)
{
	switch (o->type) {
	case MSGPACK_OBJECT_NIL:
		jw_null(j);
		break;
	case MSGPACK_OBJECT_BOOLEAN:
		jw_bool(j, o->via.boolean);
		break;
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		jw_uint(j, o->via.u64);
		break;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		jw_int(j, o->via.i64);
		break;
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64:
		jw_double(j, o->via.f64);
		break;
	case MSGPACK_OBJECT_STR:
		jw_strn(j, o->via.str.ptr, o->via.str.size);
		break;
	case MSGPACK_OBJECT_BIN:
		jw_hex(j, o->via.bin.ptr, o->via.bin.size);
		break;
	case MSGPACK_OBJECT_EXT:
		jw_hex(j, o->via.ext.ptr, o->via.ext.size);
		break;
	case MSGPACK_OBJECT_ARRAY:
		jw_array(j);
		for (uint32_t i = 0; i < o->via.array.size; i++)
			jw_object_of(j, &o->via.array.ptr[i]);
		jw_end(j);
		break;
	case MSGPACK_OBJECT_MAP:
		jw_object(j);
		for (uint32_t i = 0; i < o->via.map.size; i++) {
			key_of(j, &o->via.map.ptr[i].key);
			jw_object_of(j, &o->via.map.ptr[i].val);
		}
		jw_end(j);
		break;
	}
}

/* ---- members ------------------------------------------------------------- */

void jw_kstr(struct jsonw *j, const char *key, const char *s)
{
	jw_key(j, key);
	jw_str(j, s);
}

void jw_kint(struct jsonw *j, const char *key, int64_t i)
{
	jw_key(j, key);
	jw_int(j, i);
}

void jw_kuint(struct jsonw *j, const char *key, uint64_t u)
{
	jw_key(j, key);
	jw_uint(j, u);
}

void jw_kbool(struct jsonw *j, const char *key, bool v)
{
	jw_key(j, key);
	jw_bool(j, v);
}

void jw_kdouble(struct jsonw *j, const char *key, double d)
{
	jw_key(j, key);
	jw_double(j, d);
}
