/* SPDX-License-Identifier: MIT */
/*
 * Characters and sets of characters, translated from PostgreSQL's regular
 * expressions to PCRE2's: literals, escapes, [:classes:] and bracket
 * expressions.
 *
 * Characters are written as \x{...} unless they are plain letters or digits, so
 * that none has a meaning that it had not. Case-insensitive matching is translated
 * too, into brackets with both cases, because PCRE2's own tables of case differ
 * from those of C.UTF-8 in glibc.
 */
#include "common/sql/functions/sql_regex_set.h"

#include <string.h>

#include "common/sql/functions/sql_unicode.h"
#include "common/sql/sql_utf8.h"

enum { RE_MAX_RANGE = 4096 };

/* Where PostgreSQL raises an error too. */
bool sql_re_invalid(struct sql_re *t, const char *why)
{
	t->why = why;
	return false;
}

/* Where only this translation fails. */
bool sql_re_refused(struct sql_re *t, const char *why)
{
	t->unsupported = true;
	return sql_re_invalid(t, why);
}

/* The character at the position, which moves on. */
uint32_t sql_re_next(struct sql_re *t)
{
	uint32_t c;

	t->p += sql_utf8_get(t->p, (size_t)(t->end - t->p), &c);
	return c;
}

bool sql_re_letter(uint32_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z' && c < 0x80;
}

/* The lower and upper case of ${c} if case is ignored; else ${c} twice. */
static void cases_of(const struct sql_re *t, uint32_t c, uint32_t *lower, uint32_t *upper)
{
	*lower = *upper = c;
	if (t->icase && (!t->ascii || c < 0x80)) {
		*lower = sql_letter_case(c, false);
		*upper = sql_letter_case(c, true);
	}
}

/* Writes a character that stands for itself. */
static void put_char(struct sql_re *t, uint32_t c)
{
	if (sql_re_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == ' ')
		buf_addc(&t->out, (char)c);
	else
		buf_addf(&t->out, "\\x{%x}", c);
}

/* Writes a character, in brackets with its other case where case is ignored. */
void sql_re_literal(struct sql_re *t, uint32_t c)
{
	uint32_t lower, upper;

	cases_of(t, c, &lower, &upper);
	if (lower == upper) {
		put_char(t, lower);
		return;
	}
	buf_addc(&t->out, '[');
	put_char(t, lower);
	put_char(t, upper);
	if (c != lower && c != upper)
		put_char(t, c);
	buf_addc(&t->out, ']');
}

#define SPACES                                                                                     \
	"\\t-\\r\\x{20}\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}\\x{2028}\\x{2029}\\x{205f}" \
	"\\x{3000}"

/* What glibc calls a letter: other scripts' digits too; ours are ASCII. */
#define LETTERS "\\p{Alphabetic}"
#define NOTHING "\\p{Cc}\\p{Cn}\\p{Cs}"

/* ${none}: the class is what is none of these. */
static const struct {
	const char *name, *wide, *none, *ascii;
} classes[] = {
	{"alpha", LETTERS, NULL, "A-Za-z"},
	{"digit", "0-9", NULL, "0-9"},
	{"alnum", LETTERS "\\p{Nd}", NULL, "A-Za-z0-9"},
	{"upper", "\\p{Uppercase}", NULL, "A-Z"},
	{"lower", "\\p{Lowercase}", NULL, "a-z"},
	{"space", SPACES, NULL, "\\t-\\r\\x{20}"},
	{"blank", "\\t\\x{20}\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}\\x{205f}\\x{3000}",
		NULL, "\\t\\x{20}"},
	{"punct", NULL, LETTERS "\\p{Nd}" SPACES NOTHING, "!-\\/:-@\\[-`\\{-~"},
	{"cntrl", "\\x{0}-\\x{1f}\\x{7f}-\\x{9f}\\x{2028}\\x{2029}", NULL, "\\x{0}-\\x{1f}\\x{7f}"},
	{"xdigit", "0-9A-Fa-f", NULL, "0-9A-Fa-f"},
	{"graph", NULL, SPACES NOTHING, "!-~"},
	{"print", NULL, "\\x{2028}\\x{2029}" NOTHING, "\\x{20}-~"},
	{"word", LETTERS "\\p{Nd}_", NULL, "A-Za-z0-9_"},
};

