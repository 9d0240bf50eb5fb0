/* SPDX-License-Identifier: MIT */
/*
 * Functions of LANGUAGE sql whose body is one expression are replaced by that
 * expression, with the arguments in the place of the parameters; functions in
 * the body likewise, to a bounded depth. PostgreSQL's planner inlines the same
 * functions (inline_function() of clauses.c).
 *
 * The body is read as text, in the forms "SELECT x", "RETURN x" and "BEGIN
 * ATOMIC SELECT x; END" (PostgreSQL's manual, CREATE FUNCTION), and parsed as
 * an expression. Arguments are coerced to the types of the parameters, the
 * result to the declared result type. Functions in other languages, overloaded
 * names and default arguments are refused by name.
 */
#include "common/sql/parse/sql_build.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/*
 * The function of that name; *several when there is more than one, which needs
 * a resolution of overloads that is not done here.
 */
static const struct pg_function *lookup(
	const struct schema *s, const char *schema, const char *name, bool *several)
{
	const struct pg_function *found = NULL;

	*several = false;
	for (uint32_t k = 0; s != NULL && k < s->nfunctions; k++) {
		const struct pg_function *f = &s->functions[k];

		if (strcmp(f->name, name) != 0 ||
			(schema != NULL && strcmp(f->schema, schema) != 0))
			continue;
		*several = found != NULL;
		found = f;
	}
	return found;
}

/* Skips blanks and comments that begin with "--". */
static const char *skip_space(const char *p)
{
	for (;;) {
		while (isspace((unsigned char)*p))
			p++;
		if (p[0] != '-' || p[1] != '-')
			return p;
		p += strcspn(p, "\n");
	}
}

/* What follows the keyword, or NULL if the text does not begin with it. */
static const char *after_word(const char *p, const char *word)
{
	size_t n = strlen(word);

	p = skip_space(p);
	if (strncasecmp(p, word, n) != 0 || isalnum((unsigned char)p[n]) || p[n] == '_')
		return NULL;
	return p + n;
}

/*
 * The expression in the body, as text in the arena; NULL when the body is of no
 * known form.
 */
static char *body_expression(struct sql_comp *c, const char *body)
{
	const char *p = body, *q;
	bool atomic = false;
	size_t n;

	if ((q = after_word(p, "BEGIN")) != NULL && (q = after_word(q, "ATOMIC")) != NULL) {
		atomic = true;
		p = q;
	}
	if ((q = after_word(p, "SELECT")) == NULL && (q = after_word(p, "RETURN")) == NULL)
		return NULL;
	n = strlen(q);
	while (n > 0 && isspace((unsigned char)q[n - 1]))
		n--;
	if (atomic && n >= 3 && strncasecmp(q + n - 3, "END", 3) == 0)
		n -= 3;
	while (n > 0 && (isspace((unsigned char)q[n - 1]) || q[n - 1] == ';'))
		n--;
	return arena_strndup(c->a, q, n);
}

/*
 * One "name type" or "type" of the list that
 * pg_get_function_identity_arguments() prints, up to a comma outside
 * parentheses (numeric(10,2) has one inside).
 */
static const char *next_argument(const char *p, size_t *n)
{
	int depth = 0;
	const char *q = p;

	for (; *q != '\0' && (*q != ',' || depth > 0); q++)
		depth += *q == '(' ? 1 : *q == ')' ? -1 : 0;
	*n = (size_t)(q - p);
	return *q == ',' ? q + 1 : q;
}

/* The type that the text names, read by parsing "NULL::text". */
static bool type_of_text(struct sql_comp *c, const char *text, struct sql_type *t, int32_t *typmod)
{
	const PgQuery__Node *n;
	enum sql_status st = SQL_OK;
	char *cast = arena_printf(c->tmp, "NULL::%s", text);

	return cast != NULL && sql_parse(c, cast, &n) == SQL_OK &&
	       n->node_case == PG_QUERY__NODE__NODE_TYPE_CAST &&
	       sql_type_lookup(c, n->type_cast->type_name, t, typmod, &st);
}

/*
 * Name and type of one argument. Names are optional and types can have several
 * words (double precision), so the whole text is tried as a type first.
 */
static bool split_argument(
	struct sql_comp *c, const char *p, size_t n, struct sql_param *to, struct sql_type *t)
{
	char *text;
	const char *sp;
	int32_t typmod;

	while (n > 0 && *p == ' ')
		p++, n--;
	if ((text = arena_strndup(c->a, p, n)) == NULL)
		return false;
	to->name = NULL;
	if (type_of_text(c, text, t, &typmod))
		return true;
	sp = strchr(text, ' ');
	if (sp == NULL)
		return false;
	to->name = arena_strndup(c->a, text, (size_t)(sp - text));
	return to->name != NULL && type_of_text(c, sp + 1, t, &typmod);
}

