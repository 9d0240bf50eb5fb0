/* SPDX-License-Identifier: MIT */
/*
 * Values of types without a generator of their own (arrays, composites, ranges,
 * inet, json ...), made as literals in PostgreSQL's text format.
 *
 * A type becomes a tree of struct native: its leaves are scalar types
 * (gen_native_leaf.c), its inner nodes are containers. Every node has a space,
 * and put() writes the value of one index below it; a container takes its index
 * apart into the indexes of its members, as digits of a mixed-radix number. So
 * distinct indexes give distinct values as far as the space reaches. Members
 * that the index does not reach take a hash of it.
 */
#include "common/generators/gen_native.h"

#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"

enum { MAX_DEPTH = 8, MAX_ELEMENTS = 3, ELEMENT_SPACE = 1 << 20, RANGE_LENGTHS = 16 };

static struct native *build(
	struct pg_base b, int32_t as_of, unsigned depth, struct arena *a, struct err *e);

/* ---- quoting ---------------------------------------------------------------------------- */

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

/* ---- containers --------------------------------------------------------------------------- */

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

	for (uint32_t i = 0; i < len && i < MAX_ELEMENTS; i++)
		own = gen_mul(own, s);
	return array_share(len > MAX_ELEMENTS ? s * s : own);
}

/* The space is the sum over all lengths that are allowed. */
static void init_array(struct native *n)
{
	uint64_t s = element_space(n);

	if (n->most == 0 && n->least == 0)
		n->most = MAX_ELEMENTS;
	n->space = 0;
	for (uint32_t i = n->least; i <= n->most; i++)
		n->space += arrays_of(s, i);
	n->max = 2 + n->most * (member_max(n->kids[0]) + 1);
}

/* As many elements, or bytes, as the checks allow, and ${usual} if they do. */
static void set_count(struct native *n, const struct sql_domain *d, uint32_t usual)
{
	enum { MOST = 1000 };

	n->least = d->min_count < MOST ? d->min_count : MOST;
	n->most = n->least > usual ? n->least : usual;
	if (d->max_count < n->most)
		n->most = d->max_count;
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
			*to++ = ',';
		if (len > MAX_ELEMENTS && i >= 2)
			spent = rng_below(rng_at(s + i, idx), s);
		else if (i == 2 && gen_mul(gen_mul(s, s), s) > ARRAY_SHARE) /* left < rest <= s */
			spent = left + rest * rng_below(rng_at(s, idx), s / rest);
		to = put_member(n->kids[0], spent * stride, to, '\\');
	}
	*to++ = '}';
	return to;
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
 * ${most} asks for.
 */
static void init_range(struct native *n)
{
	uint64_t s = n->kids[0]->space, lengths = n->most > 0 ? n->most : RANGE_LENGTHS;

	n->most = s > lengths ? (uint32_t)lengths : 1;
	n->space = s > lengths ? (s - lengths) * lengths : s > 1 ? s - 1 : 0;
	n->max = 3 + 2 * member_max(n->kids[0]);
}

/* The quotient of the index is the lower bound, the remainder the length. */
static char *put_range(const struct native *n, uint64_t idx, char *to)
{
	uint64_t from = idx / n->most, end = from + 1 + idx % n->most;

	*to++ = '[';
	to = put_member(n->kids[0], from, to, '\\');
	*to++ = ',';
	to = put_member(n->kids[0], end, to, '\\');
	*to++ = ')';
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

static const struct native_op containers[] = {
	{PG_ARRAY, NULL, 0, 0, false, false, init_array, put_array},
	{PG_COMPOSITE, NULL, 0, 0, false, false, init_composite, put_composite},
	{PG_RANGE, NULL, 0, 0, false, false, init_range, put_range},
};

static const struct native_op multirange = {
	PG_MULTIRANGE, NULL, 0, 0, false, false, init_multirange, put_multirange};

/* ---- building ---------------------------------------------------------------------------------
 */

/*
 * The leaf that makes a type; an entry with a name is for an extension's type
 * of that name.
 */
static const struct native_op *leaf_of(const struct pg_type *t)
{
	for (const struct native_op *op = gen_native_leaves; op->put != NULL; op++)
		if (op->cls == t->cls && (op->name == NULL || strcmp(op->name, t->name) == 0))
			return op;
	return NULL;
}

static const struct native_op *container_of(const struct pg_type *t)
{
	for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++)
		if (containers[i].cls == t->cls)
			return &containers[i];
	return NULL;
}

/*
 * Whether a domain of the type has a check, which could refuse a value that is
 * made without looking at it.
 */
static bool has_checks(const struct pg_type *t)
{
	for (; t != NULL && t->cls == PG_DOMAIN; t = t->elem)
		if (t->nchecks > 0)
			return true;
	return false;
}