/*
 * Writes the members of a class ([:alpha:] and others), without brackets around
 * them. A class that is known only by what it is not is kept for
 * close_bracket().
 */
static bool put_class(struct sql_re *t, const char *name, size_t n)
{
	if (t->icase && n == 5 && (memcmp(name, "upper", 5) == 0 || memcmp(name, "lower", 5) == 0))
		name = "alpha";
	for (size_t k = 0; k < sizeof classes / sizeof classes[0]; k++) {
		if (strlen(classes[k].name) != n || memcmp(classes[k].name, name, n) != 0)
			continue;
		if (t->ascii)
			buf_adds(&t->out, classes[k].ascii);
		else if (classes[k].wide != NULL)
			buf_adds(&t->out, classes[k].wide);
		else if (t->nots == SQL_RE_MAX_NOTS)
			return sql_re_refused(t, "so many classes in brackets");
		else
			t->none[t->nots++] = classes[k].none;
		return true;
	}
	return sql_re_invalid(t, "invalid character class");
}

/* \d \w \s and their complements; ${in} says that we are inside brackets. */
bool sql_re_shorthand(struct sql_re *t, char c, bool in)
{
	const char *name = (c | 32) == 'd' ? "digit" : (c | 32) == 'w' ? "word" : "space";

	if (in && c < 'a')
		return sql_re_refused(t, "a complement class inside brackets");
	if (!in)
		buf_adds(&t->out, c < 'a' ? "[^" : "[");
	if (!put_class(t, name, strlen(name)))
		return false;
	if (!in)
		buf_addc(&t->out, ']');
	return true;
}

/* Up to ${most} hexadecimal digits, exactly as many with ${exact}. */
static bool hex_escape(struct sql_re *t, int most, bool exact, uint32_t *c)
{
	int n = 0;

	for (*c = 0; t->p < t->end && n < most; n++, t->p++) {
		char h = *t->p;
		int v = h >= '0' && h <= '9'		     ? h - '0'
			: (h | 32) >= 'a' && (h | 32) <= 'f' ? (h | 32) - 'a' + 10
							     : -1;

		if (v < 0)
			break;
		*c = *c << 4 | (uint32_t)v;
	}
	if (n == 0 || (exact && n != most) || *c > 0x10ffff || *c == 0 ||
		(*c >= 0xd800 && *c < 0xe000))
		return sql_re_invalid(t, "invalid escape \\ sequence");
	return true;
}

/*
 * A character written with an escape, such as \n or \x41. False without an
 * error: the escape is not a character.
 */
bool sql_re_char_escape(struct sql_re *t, char e, uint32_t *c)
{
	static const char from[] = "abefnrtvB", to[] = "\a\b\033\f\n\r\t\v\\";
	const char *at = e != '\0' ? strchr(from, e) : NULL;

	if (at != NULL) {
		*c = (uint8_t)to[at - from];
		return true;
	}
	switch (e) {
	case 'c':
		if (t->p == t->end)
			return sql_re_invalid(t, "invalid escape \\ sequence");
		*c = sql_re_next(t) & 31;
		return true;
	case 'u':
		return hex_escape(t, 4, true, c);
	case 'U':
		return hex_escape(t, 8, true, c);
	case 'x':
		return hex_escape(t, 255, false, c);
	case '0': /* and at most two octal digits more */
		*c = 0;
		for (int n = 0; n < 2 && t->p < t->end && *t->p >= '0' && *t->p <= '7'; n++)
			*c = *c << 3 | (uint32_t)(*t->p++ - '0');
		return true;
	default:
		return false;
	}
}

bool sql_re_alnum(uint32_t c)
{
	return sql_re_letter(c) || (c >= '0' && c <= '9');
}

/*
 * One item in brackets, which may be an end of a range. 1: *c is the character;
 * 2: a class was written; 0: error.
 */
