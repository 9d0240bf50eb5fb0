/* SPDX-License-Identifier: MIT */
/*
 * Values of types without a generator of their own (arrays, composites, ranges,
 * inet, json ...), made as literals in PostgreSQL's text format.
 *
 * A type becomes a tree of struct native: its leaves are scalar types
 * (gen_native_leaf.c), its inner nodes are containers (gen_native_container.c).
 * Every node has a space, and put() writes the value of one index below it.
 * Distinct indexes give distinct values as far as the space reaches. Here the
 * tree is built, and made into generators.
 */
#include "common/generators/gen_native.h"

#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_form.h"

enum { MAX_DEPTH = 8 };

static struct native *build(const struct pg_type *type, int32_t typmod, bool ascending,
	unsigned depth, const struct native_build *b);

/* ---- building ------------------------------------------------------------------ */

/*
 * The leaf that makes a type; an entry with a name is for an extension's type
 * of that name.
 */
static const struct native_op *leaf_of(const struct pg_type *t)
{
	static const struct native_op *const lists[] = {
		gen_native_leaves, gen_native_extension_leaves, gen_native_geo_leaves};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (const struct native_op *op = lists[i]; op->put != NULL; op++)
			if (op->cls == t->cls &&
				(op->name == NULL || strcmp(op->name, t->name) == 0))
				return op;
	return NULL;
}

/*
 * The leaf of a domain that an extension brings with checks of its own: earth, a cube on a
 * globe; NULL where the type is none.
 */
static const struct native_op *domain_leaf_of(const struct pg_type *t)
{
	const struct native_op *op = NULL;

	for (; op == NULL && t->cls == PG_DOMAIN && t->elem != NULL; t = t->elem)
		op = t->extension != NULL ? leaf_of(t) : NULL;
	return op;
}

/* What makes containers of a class; NULL when it is none. */
static const struct native_op *container_of(enum pg_class cls)
{
	for (const struct native_op *op = gen_native_containers; op->put != NULL; op++)
		if (op->cls == cls)
			return op;
	return NULL;
}

/* Whether a type can be made, members included, to a bounded depth. */
static bool supported(const struct pg_type *t, unsigned depth)
{
	if (t == NULL || depth == MAX_DEPTH)
		return false;
	t = pg_base_of(t, -1).type;
	switch (t->cls) {
	case PG_ENUM:
		return t->nlabels > 0;
	case PG_ARRAY:
	case PG_RANGE:
	case PG_MULTIRANGE:
		return supported(t->elem, depth + 1);
	case PG_COMPOSITE:
		for (uint32_t i = 0; i < t->nattrs; i++)
			if (!supported(t->attrs[i].type, depth + 1))
				return false;
		return t->nattrs > 0;
	default:
		return leaf_of(t) != NULL;
	}
}

static int add_kid(struct native *n, const struct pg_type *type, int32_t typmod, unsigned depth,
	const struct native_build *b)
{
	enum pg_class cls = n->op->cls;
	struct native *kid = build(type, typmod, n->ascending || cls == PG_RANGE, depth + 1, b);

	if (kid == NULL)
		return -1;
	n->kids[n->nkids++] = kid;
	return 0;
}

/* The one member of a multirange, a range of the subtype that the catalogue names. */
static int add_range(struct native *n, unsigned depth, const struct native_build *b)
{
	struct native *range = arena_alloc(b->a, sizeof(*range));

	if (range == NULL || (range->kids = arena_array(b->a, 1, sizeof(*range->kids))) == NULL)
		return err_nomem(b->e);
	range->op = container_of(PG_RANGE);
	range->base = n->base;
	range->as_of = n->as_of;
	if (add_kid(range, n->base.type->elem, -1, depth + 1, b) == -1)
		return -1;
	range->op->init(range);
	n->kids[n->nkids++] = range;
	return 0;
}

/*
 * The members of a container. A multirange's catalogue entry names the subtype,
 * as a range's does, so that its one member is the range of it.
 */
static int add_kids(struct native *n, unsigned depth, const struct native_build *b)
{
	const struct pg_type *t = n->base.type;
	uint32_t count = t->cls == PG_COMPOSITE ? t->nattrs : 1;

	if ((n->kids = arena_array(b->a, count, sizeof(*n->kids))) == NULL)
		return err_nomem(b->e);
	if (t->cls == PG_MULTIRANGE)
		return add_range(n, depth, b);
	if (t->cls == PG_ARRAY)
		return add_kid(n, t->elem, n->base.typmod, depth, b);
	if (t->cls == PG_RANGE)
		return add_kid(n, t->elem, -1, depth, b);
	for (uint32_t i = 0; i < count; i++)
		if (add_kid(n, t->attrs[i].type, t->attrs[i].typmod, depth, b) == -1)
			return -1;
	return 0;
}

