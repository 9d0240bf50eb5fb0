/* SPDX-License-Identifier: MIT */
/*
 * JSON values: reading and printing, for json and jsonb.
 *
 * The reader is a recursive-descent parser of RFC 8259, bounded to MAX_DEPTH
 * levels. With ${jsonb} it also makes what jsonb makes of a value: keys of an
 * object sorted by length and then by bytes, the last of equal keys kept,
 * \u0000 refused, numbers as numerics (src/backend/utils/adt/jsonb.c and
 * jsonb_util.c). Each value also keeps the text it was read from (raw), which
 * is what json operators return.
 */
#include "common/sql/types/sql_json.h"

#include <string.h>

#include "common/sql/sql_utf8.h"

enum { MAX_DEPTH = 200 };

/* The position in the text, and how deep we are. */
struct scan {
	const char *p, *end;
	struct sql_eval *ev;
	unsigned depth;
	bool jsonb;
};

/* Skips the white space of JSON, which is these four characters only. */
static void skip(struct scan *s)
{
	while (s->p < s->end && strchr(" \t\n\r", *s->p) != NULL)
		s->p++;
}

/* ---- strings ---------------------------------------------------------------------- */

/* Four hexadecimal digits. */
static bool hex4(struct scan *s, uint32_t *c)
{
	*c = 0;
	if (s->end - s->p < 4)
		return false;
	for (int k = 0; k < 4; k++, s->p++) {
		char h = *s->p;
		int v = h >= '0' && h <= '9'		     ? h - '0'
			: (h | 32) >= 'a' && (h | 32) <= 'f' ? (h | 32) - 'a' + 10
							     : -1;

		if (v < 0)
			return false;
		*c = *c << 4 | (uint32_t)v;
	}
	return true;
}

/*
 * The digits of \uXXXX, or a surrogate pair of two of them, as UTF-8. A lone
 * surrogate is an error, as in PostgreSQL.
 */
static bool unicode(struct scan *s, char *to, size_t *n)
{
	uint32_t c, low;

	if (!hex4(s, &c) || (c == 0 && s->jsonb) || (c >= 0xdc00 && c < 0xe000))
		return false;
	if (c >= 0xd800 && c < 0xdc00) {
		if (s->end - s->p < 6 || s->p[0] != '\\' || s->p[1] != 'u')
			return false;
		s->p += 2;
		if (!hex4(s, &low) || low < 0xdc00 || low >= 0xe000)
			return false;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	*n += sql_utf8_put(to + *n, c);
	return true;
}

/*
 * Reads a string whose opening quote has been read; a decoded string is never
 * longer than its source, so that what is left of the text is room enough.
 */
static bool string(struct scan *s, struct vtext *t)
{
	static const char from[] = "\"\\/bfnrt", to_c[] = "\"\\/\b\f\n\r\t";
	char *to = sql_alloc(s->ev, (size_t)(s->end - s->p));
	size_t n = 0;

	if (to == NULL)
		return false;
	for (; s->p < s->end && *s->p != '"'; s->p++) {
		const char *at;

		if ((uint8_t)*s->p < 0x20)
			return false;
		if (*s->p != '\\') {
			to[n++] = *s->p;
			continue;
		}
		if (++s->p == s->end)
			return false;
		if (*s->p == 'u') {
			s->p++;
			if (!unicode(s, to, &n))
				return false;
			s->p--;
			continue;
		}
		at = *s->p != '\0' ? strchr(from, *s->p) : NULL;
		if (at == NULL)
			return false;
		to[n++] = to_c[at - from];
	}
	*t = (struct vtext){to, n};
	return s->p < s->end && *s->p++ == '"';
}

/* ---- values ------------------------------------------------------------------------ */

/* Skips digits; how many there were. */
static size_t digits(struct scan *s)
{
	const char *from = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return (size_t)(s->p - from);
}

/*
 * A number by RFC 8259: no leading zeros, digits on both sides of a point. json
 * keeps it as text, so that one with too many digits is an error only for
 * jsonb.
 */
static bool number(struct scan *s, struct sql_json *j)
{
	const char *from = s->p, *first;

	if (*s->p == '-')
		s->p++;
	first = s->p;
	if (digits(s) == 0 || (*first == '0' && s->p - first > 1))
		return false;
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (digits(s) == 0)
			return false;
	}
	if (s->p < s->end && (*s->p | 32) == 'e') {
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		if (digits(s) == 0)
			return false;
	}
	j->kind = SQL_J_NUMBER;
	return sql_num_parse(from, (size_t)(s->p - from), &j->num) || !s->jsonb;
}

