/* SPDX-License-Identifier: MIT */
/*
 * LIKE and ILIKE, SIMILAR TO, regular expressions, and the functions that use
 * them.
 *
 * LIKE is matched directly (like_match.c of PostgreSQL). SIMILAR TO becomes a
 * regular expression, by the rules of similar_escape_internal() in regexp.c.
 * Regular expressions are PostgreSQL's "advanced" ones, translated to PCRE2
 * (sql_regex.c); whether a text matches is the same in both, but which part of
 * it matches can differ, since PostgreSQL prefers the longest match. So
 * functions that return the part take patterns only where there is no choice.
 */
#include "common/sql/sql_comp.h"

#include <string.h>

#include "common/base/err.h"
#include "common/sql/functions/sql_regex.h"

/* ---- LIKE ------------------------------------------------------------------------- */

/* The bytes of the character at ${p}, at most ${n}. */
static size_t char_bytes(const char *p, size_t n)
{
	uint8_t c = (uint8_t)p[0];
	size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return len < n ? len : n;
}

/*
 * Whether ${t} matches the pattern ${p}: 1 or 0; -1 when the pattern ends with
 * its escape character, which is an error in PostgreSQL, if matching gets that
 * far. Matching goes on greedily and returns to the last % only: what an
 * earlier % could take the last one can take as well, so the time is at most
 * the product of the lengths.
 */
static int like(struct vtext t, struct vtext p)
{
	size_t ti = 0, pi = 0, star_t = 0, star_p = SIZE_MAX;

	while (ti < t.n || pi < p.n) {
		if (pi < p.n && p.p[pi] == '%') {
			star_p = ++pi;
			star_t = ti;
			if (ti < t.n && pi + 1 == p.n && p.p[pi] == '\\')
				return -1;
			continue;
		}
		if (ti < t.n && pi < p.n) {
			size_t at = pi;

			if (p.p[at] == '_') {
				ti += char_bytes(t.p + ti, t.n - ti);
				pi++;
				continue;
			}
			if (p.p[at] == '\\' && ++at == p.n)
				return -1;
			if (p.p[at] == t.p[ti]) {
				pi = at + 1;
				ti++;
				continue;
			}
		}
		if (star_p == SIZE_MAX || star_t >= t.n)
			return 0;
		star_t += char_bytes(t.p + star_t, t.n - star_t);
		ti = star_t;
		pi = star_p;
	}
	return 1;
}

enum { NEGATED = 1, NO_CASE = 2 };

/*
 * ~~ and ~~* (LIKE and ILIKE), negated or not. ILIKE compares the lower case of
 * both sides.
 */
static void text_like(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i), p = SQL_T(1, i);
		int m;

		if (x->fn->param & NO_CASE) {
			t = sql_text_case(ev, t, false, (enum sql_coll)x->coll);
			p = sql_text_case(ev, p, false, (enum sql_coll)x->coll);
		}
		m = like(t, p);
		if (m == -1)
			sql_raise(ev, out, i, "LIKE pattern must not end with escape character");
		else
			out->v.i[i] = m != (x->fn->param & NEGATED);
	}
}

/*
 * LIKE p ESCAPE e: the pattern with a backslash as its escape character
 * (do_like_escape()).
 */
static void text_like_escape(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext p = SQL_T(0, i), e = SQL_T(1, i);
		char *to = sql_alloc(ev, p.n * 2);
		size_t n = 0;
		bool after = false;

		if (to == NULL)
			return;
		if (e.n > 0 && char_bytes(e.p, e.n) != e.n) {
			sql_raise(ev, out, i, "invalid escape string");
			continue;
		}
		out->v.t[i] = p;
		if (e.n == 1 && e.p[0] == '\\')
			continue;
		for (size_t k = 0; k < p.n;) {
			size_t w = char_bytes(p.p + k, p.n - k);

			if (e.n > 0 && w == e.n && memcmp(p.p + k, e.p, w) == 0 && !after) {
				to[n++] = '\\';
				after = true;
			} else {
				if (p.p[k] == '\\' && !after)
					to[n++] = '\\';
				memcpy(to + n, p.p + k, w);
				n += w;
				after = false;
			}
			k += w;
		}
		out->v.t[i] = (struct vtext){to, n};
	}
}

