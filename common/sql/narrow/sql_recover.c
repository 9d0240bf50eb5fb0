/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_recover.h"

#include <string.h>
#include <strings.h>

#include "common/sql/narrow/sql_narrow.h"

/*
 * Whether a column's value can be computed back from the value of an expression: then rows that
 * differ in the column differ in the expression.
 *
 * It can where each step from the column to the value is one to one: a cast to text, the sum of it
 * and a constant, lpad() that cuts nothing, a digest, the place in an array of distinct constants.
 * Of a || b || c it can where all others are constants; where it is a whole number that is never
 * negative it can also at the end, after a constant that does not end with a digit, and at the
 * beginning before one that does not begin with one: there the digits are the number, whatever the
 * rest is.
 */

struct recovery {
	uint32_t col;
	uint64_t most; /* of a whole number that is never negative; 0: it is none such */
	bool null;     /* a value that is NULL counts for none */
};

static bool is_one_to_one(const struct recovery *r, const struct sql_node *x);

static bool reads(const struct sql_node *x, uint32_t col)
{
	if (x->op == SQL_COL)
		return x->col == col;
	for (uint32_t i = 0; i < x->nargs; i++)
		if (reads(x->args[i], col))
			return true;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A constant text whose first or last character is there and no digit. */
static bool ends_without_digit(const struct sql_node *x, bool last)
{
	const struct vtext *t = x->cval.v.t;

	if (!sql_is_value(x) || x->cval.kind != SQL_K_STR || t->n == 0)
		return false;
	return !is_digit(t->p[last ? t->n - 1 : 0]);
}

static bool is_among(unsigned cls, const unsigned char *list, size_t n)
{
	return memchr(list, (int)cls, n) != NULL;
}

static const unsigned char whole[] = {PG_INT2, PG_INT4, PG_INT8};
static const unsigned char numbers[] = {PG_INT2, PG_INT4, PG_INT8, PG_NUMERIC, PG_DATE};
static const unsigned char texts[] = {PG_TEXT, PG_VARCHAR};
/* of one text each */
static const unsigned char written[] = {
	PG_INT2, PG_INT4, PG_INT8, PG_UUID, PG_DATE, PG_TEXT, PG_VARCHAR, PG_NAME, PG_ENUM};

/* The column as text, with nothing but its digits: a number that is never negative, through casts
 * that keep all of them. */
static bool is_digits(const struct recovery *r, const struct sql_node *x)
{
	while (sql_is_call(x, "cast") &&
		(is_among(x->type.cls, whole, sizeof(whole)) ||
			is_among(x->type.cls, texts, sizeof(texts)) || x->type.cls == PG_NUMERIC))
		x = x->args[0];
	return r->most > 0 && x->op == SQL_COL && x->col == r->col;
}

enum { PARTS = 32 };

/* The operands of nested ||, from left to right; false: they are too many. */
static bool parts_of(const struct sql_node *x, const struct sql_node **to, uint32_t *n)
{
	if (x->op == SQL_CALL && sql_is_call(x, "||"))
		return parts_of(x->args[0], to, n) && parts_of(x->args[1], to, n);
	if (*n == PARTS)
		return false;
	to[(*n)++] = x;
	return true;
}

static bool of_parts(const struct recovery *r, const struct sql_node *x)
{
	const struct sql_node *part[PARTS];
	uint32_t n = 0, at = 0, constants = 0;

	if (!parts_of(x, part, &n))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		constants += sql_is_value(part[i]);
		at = reads(part[i], r->col) ? i : at;
	}
	if (constants + 1 == n)
		return is_one_to_one(r, part[at]);
	if (!is_digits(r, part[at]))
		return false;
	return (at + 1 == n && at > 0 && ends_without_digit(part[at - 1], true)) ||
	       (at == 0 && ends_without_digit(part[1], false));
}

enum { ELEMENTS = 256 };

/* Whether elements i and j are two numbers, or texts that differ in more than the case of
 * letters. */
static bool are_distinct(const struct sql_array *a, uint32_t i, uint32_t j)
{
	const struct vtext *s = &a->e.v.t[i], *t = &a->e.v.t[j];

	if (sql_null(&a->e, i) || sql_null(&a->e, j))
		return false;
	if (a->e.kind == SQL_K_INT)
		return a->e.v.i[i] != a->e.v.i[j];
	return a->e.kind == SQL_K_STR && (s->n != t->n || strncasecmp(s->p, t->p, s->n) != 0);
}