static struct native *unsupported(const struct pg_type *t, const struct native_build *b)
{
	err_set(b->e, ERR_NO, "no generator makes values of type %s", t->name);
	return NULL;
}

/*
 * A node of the tree with its members, to a bounded depth; NULL with the error
 * set. The checks of the column's own domain are verified by row; those of
 * domains below it are met here.
 */
static struct native *build(const struct pg_type *type, int32_t typmod, bool ascending,
	unsigned depth, const struct native_build *b)
{
	struct native *n = arena_alloc(b->a, sizeof(*n));

	if (n == NULL) {
		err_nomem(b->e);
		return NULL;
	}
	n->base = pg_base_of(type, typmod);
	n->as_of = b->c->as_of;
	n->locale = gen_locale(b->c);
	n->ascending = ascending;
	n->op = container_of(n->base.type->cls);
	if (n->op != NULL) {
		if (add_kids(n, depth, b) == -1)
			return NULL;
	} else if ((n->op = domain_leaf_of(type)) == NULL &&
		   (n->op = leaf_of(n->base.type)) == NULL) {
		return unsupported(n->base.type, b);
	}
	n->space = n->op->space;
	n->max = n->op->max;
	if (n->op->init != NULL)
		n->op->init(n);
	if (depth > 0 && pg_domain_checks(type) > 0 && domain_leaf_of(type) == NULL &&
		native_domain(n, type, b) == -1)
		return NULL;
	return n;
}

/* The tree of a column; NULL with ERR_NO when there is no generator for it. */
static struct native *native_new(const struct gen_column *c, struct arena *a, struct err *e)
{
	struct native_build b = {c, a, e};

	if (!supported(c->base.type, 0))
		return unsupported(c->base.type, &b);
	if (domain_leaf_of(c->column->type) != NULL)
		return build(c->column->type, -1, false, 0, &b);
	return build(c->base.type, c->base.typmod, false, 0, &b);
}

/* ---- the generators ------------------------------------------------------------ */

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

	if (end->texts != NULL) /* of a domain with checks: these are all */
		return;
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
		return NATIVE_RANGE_STEPS;
	}
}

/*
 * The literal's tree; a check that counts elements, and an exclusion constraint
 * on a range, change its spaces.
 */
static int prepare_native(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct native *n = native_new(c, a, e);

	(void)params;
	if (n == NULL)
		return -1;
	if (c->dom != NULL && c->dom->counted && c->base.type->cls == PG_ARRAY) {
		native_set_count(n, c->dom, NATIVE_ELEMENTS);
		native_recount(n);
	}
	if (c->dom != NULL && c->dom->nmembers > 0 &&
		native_json(n, &(struct native_build){c, a, e}) == -1)
		return -1;
	if (c->base.type->cls == PG_RANGE) {
		if (c->disjoint) {
			grow(n->kids[0], c->rows);
			n->most = longest(n);
			n->op->init(n);
		}
		g->lengths = n->most;
	}
	g->state = n;
	g->space = n->space;
	g->max_bytes = n->max;
	return gen_text_narrowed(c) ? gen_text_verify(g, c, a, e) : 0;
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
		native_set_count(&n, c->dom, BYTES);
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

/* Whether a domain with checks lies below a type. */
static bool holds_checks(const struct pg_type *t, unsigned depth)
{
	if (t == NULL || depth == MAX_DEPTH || (depth > 0 && pg_domain_checks(t) > 0))
		return depth > 0;
	t = pg_base_of(t, -1).type;
	for (uint32_t i = 0; i < t->nattrs; i++)
		if (holds_checks(t->attrs[i].type, depth + 1))
			return true;
	return t->cls != PG_ENUM && t->elem != NULL && holds_checks(t->elem, depth + 1);
}

/* Whether values are found for every domain with checks below the column's type. */
static bool found(const struct gen_column *c)
{
	struct arena a = ARENA_INIT;
	struct err why = {0};
	bool yes = !holds_checks(c->base.type, 0) || native_new(c, &a, &why) != NULL ||
		   why.kind != ERR_NO;

	arena_free(&a);
	return yes;
}

/* The id of the generator that makes a type; NULL when it is not supported. */
const char *gen_native_id(const struct gen_column *c)
{
	struct pg_base b = c->base;

	if (!supported(b.type, 0) || !found(c))
		return NULL;
	for (const struct gen_op *op = gen_native_ops; op->id != NULL; op++)
		if (strcmp(op->id + strlen("native."), pg_class_name(b.type->cls)) == 0)
			return op->id;
	return NULL;
}
