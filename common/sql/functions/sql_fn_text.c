/* SPDX-License-Identifier: MIT */
/*
 * Texts: lengths, parts, joining. Positions and lengths count characters, from
 * 1; texts are valid UTF-8. A result that is a part of an argument points into
 * it, all others are made in the block's memory. The functions are those of
 * varlena.c and oracle_compat.c of PostgreSQL. Texts that would be longer than
 * 64 MiB fail the row; PostgreSQL's limit is 1 GiB.
 */
#include "common/sql/sql_comp.h"

#include <string.h>

#include "common/sql/sql_utf8.h"

static const struct vtext empty = {"", 0};

/* Both texts; either of them itself when the other is empty. */
static struct vtext concat2(struct sql_eval *ev, struct vtext l, struct vtext r)
{
	char *p;

	if (l.n == 0 || r.n == 0)
		return l.n == 0 ? r : l;
	p = sql_alloc(ev, l.n + r.n);
	if (p == NULL)
		return empty;
	memcpy(p, l.p, l.n);
	memcpy(p + l.n, r.p, r.n);
	return (struct vtext){p, l.n + r.n};
}

static void text_concat(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) out->v.t[i] = concat2(ev, SQL_T(0, i), SQL_T(1, i));
}

/* Characters; of a char(n) without its trailing blanks (bpcharlen()). */
static void text_length(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i);

		if (x->fn->arg[0] == PG_BPCHAR)
			while (t.n > 0 && t.p[t.n - 1] == ' ')
				t.n--;
		out->v.i[i] = (int64_t)utf8_len(t.p, t.n);
	}
}

/*
 * octet_length, bit_length and length(bytea): param is how many units a byte
 * has.
 */
static void text_octets(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i) out->v.i[i] = (int64_t)SQL_T(0, i).n * x->fn->param;
}

/* ---- searching and cutting ------------------------------------------------------------ */

/*
 * Where ${what} first occurs in ${t}, or NULL. Searching bytes is enough: in
 * UTF-8 no character is found within another.
 */
static const char *find(struct vtext t, struct vtext what)
{
	return what.n == 0 ? t.p : memmem(t.p, t.n, what.p, what.n);
}

static void text_position(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i);
		const char *at = find(t, SQL_T(1, i));

		out->v.i[i] = at == NULL ? 0 : 1 + (int64_t)utf8_len(t.p, (size_t)(at - t.p));
	}
}

/*
 * The characters of ${t} from the ${from}-th up to but not including the
 * ${end}-th; both may lie outside of the text.
 */
static struct vtext slice(struct vtext t, int64_t from, int64_t end)
{
	size_t skip, take;

	if (from < 1)
		from = 1;
	if (end <= from)
		return empty;
	skip = utf8_cut(t.p, t.n, (size_t)(from - 1));
	take = utf8_cut(t.p + skip, t.n - skip, (size_t)(end - from));
	return (struct vtext){t.p + skip, take};
}

/*
 * substring(t, from, length): the part may begin before the text, and then what
 * lies before it counts (text_substring()).
 */
static void text_substring(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		int64_t from = SQL_I(1, i), end = x->nargs > 2 ? from + SQL_I(2, i) : INT64_MAX;

		if (x->nargs > 2 && SQL_I(2, i) < 0)
			sql_raise(ev, out, i, "negative substring length not allowed");
		else
			out->v.t[i] = slice(SQL_T(0, i), from, end);
	}
}

/* left(t, n) and right(t, n): a negative n means all but that many. */
static void text_side(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i);
		int64_t n = SQL_I(1, i), len = (int64_t)utf8_len(t.p, t.n);
		int64_t take = n < 0 ? len + n : n < len ? n : len;

		if (x->fn->param != 0 && n == INT32_MIN)
			sql_differs(ev, out, i); /* some minor versions took -n, which overflows */
		else if (x->fn->param == 0)
			out->v.t[i] = slice(t, 1, take + 1);
		else
			out->v.t[i] = slice(t, len - take + 1, len + 1);
	}
}

/*
 * right() by the least integer differs between minor versions, whatever the
 * text is.
 */