/*
 * Fills params[] with names and coerced arguments, in the order of the
 * declaration.
 */
static bool bind_arguments(struct sql_comp *c, const struct pg_function *f, struct sql_node **args,
	uint32_t n, struct sql_param *params, enum sql_status *st)
{
	const char *p = f->identity_args;

	for (uint32_t k = 0; k < n; k++) {
		struct sql_type t;
		size_t len;
		const char *at = p;

		p = next_argument(p, &len);
		if (len == 0 || !split_argument(c, at, len, &params[k], &t)) {
			sql_refuse(c, st, "argument %u of function %s.%s()", k + 1, f->schema,
				f->name);
			return false;
		}
		params[k].value = sql_coerce(c, args[k], t, -1, SQL_IMPLICIT, st);
		if (params[k].value == NULL)
			return false;
	}
	if (*skip_space(p) != '\0') {
		sql_refuse(c, st, "function %s.%s() with default arguments", f->schema, f->name);
		return false;
	}
	return true;
}

/*
 * A strict function of a NULL is NULL, whatever its body says: CASE WHEN a IS
 * NULL THEN NULL ... ELSE body END.
 */
static struct sql_node *strict_body(struct sql_comp *c, struct sql_node *x,
	const struct sql_param *params, uint32_t n, enum sql_status *st)
{
	struct sql_node *y = sql_node_new(c, SQL_CASE, x->type, 2 * n + 1);

	if (y == NULL)
		return sql_oom(c, st);
	for (uint32_t k = 0; k < n; k++) {
		y->args[2 * k] = sql_test(c, params[k].value, SQL_IS_NULL, st);
		y->args[2 * k + 1] = sql_const_null(c, x->type);
		if (y->args[2 * k] == NULL || y->args[2 * k + 1] == NULL)
			return sql_oom(c, st);
	}
	y->args[2 * n] = x;
	y->coll = x->coll;
	return sql_checked(c, sql_fold(c, y), st);
}

/* Parses and builds the body in a scope whose parameters are the arguments. */
static struct sql_node *expand(struct sql_comp *c, const struct pg_function *f, const char *text,
	struct sql_param *params, uint32_t n, enum sql_status *st)
{
	struct sql_comp inner = *c;
	const PgQuery__Node *tree;
	struct sql_node *x;
	struct sql_type t;
	int32_t typmod;

	if (sql_parse(c, text, &tree) != SQL_OK)
		return sql_refuse(c, st, "the body of function %s.%s(), not one expression,",
			f->schema, f->name);
	inner.params = params;
	inner.nparams = n;
	inner.inlined++;
	x = sql_build(&inner, tree, st);
	if (x == NULL)
		return NULL;
	if (!type_of_text(c, f->result, &t, &typmod))
		return sql_refuse(c, st, "result type %s of function %s", f->result, f->name);
	x = sql_coerce(c, x, t, -1, SQL_ASSIGNMENT, st);
	return x == NULL || !f->strict || n == 0 ? x : strict_body(c, x, params, n, st);
}

/*
 * The call as the function's body. NULL with *st SQL_OK when the schema has no
 * such function. The total number of inlined calls is bounded, because each may
 * contain several others.
 */
struct sql_node *sql_inline(struct sql_comp *c, const char *schema, const char *name,
	struct sql_node **args, uint32_t n, enum sql_status *st)
{
	bool several;
	const struct pg_function *f = lookup(c->scope->schema, schema, name, &several);
	struct sql_param *params;
	char *text;

	if (f == NULL)
		return NULL;
	if (several)
		return sql_refuse(c, st, "overloaded function %s()", name);
	if (f->language == NULL || strcmp(f->language, "sql") != 0)
		return sql_refuse(c, st, "function %s.%s() of language %s", f->schema, f->name,
			f->language != NULL ? f->language : "?");
	if (++*c->calls > SQL_MAX_CALLS)
		return sql_refuse(c, st, "a tree of more than %d calls of functions of the schema,",
			SQL_MAX_CALLS);
	if (c->inlined >= SQL_MAX_INLINE)
		return sql_refuse(c, st, "function %s.%s(), nested too deeply,", f->schema, name);
	text = f->body != NULL ? body_expression(c, f->body) : NULL;
	params = arena_array(c->a, n + 1, sizeof *params);
	if (params == NULL)
		return sql_oom(c, st);
	if (text == NULL)
		return sql_refuse(c, st, "the body of function %s.%s(), not one expression,",
			f->schema, f->name);
	if (!bind_arguments(c, f, args, n, params, st))
		return NULL;
	return expand(c, f, text, params, n, st);
}
