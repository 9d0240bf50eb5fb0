/* SPDX-License-Identifier: MIT */
/*
 * Values of a domain with checks that lies within an array, a composite or a
 * range.
 *
 * The rows of a table are verified against the checks of its columns, but what
 * a check of an element says is not seen there. So the node of such a domain is
 * a list: candidates are drawn from the generator that a column of the domain
 * would have, narrowed by the checks as that column would be, the checks are
 * evaluated, and the texts of those that pass are kept. A type without a common
 * generator gives its native values as candidates.
 */
#include "common/generators/gen_native.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"

enum { CANDIDATES = VEC_BLOCK };

/* A column of the domain, alone in a table. */
struct lone {
	struct pg_column column;
	struct pg_table table;
	struct gen_column c;
	struct sql_scope scope;
	struct sql_narrow narrow;
	struct vec values;
	struct vec texts;
	uint8_t pass[CANDIDATES];
};

static void lone_init(struct lone *l, const struct native *n, const struct pg_type *domain,
	const struct native_build *b)
{
	l->column = (struct pg_column){.name = "value",
		.position = 1,
		.type = domain,
		.typmod = -1,
		.formatted = domain->name,
		.not_null = true};
	l->table = (struct pg_table){.schema = domain->schema,
		.name = domain->name,
		.kind = 'r',
		.columns = &l->column,
		.ncolumns = 1};
	l->c = *b->c;
	l->c.table = &l->table;
	l->c.column = &l->column;
	l->c.base = n->base;
	l->c.type = pg_vtype(n->base, &l->c.scale);
	l->c.dom = NULL;
	l->c.rows = 0;
	l->c.unique = l->c.disjoint = l->c.by_rule = false;
	l->scope = (struct sql_scope){
		.schema = b->c->schema, .table = &l->table, .as_of = b->c->as_of};
}

/*
 * The i-th of ${n} indexes spread over a space, distinct, and at random within
 * its part of it.
 */
static uint64_t spread(uint64_t key, uint64_t space, uint32_t i, uint32_t n)
{
	uint64_t part = space / n;

	return part * i + rng_below(rng_at(key, i), part);
}

/* Candidates by the generator of a common type, which draws from what the checks leave. */
static int draw_plain(
	struct lone *l, const char *id, struct gen_heap *h, const struct native_build *b)
{
	uint64_t idx[CANDIDATES];
	struct gen g;

	if (gen_prepare(&g, gen_plain_op(id), &l->c, NULL, b->a, b->e) == -1)
		return -1;
	l->values.scale = l->c.scale;
	l->values.n = g.space < CANDIDATES ? (uint32_t)g.space : CANDIDATES;
	if (!gen_heap_reserve(h, (size_t)l->values.n * g.max_bytes + 1))
		return err_nomem(b->e);
	for (uint32_t i = 0; i < l->values.n; i++) {
		idx[i] = spread(g.key, g.space, i, l->values.n);
		if (g.ordinal)
			l->values.v.i[i] = g.lo + g.step * (int64_t)idx[i];
	}
	if (!g.ordinal)
		g.op->value(&g, idx, l->values.n, &l->values, h);
	return 0;
}

/* Candidates as the node without the domain writes them, of as many elements as the checks allow.
 */
static int draw_native(
	struct lone *l, struct native *n, struct gen_heap *h, const struct native_build *b)
{
	if (n->base.type->cls == PG_ARRAY && l->c.dom->counted) {
		native_set_count(n, l->c.dom, NATIVE_ELEMENTS);
		native_recount(n);
	}
	l->values.n = n->space < CANDIDATES ? (uint32_t)n->space : CANDIDATES;
	if (!gen_heap_reserve(h, (size_t)l->values.n * n->max + 1))
		return err_nomem(b->e);
	for (uint32_t i = 0; i < l->values.n; i++) {
		char *p = gen_heap_take(h, n->max);
		uint64_t at = spread(l->c.key, n->space, i, l->values.n);
		uint32_t len = (uint32_t)(n->op->put(n, at, p) - p);

		gen_heap_give(h, n->max - len);
		l->values.v.t[i] = (struct vtext){p, len};
	}
	return 0;
}

