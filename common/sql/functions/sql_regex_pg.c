/* SPDX-License-Identifier: MIT */
/*
 * PostgreSQL's advanced regular expressions (manual, 9.7.3) translated to
 * PCRE2's syntax.
 *
 * The grammar is read by recursive descent: branches are alternatives of
 * pieces, a piece is an atom and what repeats it. Each construct is written out
 * in PCRE2's syntax as it is read. Characters are written as \x{...} unless
 * they are plain letters or digits, so that none has a meaning that it had not.
 * Case-insensitive matching is translated too, into brackets with both cases,
 * because PCRE2's own tables of case differ from those of C.UTF-8 in glibc.
 *
 * What PCRE2 lacks or means otherwise is refused by name: collating elements,
 * embedded options other than (?i), complements inside brackets. In the result,
 * ${simple} says that the pattern has at most one repetition and no
 * alternatives, so that the longest match and PCRE2's first match are the same
 * part of the text.
 */
#include "common/sql/functions/sql_regex_pg.h"

#include <stdint.h>
#include <string.h>

#include "common/sql/functions/sql_regex.h"
#include "common/sql/functions/sql_unicode.h"
#include "common/sql/sql_utf8.h"

enum { RE_MAX_DEPTH = 200, RE_MAX_RANGE = 4096, RE_MAX_NOTS = 4 };

/* A pattern being translated. */
struct trans {
	const char *p, *end;
	struct buf out;
	bool icase, ascii;
	bool atom; /* something that can be repeated stands before */
	unsigned depth, groups, repeats, alternatives;
	const char *none[RE_MAX_NOTS]; /* of the brackets being read: sets they are not in */
	unsigned nots;
	const char *why;
	bool unsupported;
};

/* Where PostgreSQL raises an error too. */
static bool invalid(struct trans *t, const char *why)
{
	t->why = why;
	return false;
}

/* Where only this translation fails. */
static bool refused(struct trans *t, const char *why)
{
	t->unsupported = true;
	return invalid(t, why);
}

/* The character at the position, which moves on. */
static uint32_t next_char(struct trans *t)
{
	uint32_t c;

	t->p += sql_utf8_get(t->p, (size_t)(t->end - t->p), &c);
	return c;
}

static bool ascii_letter(uint32_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z' && c < 0x80;
}

/* The lower and upper case of ${c} if case is ignored; else ${c} twice. */
static void cases_of(const struct trans *t, uint32_t c, uint32_t *lower, uint32_t *upper)
{
	*lower = *upper = c;
	if (t->icase && (!t->ascii || c < 0x80)) {
		*lower = sql_letter_case(c, false);
		*upper = sql_letter_case(c, true);
	}
}

/* Writes a character that stands for itself. */
static void put_char(struct trans *t, uint32_t c)
{
	if (ascii_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == ' ')
		buf_addc(&t->out, (char)c);
	else
		buf_addf(&t->out, "\\x{%x}", c);
}

/* Writes a character, in brackets with its other case where case is ignored. */
static void put_literal(struct trans *t, uint32_t c)
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

/* ---- classes ----------------------------------------------------------------------- */

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
static bool put_class(struct trans *t, const char *name, size_t n)
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
		else if (t->nots == RE_MAX_NOTS)
			return refused(t, "so many classes in brackets");
		else
			t->none[t->nots++] = classes[k].none;
		return true;
	}
	return invalid(t, "invalid character class");
}

/* \d \w \s and their complements; ${in} says that we are inside brackets. */
static bool put_shorthand(struct trans *t, char c, bool in)
{
	const char *name = (c | 32) == 'd' ? "digit" : (c | 32) == 'w' ? "word" : "space";

	if (in && c < 'a')
		return refused(t, "a complement class inside brackets");
	if (!in)
		buf_adds(&t->out, c < 'a' ? "[^" : "[");
	if (!put_class(t, name, strlen(name)))
		return false;
	if (!in)
		buf_addc(&t->out, ']');
	return true;
}

