/* SPDX-License-Identifier: MIT */
#include "common/sql/sql.h"

#include <string.h>

#include "common/sql/narrow/sql_narrow.h"

/*
 * Whether a column can be read off the value of an expression, whatever the other columns are.
 *
 * The column's values are taken to be texts of one length, of digits and letters of one case.  Then
 * the end (or the beginning) of a value of a || '-' || c is c: the length says where it begins.
 * Functions that change neither end of such a text, lower(), trims of other characters, replace()
 * of other characters, leave it there, though in the other case; a digest hides it, but differs
 * where it differs.
 */

/* Which ends of the value are the column's. */
enum { AT_START = 1, AT_END = 2, AT_ALL = 4 };

struct letters {
	uint32_t col, len;
};

static unsigned ends(const struct letters *l, const struct sql_node *x);

/* A constant text that has none of the characters. */
static bool is_foreign(const struct sql_node *x)
{
	const struct vtext *t = x->cval.v.t;

	if (x->op != SQL_CONST || x->cval.kind != SQL_K_STR || sql_null(&x->cval, 0))
		return false;
	for (size_t i = 0; i < t->n; i++) {
		unsigned char c = (unsigned char)t->p[i];

		if (c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'))
			return false;
	}
	return t->n > 0;
}

/* A constant number that is the column's length at least. */
static bool is_long(const struct letters *l, const struct sql_node *x)
{
	return x->op == SQL_CONST && x->cval.kind == SQL_K_INT && !sql_null(&x->cval, 0) &&
	       x->cval.v.i[0] >= (int64_t)l->len;
}

static bool is_one_of(const struct sql_node *x, const char *const *names)
{
	while (*names != NULL && !sql_is_call(x, *names))
		names++;
	return *names != NULL;
}

/* Of a call. */
static unsigned of_call(const struct letters *l, const struct sql_node *x)
{
	static const char *const trims[] = {"btrim", "ltrim", "rtrim", NULL},
				 *const cases[] = {"lower", "upper", "cast", NULL},
				 *const digests[] = {"md5", "sha224", "sha256", "sha384", "sha512",
					 "encode", "convert_to", "reverse", NULL};

	if (x->nargs == 0)
		return 0;
	if (is_one_of(x, cases) && sql_class_category(x->type.cls) == 'S')
		return ends(l, x->args[0]);
	if (is_one_of(x, trims) && (x->nargs == 1 || is_foreign(x->args[1])))
		return ends(l, x->args[0]);
	if (sql_is_call(x, "replace") && x->nargs == 3 && is_foreign(x->args[1]))
		return ends(l, x->args[0]);
	if (is_one_of(x, digests))
		return ends(l, x->args[0]) != 0 ? AT_ALL : 0;
	if (sql_is_call(x, "left") && is_long(l, x->args[1]))
		return ends(l, x->args[0]) & AT_START;
	if (sql_is_call(x, "right") && is_long(l, x->args[1]))
		return ends(l, x->args[0]) & AT_END;
	if (sql_is_call(x, "||") || sql_is_call(x, "concat"))
		return (ends(l, x->args[0]) & AT_START) | (ends(l, x->args[x->nargs - 1]) & AT_END);
	return 0;
}

static unsigned ends(const struct letters *l, const struct sql_node *x)
{
	if (x->op == SQL_COL)
		return x->col == l->col && sql_class_category(x->type.cls) == 'S'
			       ? AT_START | AT_END
			       : 0;
	return x->op == SQL_CALL || x->op == SQL_CALL_NULLS ? of_call(l, x) : 0;
}

bool sql_tells_letters(const struct sql_expr *x, uint32_t col, uint32_t len)
{
	return ends(&(struct letters){col, len}, x->root) != 0;
}

/* LEAST and GREATEST of the same two columns, in either order. */
bool sql_pair_of(const struct sql_expr *x, bool *greatest, uint32_t pair[2])
{
	const struct sql_node *n = x->root, *a, *b;

	if (n->op != SQL_MINMAX || n->nargs != 2 || (a = sql_bare_column(n->args[0])) == NULL ||
		(b = sql_bare_column(n->args[1])) == NULL || a->col == b->col)
		return false;
	*greatest = n->param > 0;
	pair[0] = a->col < b->col ? a->col : b->col;
	pair[1] = a->col < b->col ? b->col : a->col;
	return true;
}