/* Clears pass[] where a check of the domain, or of one that it is over, does not hold. */
static int hold(struct lone *l, const struct pg_type *domain, const struct native_build *b)
{
	const struct vec *cols[] = {&l->values};
	uint8_t pass[CANDIDATES];

	for (const struct pg_type *t = domain; t->cls == PG_DOMAIN; t = t->elem)
		for (uint32_t k = 0; k < t->nchecks; k++) {
			struct sql_scope scope = l->scope;
			struct sql_expr *x;

			scope.table = NULL;
			scope.domain = t;
			if (sql_compile(&x, &scope, t->checks[k].expr, b->a, b->e) != SQL_OK ||
				sql_check(x, cols, l->values.n, pass, b->a, b->e) == -1)
				return -1;
			for (uint32_t i = 0; i < l->values.n; i++)
				l->pass[i] &= pass[i];
		}
	return 0;
}

/* The candidates' texts, by PostgreSQL's cast. */
static int cast(struct lone *l, const struct pg_type *domain, const struct native_build *b)
{
	const struct vec *cols[] = {&l->values};
	struct sql_scope scope = l->scope;
	struct sql_expr *x;

	l->texts = l->values;
	if (l->values.type == VT_TEXT || l->values.type == VT_RAW)
		return 0;
	scope.table = NULL;
	scope.domain = domain;
	if (sql_compile(&x, &scope, "CAST(VALUE AS text)", b->a, b->e) != SQL_OK)
		return -1;
	return sql_value(x, cols, l->values.n, &l->texts, b->a, b->e) == -1 ? -1 : 0;
}

static char *put_listed(const struct native *n, uint64_t idx, char *to)
{
	memcpy(to, n->texts[idx].p, n->texts[idx].n);
	return to + n->texts[idx].n;
}

static const struct native_op listed = {PG_DOMAIN, NULL, 0, 0, false, false, NULL, put_listed};

/* Makes ${n} the list of those that passed. */
static int keep(struct native *n, const struct lone *l, const struct native_build *b)
{
	n->op = &listed;
	n->space = n->max = 0;
	if ((n->texts = arena_array(b->a, CANDIDATES, sizeof(*n->texts))) == NULL)
		return err_nomem(b->e);
	for (uint32_t i = 0; i < l->values.n; i++) {
		const struct vtext *t = &l->texts.v.t[i];
		char *p;

		if (l->pass[i] == 0 || vec_is_null(&l->texts, i))
			continue;
		if ((p = arena_alloc(b->a, t->n + 1)) == NULL)
			return err_nomem(b->e);
		memcpy(p, t->p, t->n);
		n->texts[n->space++] = (struct vtext){p, t->n};
		n->max = t->n > n->max ? (uint32_t)t->n : n->max;
	}
	return 0;
}

int native_domain(struct native *n, const struct pg_type *domain, const struct native_build *b)
{
	struct lone *l = arena_alloc(b->a, sizeof(*l));
	struct gen_heap h = GEN_HEAP_INIT;
	const char *id;
	int rc = -1;

	if (l == NULL)
		return err_nomem(b->e);
	lone_init(l, n, domain, b);
	memset(l->pass, 1, sizeof(l->pass));
	if (!vec_init(&l->values, l->c.type, b->a))
		return err_nomem(b->e);
	if (sql_narrow(&l->narrow, &l->scope, NULL, 0, b->a, b->e) != SQL_OK)
		return -1;
	l->c.dom = &l->narrow.dom[0];
	id = gen_plain_id(&l->c);
	if ((id != NULL ? draw_plain(l, id, &h, b) : draw_native(l, n, &h, b)) == 0 &&
		hold(l, domain, b) == 0 && cast(l, domain, b) == 0)
		rc = keep(n, l, b);
	gen_heap_free(&h);
	if (rc == 0 && n->space == 0)
		return err_set(b->e, ERR_NO,
			"no value was found that passes the checks of domain %s.%s", domain->schema,
			domain->name);
	if (rc == -1 && b->e->kind != ERR_TEMP)
		return err_set(b->e, ERR_NO, "no generator makes values of domain %s.%s",
			domain->schema, domain->name);
	return rc;
}

int native_narrowed(struct native *n, const struct pg_type *type, const struct sql_domain *dom,
	const struct native_build *b)
{
	struct lone *l = arena_alloc(b->a, sizeof(*l));
	struct gen_heap h = GEN_HEAP_INIT;
	int rc = -1;

	if (l == NULL)
		return err_nomem(b->e);
	n->base = (struct pg_base){type, -1};
	lone_init(l, n, type, b);
	memset(l->pass, 1, sizeof(l->pass));
	if (!vec_init(&l->values, l->c.type, b->a))
		return err_nomem(b->e);
	l->c.dom = dom;
	if (draw_plain(l, gen_plain_id(&l->c), &h, b) == 0 && cast(l, type, b) == 0)
		rc = keep(n, l, b);
	gen_heap_free(&h);
	return rc;
}