/* Skips the word; false if something else is there. */
static bool word(struct scan *s, const char *w)
{
	size_t n = strlen(w);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, w, n) != 0)
		return false;
	s->p += n;
	return true;
}

/* Members of an array or object while it is read; the arrays double in size. */
struct list {
	struct sql_json **item;
	struct vtext *key;
	uint32_t n, cap;
};

/* Appends a member; false when out of memory. */
static bool push(struct scan *s, struct list *l, struct sql_json *item, struct vtext key)
{
	if (l->n == l->cap) {
		uint32_t cap = l->cap > 0 ? l->cap * 2 : 4;
		struct sql_json **wi = sql_alloc(s->ev, cap * sizeof(struct sql_json *));
		struct vtext *wk = sql_alloc(s->ev, cap * sizeof *wk);

		if (wi == NULL || wk == NULL)
			return false;
		if (l->n > 0) {
			memcpy(wi, l->item, l->n * sizeof(struct sql_json *));
			memcpy(wk, l->key, l->n * sizeof *wk);
		}
		l->item = wi;
		l->key = wk;
		l->cap = cap;
	}
	l->item[l->n] = item;
	l->key[l->n++] = key;
	return true;
}

/*
 * Inserts a member in the order of keys; a later value of the same key replaces
 * the earlier one.
 */
static bool put_key(struct scan *s, struct list *l, struct sql_json *item, struct vtext key)
{
	uint32_t at = l->n;

	while (at > 0 && sql_json_key_cmp(l->key[at - 1], key) > 0)
		at--;
	if (at > 0 && sql_json_key_cmp(l->key[at - 1], key) == 0) {
		l->item[at - 1] = item;
		return true;
	}
	if (!push(s, l, item, key))
		return false;
	memmove(&l->item[at + 1], &l->item[at], (l->n - 1 - at) * sizeof(struct sql_json *));
	memmove(&l->key[at + 1], &l->key[at], (l->n - 1 - at) * sizeof *l->key);
	l->item[at] = item;
	l->key[at] = key;
	return true;
}

static struct sql_json *value(struct scan *s);

/* The members of an array or object, up to ${close}. */
static bool members(struct scan *s, struct sql_json *j, char close)
{
	struct list l = {0};

	s->p++;
	skip(s);
	if (s->p < s->end && *s->p == close) {
		s->p++;
		return true;
	}
	for (;; s->p++) {
		struct vtext key = {"", 0};
		struct sql_json *v;

		skip(s);
		if (close == '}') {
			if (s->p == s->end || *s->p++ != '"' || !string(s, &key))
				return false;
			skip(s);
			if (s->p == s->end || *s->p++ != ':')
				return false;
		}
		if ((v = value(s)) == NULL)
			return false;
		if (close == '}' ? !put_key(s, &l, v, key) : !push(s, &l, v, key))
			return false;
		skip(s);
		if (s->p == s->end || (*s->p != ',' && *s->p != close))
			return false;
		if (*s->p == close)
			break;
	}
	s->p++;
	j->item = l.item;
	j->key = l.key;
	j->n = l.n;
	return true;
}

/* One value, by its first character. */
static bool any(struct scan *s, struct sql_json *j)
{
	switch (*s->p) {
	case '{':
		j->kind = SQL_J_OBJECT;
		return members(s, j, '}');
	case '[':
		j->kind = SQL_J_ARRAY;
		return members(s, j, ']');
	case '"':
		s->p++;
		j->kind = SQL_J_STRING;
		return string(s, &j->text);
	case 't':
		j->kind = SQL_J_TRUE;
		return word(s, "true");
	case 'f':
		j->kind = SQL_J_FALSE;
		return word(s, "false");
	case 'n':
		j->kind = SQL_J_NULL;
		return word(s, "null");
	default:
		return number(s, j);
	}
}

