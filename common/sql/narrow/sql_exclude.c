/* SPDX-License-Identifier: MIT */
#include "common/sql/sql.h"

#include <string.h>

#include "common/base/err.h"
#include "common/sql/narrow/sql_narrow.h"

/*
 * Exclusion constraints, as pg_get_constraintdef() prints them:
 *
 *	EXCLUDE USING gist (room_id WITH =, tsrange(a, b) WITH &&) WHERE ((NOT cancelled))
 *
 * An element is a name, a call or an expression in parentheses, then a collation, an operator
 * class and an order where they are not the usual ones.
 */

static bool in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static const char *skip_quoted(const char *p, bool escapes)
{
	const char quote = *p;

	for (p++; *p != '\0' && *p != quote; p++) /* a doubled quote is two texts in a row */
		if (escapes && *p == '\\' && p[1] != '\0')
			p++;
	return *p == quote ? p + 1 : p;
}

/* Past one item: a word, a quoted text, all there is in parentheses, or one character. */
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

/* One element at *p, which is left at what ends it; false: it is none. */
static bool element(const char **p, struct sql_excluded *to, struct arena *a)
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

int sql_exclusion_of(
	const char *definition, struct sql_exclusion *x, struct arena *a, struct err *e)
{
	const char *p = strchr(definition, '(');
	size_t most = 1;

	*x = (struct sql_exclusion){.n = 0};
	if (p == NULL || !begins(definition, "EXCLUDE "))
		return 1;
	for (const char *c = p; *c != '\0'; c++)
		most += *c == ',';
	if ((x->parts = arena_array(a, most, sizeof(x->parts[0]))) == NULL)
		return err_nomem(e);
	do {
		p++;
		p += *p == ' ';
		if (!element(&p, &x->parts[x->n], a))
			return 1;
		if (x->parts[x->n].text == NULL || x->parts[x->n].op == NULL ||
			x->parts[x->n].with == NULL)
			return err_nomem(e);
		x->n++;
	} while (*p == ',');
	if (*p != ')')
		return 1;
	for (p++; *p != '\0'; p = skip(p))
		if (begins(p, " WHERE ")) {
			p += strlen(" WHERE ");
			if ((x->where = copy(p, skip(p), a)) == NULL)
				return err_nomem(e);
		}
	return 0;
}

/* ---- a range of two columns ------------------------------------------------------------ */

/* A column, or coalesce(column, constant): where it is not NULL. */
static const struct sql_node *end_of(const struct sql_node *x)
{
	x = sql_bare(x);
	if (x != NULL && x->op == SQL_COALESCE && x->nargs == 2 && sql_is_value(x->args[1]))
		x = x->args[0];
	return x != NULL ? sql_bare_column(x) : NULL;
}

bool sql_span_of(const struct sql_expr *x, struct sql_span *s)
{
	static const char suffix[] = "range";
	const struct sql_node *n = x->root, *from, *to;
	size_t len;

	if (n->op == SQL_COL && n->type.cls == PG_RANGE) {
		*s = (struct sql_span){n->col, n->col, false};
		return true;
	}
	if (n->op != SQL_CALL_NULLS || n->nargs < 2 || n->type.cls != PG_RANGE)
		return false;
	len = strlen(n->fn->name);
	if (len < strlen(suffix) || strcmp(n->fn->name + len - strlen(suffix), suffix) != 0)
		return false;
	from = end_of(n->args[0]);
	to = end_of(n->args[1]);
	if (from == NULL || to == NULL || from->col == to->col)
		return false;
	*s = (struct sql_span){from->col, to->col, false};
	if (n->nargs == 3) {
		const struct sql_node *b = n->args[2];

		if (!sql_is_value(b) || sql_kind_of(b->type.cls) != SQL_K_STR ||
			b->cval.v.t[0].n != 2)
			return false;
		s->closed = memcmp(b->cval.v.t[0].p, "[]", 2) == 0;
	}
	return true;
}
