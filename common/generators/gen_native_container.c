/* SPDX-License-Identifier: MIT */
/*
 * The containers of native values: arrays, composites, ranges and multiranges.
 *
 * A container takes its index apart into the indexes of its members, as digits of
 * a mixed-radix number, and writes them between its brackets. init() gives it
 * its space and the most bytes of its text from those of its members.
 */
#include "common/generators/gen_native.h"

#include <string.h>

#include "common/base/rng.h"

enum { ELEMENT_SPACE = 1 << 20 };

/*
 * A member in double quotes, if it may need them; in a composite a quote in it
 * is doubled, in an array escaped (PostgreSQL's manual, 8.15.2 and 8.16.2).
 * Leaves that never need quotes say so.
 */
static char *put_member(const struct native *n, uint64_t idx, char *to, char escape)
{
	char *from, *end;
	size_t len, extra = 0;

	if (n->op->plain)
		return n->op->put(n, idx, to);
	*to++ = '"';
	from = to;
	end = n->op->put(n, idx, to);
	len = (size_t)(end - from);
	for (size_t i = 0; i < len; i++)
		extra += from[i] == '"' || from[i] == '\\';
	for (size_t i = len, k = len + extra; extra > 0 && i-- > 0;) {
		char c = from[i];

		from[--k] = c;
		if (c == '"' || c == '\\')
			from[--k] = c == '"' ? escape : '\\';
	}
	from[len + extra] = '"';
	return from + len + extra + 1;
}

/* The most bytes that put_member() writes. */
static uint32_t member_max(const struct native *n)
{
	return n->op->plain ? n->max : 2 * n->max + 2;
}

/*
 * Lengths take equal shares of the index as far as they have that many arrays; what
 * the index does not reach of the third element is a hash of it, so that three elements are
 * no more frequent than two.
 */
#define ARRAY_SHARE (UINT64_C(1) << 40)

/*
 * The indexes that an element of an array takes, bounded so that several
 * elements fit one index.
 */
static uint64_t element_space(const struct native *n)
{
	return n->kids[0]->space < ELEMENT_SPACE ? n->kids[0]->space : ELEMENT_SPACE;
}

static uint64_t array_share(uint64_t own)
{
	return own < ARRAY_SHARE ? own : ARRAY_SHARE;
}

/*
 * How many of the arrays of ${len} elements there are indexes for; of more than
 * three elements the index determines the first two.
 */
static uint64_t arrays_of(uint64_t s, uint32_t len)
{
	uint64_t own = 1;

	for (uint32_t i = 0; i < len && i < NATIVE_ELEMENTS; i++)
		own = gen_mul(own, s);
	return array_share(len > NATIVE_ELEMENTS ? s * s : own);
}

/* The space is the sum over all lengths that are allowed. */
static void init_array(struct native *n)
{
	uint64_t s = element_space(n);

	if (n->most == 0 && n->least == 0)
		n->most = NATIVE_ELEMENTS;
	n->space = 0;
	for (uint32_t i = n->least; i <= n->most; i++)
		n->space += arrays_of(s, i);
	n->max = 2 + n->most * (member_max(n->kids[0]) + 1);
}

/*
 * What stands between the elements of an array: a comma, but for types whose own text has commas
 * (typdelim in the manual's page of pg_type). A domain has the delimiter of what it is over.
 */
static char delimiter_of(const struct native *element)
{
	static const struct {
		const char *name;
		char delimiter;
	} types[] = {{"box", ';'}, {"geometry", ':'}, {"geography", ':'}};
	const struct pg_type *t = element->base.type;

	for (size_t i = 0; t->cls == PG_OTHER && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(t->name, types[i].name) == 0)
			return types[i].delimiter;
	return ',';
}

/*
 * Finds the length whose share the index falls into; what is left of it are the
 * digits of the elements.
 */
static char *put_array(const struct native *n, uint64_t idx, char *to)
{
	uint64_t s = element_space(n), stride = n->kids[0]->space / s, left = idx;
	uint32_t len = n->least;

	for (; left >= arrays_of(s, len); len++)
		left -= arrays_of(s, len);
	*to++ = '{';
	for (uint32_t i = 0; i < len; i++, left /= s) {
		uint64_t rest = ARRAY_SHARE / (s * s) + 1, spent = left % s;

		if (i > 0)
			*to++ = delimiter_of(n->kids[0]);
		if (len > NATIVE_ELEMENTS && i >= 2)
			spent = rng_below(rng_at(s + i, idx), s);
		else if (i == 2 && gen_mul(gen_mul(s, s), s) > ARRAY_SHARE) /* left < rest <= s */
			spent = left + rest * rng_below(rng_at(s, idx), s / rest);
		to = put_member(n->kids[0], spent * stride, to, '\\');
	}
	*to++ = '}';
	return to;
}

