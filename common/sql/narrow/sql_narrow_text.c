/* SPDX-License-Identifier: MIT */
/*
 * What conditions say about the characters of a text, as regular expressions
 * that texts are drawn from: LIKE, prefixes, parts that equal a constant. A
 * check that gives such a pattern stays residual: the pattern makes it likely
 * that a text passes, and verification decides.
 */
#include "common/sql/narrow/sql_narrow.h"

#include <stdio.h>

enum { LONGEST = 1024 };

/* Appends a literal character to a regular expression. */
static bool put_char(char *to, size_t *n, char c)
{
	static const char special[] = "\\^$.|?*+()[]{}";

	if (*n + 2 >= LONGEST)
		return false;
	if (c != '\0' && strchr(special, c) != NULL)
		to[(*n)++] = '\\';
	to[(*n)++] = c;
	return true;
}

static bool put_text(char *to, size_t *n, const char *s)
{
	for (; *s != '\0'; s++)
		if (!put_char(to, n, *s))
			return false;
	return true;
}

/* Adds the pattern to what is known of the column. */
static bool say(struct sql_narrowing *w, const struct sql_node *c, const char *re, size_t n)
{
	const char *s = arena_strndup(w->a, re, n);

	w->nomem |= s == NULL || !sql_dom_pattern(sql_dom_of(w, c->col), s, w->a);
	return false;
}

/* LIKE 'a\%_%' as the regular expression ^a%..*$. */
static bool take_like(
	struct sql_narrowing *w, const struct sql_node *c, const char *like, bool no_case)
{
	char re[LONGEST + 8];
	size_t n = 0;

	n += (size_t)snprintf(re, sizeof re, "%s^", no_case ? "(?i)" : "");
	for (; *like != '\0'; like++) {
		if (*like == '\\' && like[1] == '\0')
			return false;
		if (*like == '%' && n + 2 < LONGEST) {
			re[n++] = '.';
			re[n++] = '*';
		} else if (*like == '_' && n + 2 < LONGEST) {
			re[n++] = '.';
		} else if (!put_char(re, &n, *like == '\\' ? *++like : *like)) {
			return false;
		}
	}
	re[n++] = '$';
	return say(w, c, re, n);
}

/* A regular expression that is ${before}, the literal text, ${after}. */
static bool take_part(struct sql_narrowing *w, const struct sql_node *c, const char *before,
	const char *text, const char *after)
{
	char re[LONGEST + 32];
	size_t n = (size_t)snprintf(re, sizeof re, "%s", before);

	if (!put_text(re, &n, text))
		return false;
	n += (size_t)snprintf(re + n, sizeof re - n, "%s", after);
	return say(w, c, re, n);
}

static const struct sql_node *text_column(struct sql_narrowing *w, const struct sql_node *x)
{
	const struct sql_node *c = sql_bare_column(x);

	return c != NULL && w->dom[c->col].vt == VT_TEXT ? c : NULL;
}

/* Takes LIKE and regular expressions of a column. */
bool sql_narrow_match(struct sql_narrowing *w, const struct sql_node *x)
{
	const char *name = x->fn->name, *k;
	const struct sql_node *c;

	if (x->nargs != 2 || !sql_is_value(x->args[1]) ||
		sql_kind_of(x->args[1]->type.cls) != SQL_K_STR ||
		(c = text_column(w, x->args[0])) == NULL)
		return false;
	k = sql_text_const(w, x->args[1], false);
	if (strcmp(name, "~") == 0)
		return say(w, c, k, strlen(k));
	if (strcmp(name, "~*") == 0) {
		char re[LONGEST + 8];
		int n = snprintf(re, sizeof re, "(?i)%s", k);

		return n < LONGEST && say(w, c, re, (size_t)n);
	}
	if (strcmp(name, "~~") == 0 || strcmp(name, "~~*") == 0)
		return take_like(w, c, k, name[2] == '*');
	if (strcmp(name, "starts_with") == 0 || strcmp(name, "^@") == 0)
		return take_part(w, c, "^", k, "");
	return false;
}

static bool is_int(const struct sql_node *x, int64_t v)
{
	return sql_is_value(x) && sql_kind_of(x->type.cls) == SQL_K_INT && x->cval.v.i[0] == v;
}

/*
 * left(c, n) = constant and its kin: a text that begins or ends with the
 * constant.
 */
bool sql_narrow_text_part(struct sql_narrowing *w, const struct sql_node *f, const char *k)
{
	const struct sql_node *c = f->nargs > 1 ? text_column(w, f->args[0]) : NULL;
	const int64_t chars = (int64_t)utf8_len(k, strlen(k));

	if (c == NULL)
		return false;
	if (sql_is_call(f, "left") && is_int(f->args[1], chars))
		return take_part(w, c, "^", k, "");
	if (sql_is_call(f, "right") && is_int(f->args[1], chars))
		return take_part(w, c, "", k, "$");
	if ((sql_is_call(f, "substr") || sql_is_call(f, "substring")) && f->nargs == 3 &&
		is_int(f->args[1], 1) && is_int(f->args[2], chars))
		return take_part(w, c, "^", k, "");
	if (sql_is_call(f, "split_part") && is_int(f->args[2], 1) && sql_is_value(f->args[1])) {
		const char *by = sql_text_const(w, f->args[1], false);
		char after[64];
		size_t n = 1;

		if (*by == '\0' || strlen(by) > 16)
			return false;
		after[0] = '(';
		(void)put_text(after, &n, by);
		(void)snprintf(after + n, sizeof after - n, ".*)?$");
		return take_part(w, c, "^", k, after);
	}
	return false;
}

const struct sql_node *sql_lowered_column(struct sql_narrowing *w, const struct sql_node *x)
{
	return sql_is_call(x, "lower") ? text_column(w, x->args[0]) : NULL;
}

/* lower(c) = c or upper(c) = c: no letters of the other case. */
bool sql_narrow_fold(struct sql_narrowing *w, const struct sql_node *l, const struct sql_node *r)
{
	const bool lower = sql_is_call(l, "lower"), upper = sql_is_call(l, "upper");
	const struct sql_node *c = text_column(w, r), *of;

	if (!(lower || upper) || c == NULL || (of = sql_bare_column(l->args[0])) == NULL ||
		of->col != c->col)
		return false;
	if (lower)
		sql_dom_of(w, c->col)->d.no_upper = true;
	else
		sql_dom_of(w, c->col)->d.no_lower = true;
	return true;
}