/*
 * Copies a bracket expression of SIMILAR TO, with backslashes in it doubled;
 * returns the index of its last character.
 */
static size_t similar_bracket(const char *p, size_t n, size_t k, char *to, size_t *at)
{
	size_t from = k;

	to[(*at)++] = p[k++];
	if (k < n && p[k] == '^')
		to[(*at)++] = p[k++];
	for (; k < n; k++) {
		if (p[k] == '\\')
			to[(*at)++] = '\\';
		to[(*at)++] = p[k];
		if (p[k] == ']' && k > from + 1)
			break;
	}
	return k;
}

/*
 * similar_to_escape(pattern): % becomes .*, _ becomes ., parentheses do not
 * capture, and the whole is anchored. The part in escape-quotes of SUBSTRING
 * ... SIMILAR is refused.
 */
static void text_similar(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext p = SQL_T(0, i);
		char *to = sql_alloc(ev, p.n * 3 + 16);
		size_t n = 0;

		if (to == NULL)
			return;
		memcpy(to, "^(?:", 4);
		n = 4;
		for (size_t k = 0; k < p.n; k++) {
			char c = p.p[k];

			if (c == '\\' && k + 1 < p.n && p.p[k + 1] == '"') {
				sql_raise(ev, out, i, "SIMILAR TO with a quoted part");
				break;
			}
			if (c == '\\' && k + 1 < p.n) {
				to[n++] = c;
				to[n++] = p.p[++k];
			} else if (c == '[') {
				k = similar_bracket(p.p, p.n, k, to, &n);
			} else if (c == '%') {
				to[n++] = '.';
				to[n++] = '*';
			} else if (c == '_') {
				to[n++] = '.';
			} else if (c == '(') {
				memcpy(to + n, "(?:", 3);
				n += 3;
			} else {
				if (c == '.' || c == '^' || c == '$')
					to[n++] = '\\';
				if (c != '\\')
					to[n++] = c;
			}
		}
		to[n++] = ')';
		to[n++] = '$';
		out->v.t[i] = (struct vtext){to, n};
	}
}

/* ---- regular expressions ----------------------------------------------------------- */

/*
 * Compiles a constant pattern once, when the expression is compiled. A pattern
 * that is not constant is compiled for each row, and only where all that is
 * wanted is whether it matches.
 */
static struct sql_node *prepare(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	const struct sql_node *p = x->args[1];
	struct sql_regex *re;
	const char *why;

	if (p->op == SQL_CONST && sql_null(&p->cval, 0))
		return x;
	if (p->op != SQL_CONST && x->type.cls != PG_BOOL)
		return sql_refuse(c, st, "%s() by a pattern that is not a constant", x->fn->name);
	if (p->op != SQL_CONST)
		return x;
	switch (sql_regex_compile(&re, p->cval.v.t[0], (x->fn->param & NO_CASE) != 0,
		x->coll == SQL_COLL_C, c->a, &why)) {
	case SQL_RE_OK:
		x->aux = re;
		if (x->type.cls != PG_BOOL && (!sql_regex_simple(re) || sql_regex_groups(re) > 1))
			return sql_refuse(c, st,
				"what a pattern with choices, several repetitions or groups "
				"matches");
		return x;
	case SQL_RE_UNSUPPORTED:
		return sql_refuse(c, st, "%s in a regular expression", why);
	case SQL_RE_INVALID:
		return sql_fail(c, st, "invalid regular expression: %s", why);
	default:
		return sql_oom(c, st);
	}
}

/*
 * The prepared pattern, or that of the row; NULL, with the row failed, when it
 * cannot be compiled.
 */
static const struct sql_regex *pattern(struct sql_eval *ev, const struct sql_node *x,
	const struct sql_reg *a, struct sql_reg *out, uint32_t i)
{
	struct sql_regex *re;
	const char *why;
	enum sql_regex_status st;

	if (x->aux != NULL)
		return x->aux;
	st = sql_regex_compile(&re, SQL_T(1, i), (x->fn->param & NO_CASE) != 0,
		x->coll == SQL_COLL_C, ev->tmp, &why);
	if (st == SQL_RE_OK)
		return re;
	sql_raise(ev, out, i,
		st == SQL_RE_UNSUPPORTED ? "the row's regular expression is not covered" : why);
	return NULL;
}