static int bracket_item(struct sql_re *t, uint32_t *c)
{
	if (t->p[0] == '[' && t->end - t->p > 1 && t->p[1] == ':') {
		const char *name = t->p + 2;
		const char *close = memmem(name, (size_t)(t->end - name), ":]", 2);

		if (close == NULL)
			return sql_re_invalid(t, "brackets [] not balanced");
		t->p = close + 2;
		return put_class(t, name, (size_t)(close - name)) ? 2 : 0;
	}
	if (t->p[0] == '[' && t->end - t->p > 1 && (t->p[1] == '.' || t->p[1] == '='))
		return sql_re_refused(t, "collating elements");
	if (t->p[0] == '\\') {
		t->p++;
		if (t->p == t->end)
			return sql_re_invalid(t, "invalid escape \\ sequence");
		if (!sql_re_alnum((uint8_t)*t->p)) {
			*c = sql_re_next(t);
			return 1;
		}
		char e = *t->p++;
		if (strchr("dwsDWS", e) != NULL)
			return sql_re_shorthand(t, e, true) ? 2 : 0;
		if (sql_re_char_escape(t, e, c))
			return 1;
		return t->why == NULL ? sql_re_invalid(t, "invalid escape \\ sequence") : 0;
	}
	*c = sql_re_next(t);
	return 1;
}

/*
 * A range of characters; where case is ignored, the other cases of all its
 * members too.
 */
static bool put_range(struct sql_re *t, uint32_t lo, uint32_t hi)
{
	if (hi < lo)
		return sql_re_invalid(t, "invalid character range");
	put_char(t, lo);
	if (hi > lo) {
		buf_addc(&t->out, '-');
		put_char(t, hi);
	}
	if (!t->icase)
		return true;
	if (hi - lo > RE_MAX_RANGE)
		return sql_re_refused(t, "so wide a range without case");
	for (uint32_t c = lo; c <= hi; c++) {
		uint32_t lower, upper;

		cases_of(t, c, &lower, &upper);
		if (lower != c)
			put_char(t, lower);
		if (upper != c)
			put_char(t, upper);
	}
	return true;
}

/*
 * Ends the brackets that begin at ${at} of the output. With classes told by
 * what they are not, the whole becomes an alternative of several sets; negated,
 * it is one character that is in none of them.
 */
static void close_bracket(struct sql_re *t, size_t at, bool negated)
{
	bool listed = t->out.n > at + 1 + negated;
	struct buf sets = BUF_INIT;

	buf_addc(&t->out, ']');
	if (t->nots == 0)
		return;
	if (negated && t->out.p != NULL)
		t->out.p[at + 1] = t->out.p[at]; /* "[^" becomes "[" */
	buf_adds(&sets, negated ? "(?!" : "(?:");
	if (listed && t->out.p != NULL)
		buf_add(&sets, t->out.p + at + negated, t->out.n - at - negated);
	for (unsigned k = 0; k < t->nots; k++)
		buf_addf(&sets, "%s[^%s]", listed || k > 0 ? "|" : "", t->none[k]);
	buf_adds(&sets, negated ? ")." : ")");
	t->out.n = at;
	/* the whole is one atom, as brackets are */
	buf_adds(&t->out, "(?:");
	buf_add(&t->out, sets.p, sets.n);
	buf_addc(&t->out, ')');
	t->out.failed |= !buf_ok(&sets);
	buf_free(&sets);
}

/* A bracket expression; the opening bracket has been read. */
bool sql_re_bracket(struct sql_re *t)
{
	const size_t at = t->out.n;
	bool first = true, negated = t->p < t->end && *t->p == '^';

	t->nots = 0;
	buf_adds(&t->out, negated ? "[^" : "[");
	t->p += negated;
	for (;; first = false) {
		uint32_t lo, hi;
		int got;

		if (t->p == t->end)
			return sql_re_invalid(t, "brackets [] not balanced");
		if (*t->p == ']' && !first)
			break;
		got = bracket_item(t, &lo);
		if (got == 0)
			return false;
		if (got == 2)
			continue;
		hi = lo;
		if (t->end - t->p > 1 && t->p[0] == '-' && t->p[1] != ']') {
			t->p++;
			got = bracket_item(t, &hi);
			if (got != 1)
				return got == 0 ? false
						: sql_re_invalid(t, "invalid character range");
		}
		if (!put_range(t, lo, hi))
			return false;
	}
	t->p++;
	close_bracket(t, at, negated);
	return true;
}
