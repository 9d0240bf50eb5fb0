/* SPDX-License-Identifier: MIT */
/*
 * PostgreSQL's advanced regular expressions (manual, 9.7.3) translated to
 * PCRE2's syntax.
 *
 * The grammar is read by recursive descent: branches are alternatives of
 * pieces, a piece is an atom and what repeats it. Each construct is written out
 * in PCRE2's syntax as it is read; characters and sets of them are written by
 * sql_regex_set.c.
 *
 * What PCRE2 lacks or means otherwise is refused by name: collating elements,
 * embedded options other than (?i), complements inside brackets. In the result,
 * ${simple} says that the pattern has at most one repetition and no
 * alternatives, so that the longest match and PCRE2's first match are the same
 * part of the text.
 */
#include "common/sql/functions/sql_regex_pg.h"

#include <string.h>

#include "common/sql/functions/sql_regex_set.h"

enum { RE_MAX_DEPTH = 200 };

/*
 * An escape outside brackets: a character, a constraint (\A, \y ...), a class
 * or a back reference.
 */
static bool escape(struct sql_re *t)
{
	static const struct {
		char c;
		const char *out;
	} ends[] = {{'A', "\\A"}, {'Z', "\\z"}, {'y', "\\b"}, {'Y', "\\B"}, {'m', "\\b(?=\\w)"},
		{'M', "\\b(?<=\\w)"}};
	uint32_t c;
	char e;

	if (t->p == t->end)
		return sql_re_invalid(t, "invalid escape \\ sequence");
	if (!sql_re_alnum((uint8_t)*t->p)) {
		sql_re_literal(t, sql_re_next(t));
		return true;
	}
	e = *t->p++;
	for (size_t k = 0; k < sizeof ends / sizeof ends[0]; k++)
		if (ends[k].c == e) {
			buf_adds(&t->out, ends[k].out);
			t->atom = false;
			return true;
		}
	if (strchr("dwsDWS", e) != NULL)
		return sql_re_shorthand(t, e, false);
	if (e >= '1' && e <= '9') {
		if (t->icase || (t->p < t->end && *t->p >= '0' && *t->p <= '9'))
			return sql_re_refused(t, "such a back reference");
		t->repeats += 2;
		buf_addf(&t->out, "\\g{%c}", e);
		return true;
	}
	if (sql_re_char_escape(t, e, &c)) {
		sql_re_literal(t, c);
		return true;
	}
	return t->why == NULL ? sql_re_invalid(t, "invalid escape \\ sequence") : false;
}

/* ---- repetition and groups ------------------------------------------------------------ */

/* A repetition count, at most 255 (DUPMAX of regex.h). */
static bool number(struct sql_re *t, unsigned *v)
{
	const char *from = t->p;

	for (*v = 0; t->p < t->end && *t->p >= '0' && *t->p <= '9'; t->p++)
		if ((*v = *v * 10 + (unsigned)(*t->p - '0')) > 255)
			return sql_re_invalid(t, "invalid repetition count(s)");
	return t->p > from || sql_re_invalid(t, "invalid repetition count(s)");
}

/* * + ? and {m,n}, greedy or not. */
static bool repeat(struct sql_re *t, char c)
{
	unsigned lo, hi;

	if (!t->atom)
		return sql_re_invalid(t, "quantifier operand invalid");
	t->atom = false;
	t->repeats++;
	if (c != '{') {
		buf_addc(&t->out, c);
	} else {
		if (!number(t, &lo))
			return false;
		buf_addf(&t->out, "{%u", lo);
		if (t->p < t->end && *t->p == ',') {
			buf_addc(&t->out, ',');
			t->p++;
			if (t->p < t->end && *t->p >= '0' && *t->p <= '9') {
				if (!number(t, &hi))
					return false;
				if (hi < lo)
					return sql_re_invalid(t, "invalid repetition count(s)");
				buf_addf(&t->out, "%u", hi);
			}
		} else {
			t->repeats--;
		}
		if (t->p == t->end || *t->p++ != '}')
			return sql_re_invalid(t, "braces {} not balanced");
		buf_addc(&t->out, '}');
	}
	if (t->p < t->end && *t->p == '?') {
		buf_addc(&t->out, '?');
		t->repeats += 2; /* not greedy: another match than the longest */
		t->p++;
	}
	return true;
}