static struct sql_node *prepare_right(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	const struct sql_node *n = x->args[1];

	(void)st;
	if (n->op == SQL_CONST && !sql_null(&n->cval, 0) && n->cval.v.i[0] == INT32_MIN)
		*c->differs = x->fn->name; /* of any text */
	return x;
}

static void text_starts(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i), p = SQL_T(1, i);

		out->v.i[i] = t.n >= p.n && memcmp(t.p, p.p, p.n) == 0;
	}
}

/* Counts the places first, so that the result is allocated once. */
static void text_replace(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i), from = SQL_T(1, i), to = SQL_T(2, i), r = {"", 0};
		const char *at;
		size_t hits = 0;
		char *p;

		for (struct vtext rest = t; from.n > 0 && (at = find(rest, from)) != NULL; hits++)
			rest = (struct vtext){at + from.n, rest.n - (size_t)(at - rest.p) - from.n};
		out->v.t[i] = t;
		if (hits == 0)
			continue;
		if (to.n > 0 && hits > (64u << 20) / to.n) {
			sql_raise(ev, out, i, "a text of more than 64 MiB");
			continue;
		}
		p = sql_alloc(ev, t.n + hits * to.n);
		if (p == NULL)
			return;
		r.p = p;
		while ((at = find(t, from)) != NULL) {
			size_t n = (size_t)(at - t.p);

			memcpy(p + r.n, t.p, n);
			memcpy(p + r.n + n, to.p, to.n);
			r.n += n + to.n;
			t.p += n + from.n, t.n -= n + from.n;
		}
		memcpy(p + r.n, t.p, t.n);
		r.n += t.n;
		out->v.t[i] = r;
	}
}

/*
 * split_part(): the k-th piece between separators; a negative k counts from the
 * end.
 */
static void text_split(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i), sep = SQL_T(1, i), rest;
		int64_t k = SQL_I(2, i), pieces = 1, at_piece = 1;
		const char *at;

		out->v.t[i] = empty;
		if (k == 0) {
			sql_raise(ev, out, i, "field position must not be zero");
			continue;
		}
		if (t.n == 0)
			continue;
		if (sep.n == 0) {
			if (k == 1 || k == -1)
				out->v.t[i] = t;
			continue;
		}
		for (rest = t; (at = find(rest, sep)) != NULL; pieces++)
			rest = (struct vtext){at + sep.n, rest.n - (size_t)(at - rest.p) - sep.n};
		if (k < 0)
			k += pieces + 1;
		for (rest = t; k > 0 && at_piece <= pieces; at_piece++) {
			at = find(rest, sep);
			size_t n = at == NULL ? rest.n : (size_t)(at - rest.p);

			if (at_piece == k)
				out->v.t[i] = (struct vtext){rest.p, n};
			if (at == NULL)
				break;
			rest = (struct vtext){at + sep.n, rest.n - n - sep.n};
		}
	}
}

/* Up to 13, a field is not counted from the end. */
static struct sql_node *prepare_split(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	const struct sql_node *k = x->args[2];

	if (!sql_before(c, 14) ||
		(k->op == SQL_CONST && (sql_null(&k->cval, 0) || k->cval.v.i[0] > 0)))
		return x;
	return sql_refuse(c, st, "split_part() of PostgreSQL 13, but for a positive constant,");
}

/*
 * overlay(t placing new from p for n): what is before, the new text, and what
 * is after.
 */
static void text_overlay(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i), put = SQL_T(1, i);
		int64_t from = SQL_I(2, i);
		int64_t n = x->nargs > 3 ? SQL_I(3, i) : (int64_t)utf8_len(put.p, put.n);

		if (from <= 0)
			sql_raise(ev, out, i, "negative substring length not allowed");
		else
			out->v.t[i] = concat2(ev, concat2(ev, slice(t, 1, from), put),
				slice(t, from + n, INT64_MAX));
	}
}

