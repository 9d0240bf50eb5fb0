/* SPDX-License-Identifier: MIT */
#include "stages/introspect/sqltext.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "common/base/err.h"

struct sqltext sqltext_of(const char *p, size_t n)
{
	return (struct sqltext){p, p + n, 1};
}

static bool at(const struct sqltext *t, const char *what)
{
	size_t n = strlen(what);

	return (size_t)(t->end - t->p) >= n && memcmp(t->p, what, n) == 0;
}

/* Go on ${n} bytes, counting lines. */
static void step(struct sqltext *t, size_t n)
{
	for (; n > 0 && t->p < t->end; n--)
		t->line += *t->p++ == '\n';
}

static void step_line(struct sqltext *t)
{
	while (t->p < t->end && *t->p != '\n')
		t->p++;
	step(t, 1);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* ---- what is passed over whole ------------------------------------------------- */

static void step_quoted(struct sqltext *t, char quote, bool backslash)
{
	step(t, 1);
	while (t->p < t->end && *t->p != quote)
		step(t, backslash && *t->p == '\\' ? 2 : 1);
	step(t, 1); /* of a doubled quote the second starts another quoted part: the same */
}

static void step_comment(struct sqltext *t)
{
	int depth = 0;

	do {
		int change = at(t, "/*") ? 1 : at(t, "*/") ? -1 : 0;

		depth += change;
		step(t, change != 0 ? 2 : 1);
	} while (depth > 0 && t->p < t->end);
}

/* $$ ... $$ or $tag$ ... $tag$; a lone $ is one byte. */
static void step_dollar(struct sqltext *t)
{
	const char *p = t->p + 1;
	size_t n;

	while (p < t->end && is_word(*p) && *p != '$')
		p++;
	n = (size_t)(p - t->p) + 1;
	if (p == t->end || *p != '$' || (t->p[1] >= '0' && t->p[1] <= '9')) {
		step(t, 1);
		return;
	}
	p = memmem(p + 1, (size_t)(t->end - p) - 1, t->p, n);
	step(t, p != NULL ? (size_t)(p - t->p) + n : (size_t)(t->end - t->p));
}

/* Blanks and comments. */
static bool step_blank(struct sqltext *t)
{
	if (is_space(*t->p))
		step(t, 1);
	else if (at(t, "--"))
		step_line(t);
	else if (at(t, "/*"))
		step_comment(t);
	else
		return false;
	return true;
}

/* ---- statements ---------------------------------------------------------------- */

/* The state of the statement being cut. */
struct cut {
	int parens, begins;
	int words;	 /* seen so far */
	bool create;	 /* the first was CREATE */
	bool routine;	 /* CREATE [OR REPLACE] FUNCTION or PROCEDURE */
	bool copy;	 /* the first was COPY */
	bool from_stdin; /* ... FROM STDIN */
	bool from;	 /* the last was FROM */
};

static bool is(const char *word, size_t n, const char *what)
{
	return strlen(what) == n && strncasecmp(word, what, n) == 0;
}

static void note_word(struct cut *c, const char *word, size_t n)
{
	c->words++;
	if (c->words == 1) {
		c->create = is(word, n, "create");
		c->copy = is(word, n, "copy");
	}
	if (c->create && c->words <= 4)
		c->routine |= is(word, n, "function") || is(word, n, "procedure");
	if (c->routine && c->parens == 0) {
		if (is(word, n, "begin") || (c->begins > 0 && is(word, n, "case")))
			c->begins++;
		else if (c->begins > 0 && is(word, n, "end"))
			c->begins--;
	}
	c->from_stdin |= c->copy && c->from && is(word, n, "stdin");
	c->from = is(word, n, "from");
}

static void step_word(struct sqltext *t, struct cut *c)
{
	const char *word = t->p;
	size_t n;

	while (t->p < t->end && is_word(*t->p))
		t->p++;
	n = (size_t)(t->p - word);
	if (n == 1 && (*word == 'e' || *word == 'E') && at(t, "'"))
		step_quoted(t, '\'', true);
	else
		note_word(c, word, n);
}

/* Past one token; false at the semicolon that ends the statement. */
static bool step_token(struct sqltext *t, struct cut *c)
{
	char ch = *t->p;

	if (ch == ';' && c->parens == 0 && c->begins == 0)
		return false;
	if (step_blank(t))
		return true;
	if (ch == '\'' || ch == '"') {
		step_quoted(t, ch, false);
	} else if (ch == '$') {
		step_dollar(t);
	} else if (is_word(ch)) {
		step_word(t, c);
	} else {
		c->parens += ch == '(' ? 1 : ch == ')' && c->parens > 0 ? -1 : 0;
		step(t, 1);
	}
	return true;
}

/* The rows after COPY ... FROM STDIN, up to the line "\.". */
static void step_copy_data(struct sqltext *t)
{
	step_line(t);
	while (t->p < t->end && !(at(t, "\\.\n") || at(t, "\\.\r\n")))
		step_line(t);
	step_line(t);
}

/* A command of psql, at the start of a statement. */
static int step_command(struct sqltext *t, struct err *e)
{
	static const char *const harmless[] = {"\\restrict", "\\unrestrict", "\\connect", "\\c",
		"\\set", "\\unset", "\\echo", "\\qecho", "\\encoding", "\\pset", "\\timing", "\\x",
		"\\t", "\\a"};
	size_t n = 1;

	while (t->p + n < t->end && is_word(t->p[n]))
		n++;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (strlen(harmless[i]) == n && memcmp(t->p, harmless[i], n) == 0) {
			step_line(t);
			return 0;
		}
	return err_set(e, ERR_INPUT,
		"line %u: %.*s is a command of psql, which is not run: "
		"leave it out, or name the database with --conn",
		t->line, (int)(n < 40 ? n : 40), t->p);
}

/* To where the next statement starts; psql's commands are between statements. */
static int step_to_statement(struct sqltext *t, struct err *e)
{
	while (t->p < t->end) {
		if (*t->p == '\\') {
			if (step_command(t, e) != 0)
				return -1;
		} else if (*t->p == ';') {
			step(t, 1);
		} else if (!step_blank(t)) {
			return 1;
		}
	}
	return 0;
}

int sqltext_next(struct sqltext *t, struct view *stmt, uint32_t *line, struct err *e)
{
	struct cut c;

	do {
		int more = step_to_statement(t, e);

		if (more != 1)
			return more;
		c = (struct cut){0};
		stmt->p = t->p;
		*line = t->line;
		while (t->p < t->end && step_token(t, &c))
			;
		stmt->n = (size_t)(t->p - stmt->p);
		step(t, 1);
		if (c.from_stdin)
			step_copy_data(t);
	} while (c.from_stdin);
	return 1;
}