/* ~ ~* !~ !~*: whether the pattern matches anywhere in the text. */
static void text_regex(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why;

	SQL_EACH(i)
	{
		const struct sql_regex *re = pattern(ev, x, a, out, i);
		int m;

		if (re == NULL)
			continue;
		m = sql_regex_match(re, SQL_T(0, i), NULL, &ev->scratch, ev->tmp, &why);
		if (m == -1)
			sql_raise(ev, out, i, why);
		else
			out->v.i[i] = m != (x->fn->param & NEGATED);
	}
}

/*
 * substring(t from pattern): the match, or its group when the pattern has one;
 * NULL when there is no match.
 */
static void text_regex_part(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why;

	SQL_EACH(i)
	{
		int m = sql_regex_match(
			x->aux, SQL_T(0, i), &out->v.t[i], &ev->scratch, ev->tmp, &why);

		if (m == -1)
			sql_raise(ev, out, i, why);
		else if (m == 0 || out->v.t[i].p == NULL)
			out->null[i] = 1;
	}
}

/* regexp_match(t, pattern): the same as an array of one element. */
static void text_regex_array(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why;
	struct vtext part;

	SQL_EACH(i)
	{
		int m = sql_regex_match(x->aux, SQL_T(0, i), &part, &ev->scratch, ev->tmp, &why);
		struct sql_array *arr = sql_alloc(ev, sizeof *arr);
		struct sql_eval one = *ev;

		if (arr == NULL)
			return;
		if (m == -1) {
			sql_raise(ev, out, i, why);
			continue;
		}
		out->null[i] = m == 0;
		one.n = 1;
		memset(one.pool, 0, sizeof one.pool);
		*arr = (struct sql_array){
			.n = 1, .elem = PG_TEXT, .ndim = 1, .dim = {1}, .lower = {1}};
		if (!sql_reg_new(&one, SQL_K_STR, &arr->e)) {
			ev->nomem = true;
			return;
		}
		arr->e.null[0] = m == 1 && part.p == NULL;
		arr->e.v.t[0] = part;
		out->v.p[i] = arr;
	}
}

static struct sql_node *prepare_array(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	x->type = (struct sql_type){.cls = PG_ARRAY, .elem = PG_TEXT};
	return prepare(c, x, st);
}

#define T PG_TEXT
#define BOTH(op, p, k, prep)                                                                       \
	{op, {T, T}, 2, PG_BOOL, 0, p, k, prep}, {op, {PG_BPCHAR, T}, 2, PG_BOOL, 0, p, k, prep},  \
	{                                                                                          \
		op, {PG_NAME, T}, 2, PG_BOOL, 0, p, k, prep                                        \
	}

static const struct sql_fn rows[] = {
	BOTH("~~", 0, text_like, NULL),
	BOTH("!~~", NEGATED, text_like, NULL),
	BOTH("~~*", NO_CASE, text_like, NULL),
	BOTH("!~~*", NEGATED | NO_CASE, text_like, NULL),
	{"like_escape", {T, T}, 2, T, 0, 0, text_like_escape, NULL},
	BOTH("~", 0, text_regex, prepare),
	BOTH("!~", NEGATED, text_regex, prepare),
	BOTH("~*", NO_CASE, text_regex, prepare),
	BOTH("!~*", NEGATED | NO_CASE, text_regex, prepare),
	{"similar_to_escape", {T}, 1, T, 0, 0, text_similar, NULL},
	{"regexp_match", {T, T}, 2, PG_ARRAY, 0, 0, text_regex_array, prepare_array},
	{"substring", {T, T}, 2, T, 0, 0, text_regex_part, prepare},
	{"regexp_like", {T, T}, 2, PG_BOOL, 0, 0, text_regex, prepare},
};

const struct sql_fn_table sql_fns_match = {rows, sizeof rows / sizeof rows[0]};