/* By characters, each of which keeps its bytes. */
static void text_reverse(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i);
		char *p = sql_alloc(ev, t.n);
		uint32_t c;

		if (p == NULL)
			return;
		for (size_t k = 0; k < t.n;) {
			size_t w = sql_utf8_get(t.p + k, t.n - k, &c);

			memcpy(p + t.n - k - w, t.p + k, w);
			k += w;
		}
		out->v.t[i] = (struct vtext){p, t.n};
	}
}

static void text_repeat(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i);
		int64_t n = SQL_I(1, i) < 0 ? 0 : SQL_I(1, i);
		char *p;

		if (t.n > 0 && (uint64_t)n > (64u << 20) / t.n) {
			sql_raise(ev, out, i, "a text of more than 64 MiB");
			continue;
		}
		p = sql_alloc(ev, t.n * (size_t)n);
		if (p == NULL)
			return;
		for (int64_t k = 0; k < n; k++)
			memcpy(p + (size_t)k * t.n, t.p, t.n);
		out->v.t[i] = (struct vtext){p, t.n * (size_t)n};
	}
}

/* lpad and rpad (param 1): to n characters; a longer text is cut. */
static void text_pad(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i),
			     fill = x->nargs > 2 ? SQL_T(2, i) : (struct vtext){" ", 1};
		int64_t want = SQL_I(1, i) < 0 ? 0 : SQL_I(1, i);
		size_t have, fill_len = utf8_len(fill.p, fill.n), n;
		char *p;

		t.n = utf8_cut(t.p, t.n, (size_t)want);
		have = utf8_len(t.p, t.n);
		out->v.t[i] = t;
		if (fill.n == 0 || (size_t)want <= have)
			continue;
		n = (size_t)want - have;
		if (n > (16u << 20)) {
			sql_raise(ev, out, i, "a text of more than 64 MiB");
			continue;
		}
		p = sql_alloc(ev, (n / fill_len + 1) * fill.n);
		if (p == NULL)
			return;
		for (size_t k = 0; k <= n / fill_len; k++)
			memcpy(p + k * fill.n, fill.p, fill.n);
		fill = (struct vtext){p, utf8_cut(p, (n / fill_len + 1) * fill.n, n)};
		out->v.t[i] = x->fn->param ? concat2(ev, t, fill) : concat2(ev, fill, t);
	}
}

/* concat(...): every argument as text, a NULL as nothing. */
static void text_concat_all(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		out->v.t[i] = empty;
		for (uint32_t k = 0; k < x->nargs; k++)
			if (!sql_null(&a[k], i))
				out->v.t[i] = concat2(ev, out->v.t[i], SQL_T(k, i));
	}
}

/*
 * concat_ws(sep, ...): NULL arguments are skipped, with their separators; a
 * NULL separator gives NULL.
 */
static void text_concat_ws(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		bool first = true;

		out->null[i] = sql_null(&a[0], i);
		out->v.t[i] = empty;
		for (uint32_t k = 1; k < x->nargs && !out->null[i]; k++) {
			if (sql_null(&a[k], i))
				continue;
			if (!first)
				out->v.t[i] = concat2(ev, out->v.t[i], SQL_T(0, i));
			out->v.t[i] = concat2(ev, out->v.t[i], SQL_T(k, i));
			first = false;
		}
	}
}

/* The code point of the first character; 0 for an empty text. */
static void text_ascii(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i);
		uint32_t c = 0;

		if (t.n > 0)
			sql_utf8_get(t.p, t.n, &c);
		out->v.i[i] = c;
	}
}

/*
 * translate(t, from, to): a character of ${from} becomes the one in the same
 * place of ${to}, and vanishes if there is none.
 */
static void text_translate(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i), from = SQL_T(1, i), to = SQL_T(2, i);
		char *p = sql_alloc(ev, t.n * 4);
		size_t n = 0;
		uint32_t c;

		if (p == NULL)
			return;
		for (size_t k = 0; k < t.n;) {
			size_t w = sql_utf8_get(t.p + k, t.n - k, &c), at = 0, pos = 0, fw;
			struct vtext put = {t.p + k, w};

			for (; at < from.n; at += fw, pos++) {
				fw = sql_utf8_get(from.p + at, from.n - at, &c);
				if (fw == w && memcmp(from.p + at, t.p + k, w) == 0) {
					put = slice(to, (int64_t)pos + 1, (int64_t)pos + 2);
					break;
				}
			}
			memcpy(p + n, put.p, put.n);
			n += put.n;
			k += w;
		}
		out->v.t[i] = (struct vtext){p, n};
	}
}

