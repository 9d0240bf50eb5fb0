/* SPDX-License-Identifier: MIT */
#include "common/schema/keyset_exclude.h"

#include <string.h>

#include "common/base/err.h"

/*
 * Exclusion constraints, as pg_get_constraintdef() prints them:
 *
 *	EXCLUDE USING gist (room_id WITH =, tsrange(a, b) WITH &&) WHERE ((NOT cancelled))
 *
 * An element is a name, a call or an expression in parentheses, then a collation, an operator
 * class and an order where they are not the usual ones.
 */

/* A character of a name or number. */
static bool in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/*
 * Past a quoted text; a doubled quote in it looks like two texts in a row,
 * which is as good.
 */
static const char *skip_quoted(const char *p, bool escapes)
{
	const char quote = *p;

	for (p++; *p != '\0' && *p != quote; p++) /* a doubled quote is two texts in a row */
		if (escapes && *p == '\\' && p[1] != '\0')
			p++;
	return *p == quote ? p + 1 : p;
}

/*
 * Past one item: a word, a quoted text, all that is in parentheses, or one
 * character.
 */
static const char *skip(const char *p)
{
	uint32_t open = 0;

	do {
		if (*p == '\'' || *p == '"') {
			p = skip_quoted(p, false);
		} else if (*p == 'E' && p[1] == '\'') {
			p = skip_quoted(p + 1, true);
		} else if (in_word(*p)) {
			while (in_word(*p))
				p++;
		} else if (*p != '\0') {
			open += *p == '(';
			open -= *p == ')' && open > 0;
			p++;
		}
	} while (open > 0 && *p != '\0');
	return p;
}

/* The end of a name, a call or what is in parentheses. */
static const char *skip_primary(const char *p)
{
	if (*p == '(')
		return skip(p);
	while (in_word(*p) || *p == '"' || *p == '.')
		p = *p == '.' ? p + 1 : skip(p);
	return *p == '(' ? skip(p) : p;
}

static bool begins(const char *p, const char *with)
{
	return strncmp(p, with, strlen(with)) == 0;
}

static const char *copy(const char *from, const char *to, struct arena *a)
{
	return arena_printf(a, "%.*s", (int)(to - from), from);
}

/* "=", or "OPERATOR(public.=)" */
static const char *operator_of(const char *from, const char *to, struct arena *a)
{
	if (begins(from, "OPERATOR(")) {
		from += strlen("OPERATOR(");
		for (to--; strchr(from, '.') != NULL && strchr(from, '.') < to;)
			from = strchr(from, '.') + 1;
	}
	return copy(from, to, a);
}

/*
 * Reads one element at *p, which is left at what ends it; false when it is
 * none.
 */
static bool element(const char **p, struct key_part *to, struct arena *a)
{
	const char *from = *p, *end = skip_primary(from), *at = end, *op = NULL;

	while (*at != '\0' && *at != ',' && *at != ')') {
		if (begins(at, " WITH ")) {
			op = at + strlen(" WITH ");
			at += strlen(" WITH");
		}
		at = skip(at);
	}
	if (end == from || op == NULL)
		return false;
	*p = at;
	to->text = copy(from, end, a);
	to->op = operator_of(op, at, a);
	to->with = copy(op, at, a);
	return true;
}

/* Past the elements: the predicate, where there is one, which stands in parentheses. */
static int predicate(const char *p, struct pg_key *k, struct arena *a, struct err *e)
{
	for (; *p != '\0'; p = skip(p))
		if (begins(p, " WHERE ")) {
			p += strlen(" WHERE ");
			if ((k->where = copy(p, skip(p), a)) == NULL)
				return err_nomem(e);
		}
	return 0;
}

/*
 * Reads the elements and the predicate; a definition of another form is an
 * error.
 */
int keyset_exclude(const char *definition, struct pg_key *k, struct arena *a, struct err *e)
{
	const char *p = strchr(definition, '(');
	uint32_t most = 1, n = 0;

	k->nparts = 0;
	if (p == NULL || !begins(definition, "EXCLUDE "))
		return 0;
	for (const char *c = p; *c != '\0'; c++)
		most += *c == ',';
	if ((k->parts = arena_array(a, most, sizeof(k->parts[0]))) == NULL)
		return err_nomem(e);
	do {
		struct key_part *part = &k->parts[n++];

		p++;
		p += *p == ' ';
		if (!element(&p, part, a))
			return 0;
		if (part->text == NULL || part->op == NULL || part->with == NULL)
			return err_nomem(e);
	} while (*p == ',');
	if (*p != ')')
		return 0;
	k->nparts = n;
	return predicate(p + 1, k, a, e);
}
