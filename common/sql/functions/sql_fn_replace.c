/* SPDX-License-Identifier: MIT */
/*
 * regexp_replace() (regexp.c and varlena.c of PostgreSQL): the first match of a pattern, or with
 * the flag g each one, becomes another text.
 *
 * What is matched has to be PostgreSQL's choice, which a pattern of one repetition at most and
 * without alternatives leaves none (sql_regex_simple()).  Each match is looked for in what is left
 * of the text, so that with g patterns that ask what stands before it are not covered; nor are
 * patterns that match the empty text, and groups in the new text.
 */
#include "common/sql/sql_comp.h"

#include <string.h>

#include "common/sql/functions/sql_regex.h"

struct replacing {
	struct sql_regex *re;
	bool all;
};

/* A copy of the text with matches replaced; false when memory is out, or with *why. */
static bool replaced(struct sql_eval *ev, const struct replacing *r, struct vtext t,
	struct vtext by, struct vtext *out, const char **why)
{
	struct buf b = BUF_INIT;
	struct vtext found;
	char *copy = NULL;
	int m = 0;

	*why = NULL;
	while (t.n > 0 &&
		(m = sql_regex_match(r->re, t, &found, &ev->scratch, ev->tmp, why)) == 1) {
		size_t before = (size_t)(found.p - t.p), n = found.n;

		buf_add(&b, t.p, before);
		buf_add(&b, by.n > 0 ? by.p : "", by.n);
		/* behind an empty match the search goes on one character later */
		if (n == 0 && r->all && before < t.n) {
			n = utf8_step(found.p, t.n - before);
			buf_add(&b, found.p, n);
		}
		t.n -= before + n;
		t.p += before + n;
		if (!r->all)
			break;
	}
	buf_add(&b, t.n > 0 ? t.p : "", t.n);
	if (m != -1 && buf_ok(&b) && (copy = sql_alloc(ev, b.n + 1)) != NULL) {
		if (b.n > 0)
			memcpy(copy, b.p, b.n);
		*out = (struct vtext){copy, b.n};
	}
	ev->nomem = ev->nomem || !buf_ok(&b);
	*why = m == -1 ? *why : NULL;
	buf_free(&b);
	return copy != NULL;
}

static void text_replace(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		const char *why;

		if (replaced(ev, x->aux, SQL_T(0, i), SQL_T(2, i), &out->v.t[i], &why))
			continue;
		if (why == NULL)
			return;
		sql_raise(ev, out, i, why);
	}
}

static bool has(struct vtext t, const char *any)
{
	for (; *any != '\0'; any++)
		if (t.n > 0 && memchr(t.p, *any, t.n) != NULL)
			return true;
	return false;
}

/* Whether the pattern asks what stands before a match: a beginning, or an end of a word. */
static bool looks_back(struct vtext re)
{
	for (size_t i = 0; i < re.n; i++) {
		if (re.p[i] == '^' && (i == 0 || re.p[i - 1] != '['))
			return true;
		if (re.n - i > 2 && memcmp(re.p + i, "(?<", 3) == 0)
			return true;
		if (re.p[i] == '\\' && i + 1 < re.n) {
			if (strchr("AmMyY", re.p[i + 1]) != NULL)
				return true;
			i++;
		}
	}
	return false;
}

/* Whether the pattern matches the empty text. */
static bool matches_nothing(const struct sql_regex *re, struct arena *tmp)
{
	void *scratch = NULL;
	const char *why;

	return sql_regex_match(re, (struct vtext){"", 0}, NULL, &scratch, tmp, &why) != 0;
}

static struct sql_node *prepare(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	struct replacing *r = arena_alloc(c->a, sizeof(*r));
	const struct sql_node *re = x->args[1], *by = x->args[2];
	struct vtext flags = {"", 0};
	const char *why = "a pattern";

	if (r == NULL)
		return sql_oom(c, st);
	if (x->nargs == 4 && sql_is_value(x->args[3]))
		flags = x->args[3]->cval.v.t[0];
	if (!sql_is_value(re) || !sql_is_value(by) || (x->nargs == 4 && !sql_is_value(x->args[3])))
		return sql_refuse(c, st, "regexp_replace() by what is not a constant");
	r->all = has(flags, "g");
	for (size_t i = 0; i < flags.n; i++)
		if (flags.p[i] != 'g' && flags.p[i] != 'i')
			return sql_refuse(c, st, "a flag of regexp_replace() other than g and i");
	switch (sql_regex_compile(
		&r->re, re->cval.v.t[0], has(flags, "i"), x->coll == SQL_COLL_C, c->a, &why)) {
	case SQL_RE_OK:
		break;
	case SQL_RE_INVALID:
		return sql_fail(c, st, "invalid regular expression: %s", why);
	case SQL_RE_UNSUPPORTED:
		return sql_refuse(c, st, "%s in a regular expression", why);
	default:
		return sql_oom(c, st);
	}
	if (!sql_regex_simple(r->re) || sql_regex_groups(r->re) > 0 || has(by->cval.v.t[0], "\\") ||
		(r->all && looks_back(re->cval.v.t[0])) || matches_nothing(r->re, c->a))
		return sql_refuse(c, st,
			"regexp_replace() by a pattern with choices, several repetitions, groups, "
			"empty matches or beginnings");
	x->aux = r;
	return x;
}

#define T PG_TEXT

static const struct sql_fn rows[] = {
	{"regexp_replace", {T, T, T}, 3, T, 0, 0, text_replace, prepare},
	{"regexp_replace", {T, T, T, T}, 4, T, 0, 0, text_replace, prepare},
};

const struct sql_fn_table sql_fns_replace = {rows, sizeof rows / sizeof rows[0]};