/* As many elements, or bytes, as the checks allow, and ${usual} if they do. */
void native_set_count(struct native *n, const struct sql_domain *d, uint32_t usual)
{
	enum { MOST = 1000 };

	n->least = d->min_count < MOST ? d->min_count : MOST;
	n->most = n->least > usual ? n->least : usual;
	if (d->max_count < n->most)
		n->most = d->max_count;
}

/* After native_set_count(): an array that may have no elements is the empty one. */
void native_recount(struct native *array)
{
	array->max = 2;
	array->space = 1;
	if (array->most > 0)
		array->op->init(array);
}

/* The product of the members' spaces. */
static void init_composite(struct native *n)
{
	n->space = 1;
	n->max = 2;
	for (uint32_t i = 0; i < n->nkids; i++) {
		n->space = gen_mul(n->space, n->kids[i]->space);
		n->max += member_max(n->kids[i]) + 1;
	}
}

/* Members the index does not reach take a hash of it. */
static char *put_composite(const struct native *n, uint64_t idx, char *to)
{
	uint64_t left = idx, cap = n->space, d;

	*to++ = '(';
	for (uint32_t i = 0; i < n->nkids; i++) {
		uint64_t c = n->kids[i]->space;

		if (i > 0)
			*to++ = ',';
		if (c <= cap) {
			d = left % c;
			left /= c;
			cap = (cap + c - 1) / c;
		} else {
			d = left + cap * rng_below(rng_at(i, idx), c / cap);
			left = 0;
			cap = 1;
		}
		to = put_member(n->kids[i], d, to, '"');
	}
	*to++ = ')';
	return to;
}

/*
 * A range is written [v, w): w is one to sixteen steps after v, or as many as
 * ${most} asks for. A subtype whose values are made in no order, or that has only one, gives
 * ranges of a single value, [v, v].
 */
static bool is_ordered(const struct native *range)
{
	return range->kids[0]->op->ordered && range->kids[0]->space > 1;
}

/* What of a subtype's space is used as bounds, so that a bound and a length fit one index. */
static uint64_t bounds_of(const struct native *range)
{
	const uint64_t enough = UINT64_C(1) << 40;

	return range->kids[0]->space < enough ? range->kids[0]->space : enough;
}

static void init_range(struct native *n)
{
	uint64_t s = bounds_of(n), lengths = n->most > 0 ? n->most : NATIVE_RANGE_STEPS;

	n->most = s > lengths && is_ordered(n) ? (uint32_t)lengths : 1;
	if (is_ordered(n))
		n->space = s > lengths ? (s - lengths) * lengths : s - 1;
	else
		n->space = s;
	n->max = 3 + 2 * member_max(n->kids[0]);
}

/* The quotient of the index is the lower bound, the remainder the length. */
static char *put_range(const struct native *n, uint64_t idx, char *to)
{
	uint64_t stride = n->kids[0]->space / bounds_of(n);
	uint64_t from = idx / n->most, end = from + (is_ordered(n) ? 1 + idx % n->most : 0);

	*to++ = '[';
	to = put_member(n->kids[0], from * stride, to, '\\');
	*to++ = ',';
	to = put_member(n->kids[0], end * stride, to, '\\');
	*to++ = is_ordered(n) ? ')' : ']';
	return to;
}

static void init_multirange(struct native *n)
{
	n->space = n->kids[0]->space;
	n->max = n->kids[0]->max + 2;
}

static char *put_multirange(const struct native *n, uint64_t idx, char *to)
{
	*to++ = '{';
	to = n->kids[0]->op->put(n->kids[0], idx, to);
	*to++ = '}';
	return to;
}

const struct native_op gen_native_containers[] = {
	{PG_ARRAY, NULL, 0, 0, false, false, init_array, put_array},
	{PG_COMPOSITE, NULL, 0, 0, false, false, init_composite, put_composite},
	{PG_RANGE, NULL, 0, 0, false, false, init_range, put_range},
	{PG_MULTIRANGE, NULL, 0, 0, false, false, init_multirange, put_multirange},
	{0},
};