/*
 * Whether a type can be made, members included, to a bounded depth. Domains
 * with checks are supported at the top only, where rows are verified.
 */
static bool supported(const struct pg_type *t, unsigned depth)
{
	const struct native_op *leaf;

	if (t == NULL || depth == MAX_DEPTH || (depth > 0 && has_checks(t)))
		return false;
	t = pg_base_of(t, -1).type;
	leaf = leaf_of(t);
	switch (t->cls) {
	case PG_ENUM:
		return t->nlabels > 0;
	case PG_ARRAY:
		return supported(t->elem, depth + 1);
	case PG_COMPOSITE:
		for (uint32_t i = 0; i < t->nattrs; i++)
			if (!supported(t->attrs[i].type, depth + 1))
				return false;
		return t->nattrs > 0;
	case PG_RANGE:
	case PG_MULTIRANGE:
		if (!supported(t->elem, depth + 1))
			return false;
		leaf = leaf_of(pg_base_of(t->elem, -1).type);
		return leaf != NULL && leaf->ordered;
	default:
		return leaf != NULL;
	}
}

static int add_kid(
	struct native *n, struct pg_base b, unsigned depth, struct arena *a, struct err *e)
{
	struct native *kid = build(b, n->as_of, depth + 1, a, e);

	if (kid == NULL)
		return -1;
	n->kids[n->nkids++] = kid;
	return 0;
}

/*
 * The members of a container. A multirange's catalogue entry names the subtype,
 * as a range's does, so that its one member is the range of it.
 */
static int add_kids(struct native *n, unsigned depth, struct arena *a, struct err *e)
{
	const struct pg_type *t = n->base.type;
	uint32_t count = t->cls == PG_COMPOSITE ? t->nattrs : 1;
	struct native *range;

	if ((n->kids = arena_array(a, count, sizeof(*n->kids))) == NULL)
		return err_nomem(e);
	if (t->cls == PG_MULTIRANGE) {
		if ((range = arena_alloc(a, sizeof(*range))) == NULL ||
			(range->kids = arena_array(a, 1, sizeof(*range->kids))) == NULL)
			return err_nomem(e);
		range->op = container_of(&(struct pg_type){.cls = PG_RANGE});
		range->as_of = n->as_of;
		if (add_kid(range, pg_base_of(t->elem, -1), depth + 1, a, e) == -1)
			return -1;
		init_range(range);
		n->kids[n->nkids++] = range;
		return 0;
	}
	if (t->cls == PG_ARRAY)
		return add_kid(n, pg_base_of(t->elem, n->base.typmod), depth, a, e);
	if (t->cls == PG_RANGE)
		return add_kid(n, pg_base_of(t->elem, -1), depth, a, e);
	for (uint32_t i = 0; i < count; i++)
		if (add_kid(n, pg_base_of(t->attrs[i].type, t->attrs[i].typmod), depth, a, e) == -1)
			return -1;
	return 0;
}

/*
 * A node of the tree with its members, to a bounded depth; NULL with the error
 * set.
 */
static struct native *build(
	struct pg_base b, int32_t as_of, unsigned depth, struct arena *a, struct err *e)
{
	struct native *n = arena_alloc(a, sizeof(*n));

	if (n == NULL) {
		err_nomem(e);
		return NULL;
	}
	n->base = b;
	n->as_of = as_of;
	n->op = b.type->cls == PG_MULTIRANGE ? &multirange : container_of(b.type);
	if (n->op != NULL) {
		if (add_kids(n, depth, a, e) == -1)
			return NULL;
	} else if ((n->op = leaf_of(b.type)) == NULL) {
		err_set(e, ERR_NO, "no generator makes values of type %s", b.type->name);
		return NULL;
	}
	n->space = n->op->space;
	n->max = n->op->max;
	if (n->op->init != NULL)
		n->op->init(n);
	return n;
}

/* The tree of a type; NULL with ERR_NO when there is no generator for it. */
static struct native *native_new(struct pg_base b, int32_t as_of, struct arena *a, struct err *e)
{
	if (!supported(b.type, 0)) {
		err_set(e, ERR_NO, "no generator makes values of type %s", b.type->name);
		return NULL;
	}
	return build(b, as_of, 0, a, e);
}

/* ---- the generators
 * ------------------------------------------------------------------------------ */

/*
 * Writes each literal into the heap with room for the longest, and gives back
 * what was not needed.
 */
static void native_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct native *nat = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes);
		uint32_t len = (uint32_t)(nat->op->put(nat, idx[i], p) - p);

		gen_heap_give(h, g->max_bytes - len);
		out->v.t[i] = (struct vtext){p, len};
	}
}

/*
 * Ranges that an exclusion constraint keeps from overlapping need more values
 * for their ends than the usual ones.
 */