/* ---- escapes --------------------------------------------------------------------- */

/* Up to ${most} hexadecimal digits, exactly as many with ${exact}. */
static bool hex_escape(struct trans *t, int most, bool exact, uint32_t *c)
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
		return invalid(t, "invalid escape \\ sequence");
	return true;
}

/*
 * A character written with an escape, such as \n or \x41. False without an
 * error: the escape is not a character.
 */
static bool char_escape(struct trans *t, char e, uint32_t *c)
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
			return invalid(t, "invalid escape \\ sequence");
		*c = next_char(t) & 31;
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

static bool alnum(uint32_t c)
{
	return ascii_letter(c) || (c >= '0' && c <= '9');
}

/*
 * An escape outside brackets: a character, a constraint (\A, \y ...), a class
 * or a back reference.
 */
static bool escape(struct trans *t)
{
	static const struct {
		char c;
		const char *out;
	} ends[] = {{'A', "\\A"}, {'Z', "\\z"}, {'y', "\\b"}, {'Y', "\\B"}, {'m', "\\b(?=\\w)"},
		{'M', "\\b(?<=\\w)"}};
	uint32_t c;
	char e;

	if (t->p == t->end)
		return invalid(t, "invalid escape \\ sequence");
	if (!alnum((uint8_t)*t->p)) {
		put_literal(t, next_char(t));
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
		return put_shorthand(t, e, false);
	if (e >= '1' && e <= '9') {
		if (t->icase || (t->p < t->end && *t->p >= '0' && *t->p <= '9'))
			return refused(t, "such a back reference");
		t->repeats += 2;
		buf_addf(&t->out, "\\g{%c}", e);
		return true;
	}
	if (char_escape(t, e, &c)) {
		put_literal(t, c);
		return true;
	}
	return t->why == NULL ? invalid(t, "invalid escape \\ sequence") : false;
}

/* ---- brackets ---------------------------------------------------------------------- */

/*
 * One item in brackets, which may be an end of a range. 1: *c is the character;
 * 2: a class was written; 0: error.
 */
static int bracket_item(struct trans *t, uint32_t *c)
{
	if (t->p[0] == '[' && t->end - t->p > 1 && t->p[1] == ':') {
		const char *name = t->p + 2;
		const char *close = memmem(name, (size_t)(t->end - name), ":]", 2);

		if (close == NULL)
			return invalid(t, "brackets [] not balanced");
		t->p = close + 2;
		return put_class(t, name, (size_t)(close - name)) ? 2 : 0;
	}
	if (t->p[0] == '[' && t->end - t->p > 1 && (t->p[1] == '.' || t->p[1] == '='))
		return refused(t, "collating elements");
	if (t->p[0] == '\\') {
		t->p++;
		if (t->p == t->end)
			return invalid(t, "invalid escape \\ sequence");
		if (!alnum((uint8_t)*t->p)) {
			*c = next_char(t);
			return 1;
		}
		char e = *t->p++;
		if (strchr("dwsDWS", e) != NULL)
			return put_shorthand(t, e, true) ? 2 : 0;
		if (char_escape(t, e, c))
			return 1;
		return t->why == NULL ? invalid(t, "invalid escape \\ sequence") : 0;
	}
	*c = next_char(t);
	return 1;
}

/*
 * A range of characters; where case is ignored, the other cases of all its
 * members too.
 */
static bool put_range(struct trans *t, uint32_t lo, uint32_t hi)
{
	if (hi < lo)
		return invalid(t, "invalid character range");
	put_char(t, lo);
	if (hi > lo) {
		buf_addc(&t->out, '-');
		put_char(t, hi);
	}
	if (!t->icase)
		return true;
	if (hi - lo > RE_MAX_RANGE)
		return refused(t, "so wide a range without case");
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
static void close_bracket(struct trans *t, size_t at, bool negated)
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
static bool bracket(struct trans *t)
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
			return invalid(t, "brackets [] not balanced");
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
				return got == 0 ? false : invalid(t, "invalid character range");
		}
		if (!put_range(t, lo, hi))
			return false;
	}
	t->p++;
	close_bracket(t, at, negated);
	return true;
}