/* (ARRAY['a', 'b', 'c'])[k] of constants that are distinct.  Beyond them it is NULL. */
static bool of_subscript(const struct recovery *r, const struct sql_node *x)
{
	const struct sql_node *array = x->args[0];
	const struct sql_array *a;

	if (!r->null || !sql_is_value(array) || array->cval.kind != SQL_K_PTR ||
		!is_one_to_one(r, x->args[1]))
		return false;
	a = array->cval.v.p[0];
	if (a->ndim != 1 || a->n > ELEMENTS)
		return false;
	for (uint32_t i = 0; i < a->n; i++)
		for (uint32_t j = 0; j < i; j++)
			if (!are_distinct(a, i, j))
				return false;
	return true;
}

/* Casts after which the value can be cast back: to text, and of whole numbers to other ones. */
static bool of_cast(const struct recovery *r, const struct sql_node *x)
{
	unsigned from = x->args[0]->type.cls, to = x->type.cls;

	if (is_among(to, texts, sizeof(texts)) ? !is_among(from, written, sizeof(written))
					       : !is_among(from, whole, sizeof(whole)) ||
							 !is_among(to, numbers, sizeof(numbers)))
		return false;
	return is_one_to_one(r, x->args[0]);
}

/* A sum or difference with a constant, of types that have no months. */
static bool of_sum(const struct recovery *r, const struct sql_node *x)
{
	for (uint32_t i = 0; i < 2; i++)
		if (!is_among(x->args[i]->type.cls, numbers, sizeof(numbers)))
			return false;
	if (!is_among(x->type.cls, numbers, sizeof(numbers)))
		return false;
	if (sql_is_value(x->args[1]))
		return is_one_to_one(r, x->args[0]);
	return sql_is_value(x->args[0]) && is_one_to_one(r, x->args[1]);
}

/* What lpad() fills up with: with 1 to 9 a short number could become a long one. */
static bool may_fill(const struct sql_node *x)
{
	const struct vtext *t = x->cval.v.t;

	for (size_t i = 0; sql_is_value(x) && x->cval.kind == SQL_K_STR && i < t->n; i++)
		if (t->p[i] >= '1' && t->p[i] <= '9')
			return false;
	return sql_is_value(x) && x->cval.kind == SQL_K_STR;
}

/* lpad() of the digits of a number, which cuts none of them. */
static bool of_pad(const struct recovery *r, const struct sql_node *x)
{
	int64_t width;
	uint64_t room = 1;

	if (!is_digits(r, x->args[0]) || !sql_is_value(x->args[1]) ||
		(x->nargs > 2 && !may_fill(x->args[2])))
		return false;
	width = x->args[1]->cval.v.i[0];
	for (int64_t i = 0; i < width && room <= r->most && room < UINT64_MAX / 10; i++)
		room *= 10;
	return width > 0 && r->most < room;
}

static bool is_one_to_one(const struct recovery *r, const struct sql_node *x)
{
	static const char *const digests[] = {"md5", "sha224", "sha256", "sha384", "sha512",
		"encode", "convert_to", "reverse", NULL};

	if (x->op == SQL_COL)
		return x->col == r->col;
	if (x->op == SQL_CALL_LAZY && strcmp(x->fn->name, "[]") == 0)
		return of_subscript(r, x);
	if (x->op != SQL_CALL || x->nargs == 0)
		return false;
	if (sql_is_call(x, "||"))
		return of_parts(r, x);
	if (sql_is_call(x, "cast"))
		return of_cast(r, x);
	if (sql_is_call(x, "lpad"))
		return of_pad(r, x);
	for (uint32_t i = 0; digests[i] != NULL; i++)
		if (sql_is_call(x, digests[i]))
			return is_one_to_one(r, x->args[0]);
	return x->nargs == 2 && (sql_is_call(x, "+") || sql_is_call(x, "-")) && of_sum(r, x);
}

bool sql_recovers(const struct sql_expr *x, uint32_t col, uint64_t most)
{
	return is_one_to_one(&(struct recovery){col, most, false}, x->root);
}

bool sql_recovers_or_null(const struct sql_expr *x, uint32_t col, uint64_t most)
{
	return is_one_to_one(&(struct recovery){col, most, true}, x->root);
}