static void grow(struct native *end, uint64_t rows)
{
	enum { USUAL = 10 }; /* years: 20 */
	uint64_t most = end->space;

	switch (end->base.type->cls) {
	case PG_INT2:
		most = INT16_MAX;
		break;
	case PG_INT4:
	case PG_INT8:
		most = INT32_MAX;
		break;
	case PG_DATE:
	case PG_TIMESTAMP:
	case PG_TIMESTAMPTZ:
		most = USUAL * end->space;
		break;
	default:
		break;
	}
	if (rows > end->space && most > end->space)
		end->space = rows < most ? rows : most;
}

/*
 * The longest of such ranges, in steps of the subtype: eight hours, two weeks.
 */
static uint32_t longest(const struct native *range)
{
	switch (range->kids[0]->base.type->cls) {
	case PG_TIMESTAMP:
	case PG_TIMESTAMPTZ:
		return 8 * 3600;
	case PG_DATE:
		return 14;
	default:
		return RANGE_LENGTHS;
	}
}

/*
 * The literal's tree; a check that counts elements, and an exclusion constraint
 * on a range, change its spaces.
 */
static int prepare_native(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct native *n = native_new(c->base, c->as_of, a, e);

	(void)params;
	if (n == NULL)
		return -1;
	if (c->dom != NULL && c->dom->counted && c->base.type->cls == PG_ARRAY) {
		set_count(n, c->dom, MAX_ELEMENTS);
		n->max = 2;
		n->space = 1;
		if (n->most > 0)
			init_array(n);
	}
	if (c->base.type->cls == PG_RANGE) {
		if (c->disjoint) {
			grow(n->kids[0], c->rows);
			n->most = longest(n);
			init_range(n);
		}
		g->lengths = n->most;
	}
	g->state = n;
	g->space = n->space;
	g->max_bytes = n->max;
	return c->dom != NULL ? gen_text_verify(g, c, a, e) : 0;
}

/* bytea is held as bytes: eight that tell the index, the others a hash. */
enum { BYTES = 16 };

/*
 * bytea is held as bytes: the first eight determine the index, the others are a
 * hash.
 */
static void bytea_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes);
		struct uuid u = gen_uuid_at(g->key, idx[i]);

		for (uint32_t at = 0; at < g->max_bytes; at += BYTES) {
			uint32_t left = g->max_bytes - at;

			if (at > 0)
				u = gen_uuid_at(rng_subkey(g->key, at), idx[i]);
			memcpy(p + at, u.b, left < BYTES ? left : BYTES);
		}
		out->v.t[i] = (struct vtext){p, g->max_bytes};
	}
}

/*
 * A unique column needs at least 16 bytes, of which eight determine the index.
 */
static int prepare_bytea(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct native n = {.most = BYTES};

	(void)params;
	(void)a;
	if (c->dom != NULL && c->dom->counted)
		set_count(&n, c->dom, BYTES);
	if (n.most < BYTES && c->unique)
		return err_set(
			e, ERR_NO, "%s: %u bytes are too few to be distinct", g->op->id, n.most);
	g->space = GEN_SPACE_MAX;
	g->max_bytes = n.most;
	return 0;
}

#define NATIVE_OP(name)                                                                            \
	{                                                                                          \
		.id = "native." name, .help = "a value of type " name, .families = GF_RAW,         \
		.prepare = prepare_native, .value = native_value                                   \
	}

const struct gen_op gen_native_ops[] = {
	NATIVE_OP("timetz"),
	NATIVE_OP("interval"),
	NATIVE_OP("json"),
	NATIVE_OP("jsonb"),
	NATIVE_OP("xml"),
	NATIVE_OP("inet"),
	NATIVE_OP("cidr"),
	NATIVE_OP("macaddr"),
	NATIVE_OP("macaddr8"),
	NATIVE_OP("bit"),
	NATIVE_OP("varbit"),
	NATIVE_OP("money"),
	NATIVE_OP("point"),
	NATIVE_OP("tsvector"),
	NATIVE_OP("tsquery"),
	NATIVE_OP("array"),
	NATIVE_OP("composite"),
	NATIVE_OP("range"),
	NATIVE_OP("multirange"),
	NATIVE_OP("other"),
	{.id = "native.bytea",
		.help = "sixteen bytes",
		.families = GF_BYTES,
		.prepare = prepare_bytea,
		.value = bytea_value},
	{0},
};

/* The id of the generator that makes a type; NULL when it is not supported. */
const char *gen_native_id(struct pg_base b)
{
	if (!supported(b.type, 0))
		return NULL;
	for (const struct gen_op *op = gen_native_ops; op->id != NULL; op++)
		if (strcmp(op->id + strlen("native."), pg_class_name(b.type->cls)) == 0)
			return op->id;
	return NULL;
}