/* ---- repetition and groups ------------------------------------------------------------ */

/* A repetition count, at most 255 (DUPMAX of regex.h). */
static bool number(struct trans *t, unsigned *v)
{
	const char *from = t->p;

	for (*v = 0; t->p < t->end && *t->p >= '0' && *t->p <= '9'; t->p++)
		if ((*v = *v * 10 + (unsigned)(*t->p - '0')) > 255)
			return invalid(t, "invalid repetition count(s)");
	return t->p > from || invalid(t, "invalid repetition count(s)");
}

/* * + ? and {m,n}, greedy or not. */
static bool repeat(struct trans *t, char c)
{
	unsigned lo, hi;

	if (!t->atom)
		return invalid(t, "quantifier operand invalid");
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
					return invalid(t, "invalid repetition count(s)");
				buf_addf(&t->out, "%u", hi);
			}
		} else {
			t->repeats--;
		}
		if (t->p == t->end || *t->p++ != '}')
			return invalid(t, "braces {} not balanced");
		buf_addc(&t->out, '}');
	}
	if (t->p < t->end && *t->p == '?') {
		buf_addc(&t->out, '?');
		t->repeats += 2; /* not greedy: another match than the longest */
		t->p++;
	}
	return true;
}

static bool branches(struct trans *t);

/* Parentheses: capturing, not capturing, or a look-around. */
static bool group(struct trans *t)
{
	static const char *const heads[] = {"?:", "?=", "?!", "?<=", "?<!"};
	size_t left = (size_t)(t->end - t->p), k;
	bool look = false;

	if (++t->depth > RE_MAX_DEPTH)
		return refused(t, "such deep nesting");
	buf_addc(&t->out, '(');
	if (left > 0 && *t->p == '?') {
		for (k = 0; k < 5; k++)
			if (left >= strlen(heads[k]) &&
				memcmp(t->p, heads[k], strlen(heads[k])) == 0)
				break;
		if (k == 5)
			return invalid(t, "quantifier operand invalid");
		buf_adds(&t->out, heads[k]);
		t->p += strlen(heads[k]);
		look = k > 0;
	} else {
		t->groups++;
	}
	if (!branches(t))
		return false;
	if (t->p == t->end)
		return invalid(t, "parentheses () not balanced");
	t->p++;
	buf_addc(&t->out, ')');
	t->atom = !look;
	t->depth--;
	return true;
}

/* An atom, a constraint or a repetition. */
static bool piece(struct trans *t)
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
			return refused(t, "[[:<:]] and [[:>:]]");
		return bracket(t);
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
		put_literal(t, next_char(t));
		return true;
	}
}

/* Alternatives up to a closing parenthesis or the end. */
static bool branches(struct trans *t)
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
static bool translate(struct trans *t)
{
	size_t n = (size_t)(t->end - t->p);

	if (n >= 4 && memcmp(t->p, "***=", 4) == 0) {
		for (t->p += 4; t->p < t->end;)
			put_literal(t, next_char(t));
		return true;
	}
	if (n >= 4 && memcmp(t->p, "***:", 4) == 0)
		t->p += 4, n -= 4;
	if (n >= 3 && memcmp(t->p, "***", 3) == 0)
		return invalid(t, "quantifier operand invalid");
	if (n >= 3 && t->p[0] == '(' && t->p[1] == '?' && ascii_letter((uint8_t)t->p[2])) {
		if (n < 4 || t->p[2] != 'i' || t->p[3] != ')')
			return refused(t, "embedded options");
		t->icase = true;
		t->p += 4;
	}
	if (!branches(t))
		return false;
	return t->p == t->end || invalid(t, "parentheses () not balanced");
}

bool sql_regex_translate(struct sql_re_trans *r, struct vtext pattern)
{
	struct trans t = {.p = pattern.p,
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