/*
 * A value with its text; NULL when it is no JSON, nested too deeply, or there
 * is no memory.
 */
static struct sql_json *value(struct scan *s)
{
	struct sql_json *j = sql_alloc(s->ev, sizeof *j);

	skip(s);
	if (j == NULL || s->p == s->end || ++s->depth > MAX_DEPTH)
		return NULL;
	j->raw.p = s->p;
	if (!any(s, j))
		return NULL;
	j->raw.n = (size_t)(s->p - j->raw.p);
	s->depth--;
	return j;
}

/* NULL when the text is not one JSON value. */
struct sql_json *sql_json_parse(struct sql_eval *ev, struct vtext t, bool jsonb)
{
	struct scan s = {.p = t.p, .end = t.p + t.n, .ev = ev, .jsonb = jsonb};
	struct sql_json *j = value(&s);

	skip(&s);
	return s.p == s.end ? j : NULL;
}

/* ---- text -------------------------------------------------------------------------- */

/* A JSON string with the escapes that escape_json() of json.c uses. */
static void print_string(struct vtext t, struct buf *b)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";

	buf_addc(b, '"');
	for (size_t k = 0; k < t.n; k++) {
		const char *at = t.p[k] != '\0' ? strchr(from, t.p[k]) : NULL;

		if (at != NULL)
			buf_addf(b, "\\%c", to[at - from]);
		else if ((uint8_t)t.p[k] < 0x20)
			buf_addf(b, "\\u%04x", (unsigned)(uint8_t)t.p[k]);
		else
			buf_addc(b, t.p[k]);
	}
	buf_addc(b, '"');
}

/*
 * The text of a jsonb value, with a blank after commas and colons, as
 * JsonbToCString() prints it.
 */
void sql_json_print(const struct sql_json *j, struct buf *b)
{
	static const char *const words[] = {"null", "", "", "false", "true"};
	char num[SQL_NUM_TEXT];

	switch (j->kind) {
	case SQL_J_STRING:
		print_string(j->text, b);
		return;
	case SQL_J_NUMBER:
		buf_add(b, num, sql_num_print(num, &j->num));
		return;
	case SQL_J_ARRAY:
	case SQL_J_OBJECT:
		break;
	default:
		buf_adds(b, words[j->kind]);
		return;
	}
	buf_addc(b, j->kind == SQL_J_ARRAY ? '[' : '{');
	for (uint32_t k = 0; k < j->n; k++) {
		if (k > 0)
			buf_adds(b, ", ");
		if (j->kind == SQL_J_OBJECT) {
			print_string(j->key[k], b);
			buf_adds(b, ": ");
		}
		sql_json_print(j->item[k], b);
	}
	buf_addc(b, j->kind == SQL_J_ARRAY ? ']' : '}');
}

/* ---- the type jsonb ------------------------------------------------------------------ */

/* The input function of jsonb. */
bool sql_jsonb_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	(void)t;
	*why = "invalid input syntax for type json";
	out->v.p[i] = sql_json_parse(ev, s, true);
	return out->v.p[i] != NULL;
}

struct vtext sql_json_printed(struct sql_eval *ev, const struct sql_json *j)
{
	struct buf b = BUF_INIT;
	struct vtext t = {"", 0};
	char *to;

	sql_json_print(j, &b);
	to = buf_ok(&b) ? sql_alloc(ev, b.n) : NULL;
	if (to != NULL && b.n > 0) {
		memcpy(to, b.p, b.n);
		t = (struct vtext){to, b.n};
	}
	ev->nomem |= !buf_ok(&b);
	buf_free(&b);
	return t;
}

struct vtext sql_jsonb_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	(void)t;
	return sql_json_printed(ev, r->v.p[i & r->mask]);
}