static bool branches(struct sql_re *t);

/* Parentheses: capturing, not capturing, or a look-around. */
static bool group(struct sql_re *t)
{
	static const char *const heads[] = {"?:", "?=", "?!", "?<=", "?<!"};
	size_t left = (size_t)(t->end - t->p), k;
	bool look = false;

	if (++t->depth > RE_MAX_DEPTH)
		return sql_re_refused(t, "such deep nesting");
	buf_addc(&t->out, '(');
	if (left > 0 && *t->p == '?') {
		for (k = 0; k < 5; k++)
			if (left >= strlen(heads[k]) &&
				memcmp(t->p, heads[k], strlen(heads[k])) == 0)
				break;
		if (k == 5)
			return sql_re_invalid(t, "quantifier operand invalid");
		buf_adds(&t->out, heads[k]);
		t->p += strlen(heads[k]);
		look = k > 0;
	} else {
		t->groups++;
	}
	if (!branches(t))
		return false;
	if (t->p == t->end)
		return sql_re_invalid(t, "parentheses () not balanced");
	t->p++;
	buf_addc(&t->out, ')');
	t->atom = !look;
	t->depth--;
	return true;
}

/* An atom, a constraint or a repetition. */
static bool piece(struct sql_re *t)
{
	char c = *t->p;

	if (c == '*' || c == '+' || c == '?' ||
		(c == '{' && t->end - t->p > 1 && t->p[1] >= '0' && t->p[1] <= '9')) {
		t->p++;
		return repeat(t, c);
	}
	t->atom = true;
	switch (c) {
	case '(':
		t->p++;
		return group(t);
	case '[':
		t->p++;
		if (t->end - t->p >= 6 &&
			(memcmp(t->p, "[:<:]]", 6) == 0 || memcmp(t->p, "[:>:]]", 6) == 0))
			return sql_re_refused(t, "[[:<:]] and [[:>:]]");
		return sql_re_bracket(t);
	case '\\':
		t->p++;
		return escape(t);
	case '^':
	case '$':
		t->p++;
		t->atom = false;
		buf_addc(&t->out, c);
		return true;
	case '.':
		t->p++;
		buf_addc(&t->out, '.');
		return true;
	default:
		sql_re_literal(t, sql_re_next(t));
		return true;
	}
}

/* Alternatives up to a closing parenthesis or the end. */
static bool branches(struct sql_re *t)
{
	t->atom = false;
	while (t->p < t->end && *t->p != ')') {
		if (*t->p == '|') {
			t->p++;
			t->alternatives++;
			buf_addc(&t->out, '|');
			t->atom = false;
		} else if (!piece(t)) {
			return false;
		}
	}
	return true;
}

/*
 * The whole pattern, with the prefixes that PostgreSQL knows: ***= (a literal),
 * ***: and (?i).
 */
static bool translate(struct sql_re *t)
{
	size_t n = (size_t)(t->end - t->p);

	if (n >= 4 && memcmp(t->p, "***=", 4) == 0) {
		for (t->p += 4; t->p < t->end;)
			sql_re_literal(t, sql_re_next(t));
		return true;
	}
	if (n >= 4 && memcmp(t->p, "***:", 4) == 0)
		t->p += 4, n -= 4;
	if (n >= 3 && memcmp(t->p, "***", 3) == 0)
		return sql_re_invalid(t, "quantifier operand invalid");
	if (n >= 3 && t->p[0] == '(' && t->p[1] == '?' && sql_re_letter((uint8_t)t->p[2])) {
		if (n < 4 || t->p[2] != 'i' || t->p[3] != ')')
			return sql_re_refused(t, "embedded options");
		t->icase = true;
		t->p += 4;
	}
	if (!branches(t))
		return false;
	return t->p == t->end || sql_re_invalid(t, "parentheses () not balanced");
}

bool sql_regex_translate(struct sql_re_trans *r, struct vtext pattern)
{
	struct sql_re t = {.p = pattern.p,
		.end = pattern.p + pattern.n,
		.icase = r->icase,
		.ascii = r->ascii,
		.out = r->out};
	bool ok = translate(&t);

	r->out = t.out;
	r->groups = t.groups;
	r->simple = t.alternatives == 0 && t.repeats <= 1;
	r->unsupported = t.unsupported;
	r->why = t.why;
	return ok;
}