#define T  PG_TEXT
#define I4 PG_INT4

static const struct sql_fn rows[] = {
	{"||", {T, T}, 2, T, 0, 0, text_concat, NULL},
	{"length", {T}, 1, I4, 0, 0, text_length, NULL},
	{"length", {PG_BPCHAR}, 1, I4, 0, 0, text_length, NULL},
	{"length", {PG_BYTEA}, 1, I4, 0, 1, text_octets, NULL},
	{"char_length", {T}, 1, I4, 0, 0, text_length, NULL},
	{"char_length", {PG_BPCHAR}, 1, I4, 0, 0, text_length, NULL},
	{"character_length", {T}, 1, I4, 0, 0, text_length, NULL},
	{"character_length", {PG_BPCHAR}, 1, I4, 0, 0, text_length, NULL},
	{"octet_length", {T}, 1, I4, 0, 1, text_octets, NULL},
	{"octet_length", {PG_BPCHAR}, 1, I4, 0, 1, text_octets, NULL},
	{"octet_length", {PG_BYTEA}, 1, I4, 0, 1, text_octets, NULL},
	{"bit_length", {T}, 1, I4, 0, 8, text_octets, NULL},
	{"bit_length", {PG_BYTEA}, 1, I4, 0, 8, text_octets, NULL},
	{"position", {T, T}, 2, I4, 0, 0, text_position, NULL},
	{"strpos", {T, T}, 2, I4, 0, 0, text_position, NULL},
	{"substring", {T, I4}, 2, T, 0, 0, text_substring, NULL},
	{"substring", {T, I4, I4}, 3, T, 0, 0, text_substring, NULL},
	{"substr", {T, I4}, 2, T, 0, 0, text_substring, NULL},
	{"substr", {T, I4, I4}, 3, T, 0, 0, text_substring, NULL},
	{"left", {T, I4}, 2, T, 0, 0, text_side, NULL},
	{"right", {T, I4}, 2, T, 0, 1, text_side, prepare_right},
	{"starts_with", {T, T}, 2, PG_BOOL, 0, 0, text_starts, NULL},
	{"^@", {T, T}, 2, PG_BOOL, 0, 0, text_starts, NULL},
	{"replace", {T, T, T}, 3, T, 0, 0, text_replace, NULL},
	{"split_part", {T, T, I4}, 3, T, 0, 0, text_split, prepare_split},
	{"overlay", {T, T, I4}, 3, T, 0, 0, text_overlay, NULL},
	{"overlay", {T, T, I4, I4}, 4, T, 0, 0, text_overlay, NULL},
	{"reverse", {T}, 1, T, 0, 0, text_reverse, NULL},
	{"repeat", {T, I4}, 2, T, 0, 0, text_repeat, NULL},
	{"lpad", {T, I4}, 2, T, 0, 0, text_pad, NULL},
	{"lpad", {T, I4, T}, 3, T, 0, 0, text_pad, NULL},
	{"rpad", {T, I4}, 2, T, 0, 1, text_pad, NULL},
	{"rpad", {T, I4, T}, 3, T, 0, 1, text_pad, NULL},
	{"concat", {SQL_ANY}, 1, T, SQL_F_NULLS | SQL_F_VARIADIC | SQL_F_TEXTS, 0, text_concat_all,
		NULL},
	{"concat_ws", {T, SQL_ANY}, 2, T, SQL_F_NULLS | SQL_F_VARIADIC | SQL_F_TEXTS, 0,
		text_concat_ws, NULL},
	{"ascii", {T}, 1, I4, 0, 0, text_ascii, NULL},
	{"translate", {T, T, T}, 3, T, 0, 0, text_translate, NULL},
};

const struct sql_fn_table sql_fns_text = {rows, sizeof rows / sizeof rows[0]};
