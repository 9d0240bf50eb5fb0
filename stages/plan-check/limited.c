/* SPDX-License-Identifier: MIT */
/*
 * Foreign keys whose columns checks limit to some of the parent's values. Whom they
 * refer to is then a condition over the parent, as a relationship's "where" is: only
 * rows that meet it are picked, and how many there are is known before.
 */
#include "stages/plan-check/limited.h"

#include <inttypes.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/base/vec.h"
#include "stages/plan-check/narrow.h"

/* A value of an ordinal type, as SQL. */
static void put_ordinal(struct buf *b, const struct pg_base *base, int64_t v)
{
	if (base->type->cls == PG_ENUM)
		buf_quoted(b, '\'', base->type->labels[v]);
	else if (base->type->cls == PG_BOOL)
		buf_adds(b, v != 0 ? "true" : "false");
	else
		buf_addf(b, "%" PRId64, v);
}

/* Whether values of the type are written here. */
static bool is_written(const struct pg_base *base)
{
	uint8_t scale;

	return pg_vtype(*base, &scale) == VT_INT || base->type->cls == PG_ENUM ||
	       base->type->cls == PG_BOOL;
}

/* Whether checks bound the column at both ends, and closer than the parent's. One end
 * alone, as in CHECK (id > 0), is said to keep out what nobody refers to. */
static bool is_bounded(
	const struct pg_base *base, const struct sql_domain *d, const struct sql_domain *of)
{
	if (!is_written(base) || d->set != NULL || !d->has_lo || !d->has_hi)
		return false;
	return of == NULL || !of->has_lo || !of->has_hi || of->lo < d->lo || of->hi > d->hi;
}

/* Whether the column's values are listed, in a type whose values are written here. */
static bool is_listed(const struct pg_base *base, const struct sql_domain *d)
{
	uint8_t scale;

	if (d->nset == 0 || (d->texts == NULL && d->set == NULL))
		return false;
	return d->texts != NULL ? pg_vtype(*base, &scale) == VT_TEXT : is_written(base);
}

/* Whether the list has a value. */
static bool has(const struct sql_domain *d, const struct sql_domain *of, uint32_t i)
{
	for (uint32_t k = 0; k < d->nset; k++)
		if (of->texts != NULL ? d->texts != NULL && strcmp(d->texts[k], of->texts[i]) == 0
				      : d->set != NULL && d->set[k] == of->set[i])
			return true;
	return false;
}

/* Whether all that the parent's column may be is in the child's list. */
static bool covers(const struct sql_domain *child, const struct sql_domain *parent)
{
	if (parent == NULL || (parent->texts == NULL && parent->set == NULL))
		return false;
	for (uint32_t i = 0; i < parent->nset; i++)
		if (!has(child, parent, i))
			return false;
	return true;
}

/* The condition on one column; nothing where there is none. */
static void put_condition(struct buf *b, const struct pg_column *child,
	const struct pg_column *parent, const struct sql_domain *d, const struct sql_domain *of)
{
	const struct pg_base base = pg_base_of(child->type, child->typmod);
	const bool listed = is_listed(&base, d) && !covers(d, of);

	if (!listed && !is_bounded(&base, d, of))
		return;
	buf_adds(b, b->n > 0 ? " AND " : "");
	buf_quoted(b, '"', parent->name);
	if (!listed) {
		buf_adds(b, d->lo == d->hi ? " = " : " BETWEEN ");
		put_ordinal(b, &base, d->lo);
		if (d->lo != d->hi) {
			buf_adds(b, " AND ");
			put_ordinal(b, &base, d->hi);
		}
		return;
	}
	for (uint32_t i = 0; i < d->nset; i++) {
		buf_adds(b, i > 0 ? ", " : " IN (");
		if (d->texts != NULL)
			buf_quoted(b, '\'', d->texts[i]);
		else
			put_ordinal(b, &base, d->set[i]);
	}
	buf_addc(b, ')');
}

/* A generated column that reads no other has one value, its expression's. */
static bool put_constant(const struct resolver *r, const struct pg_table *t, struct buf *b,
	const struct pg_column *child, const struct pg_column *parent)
{
	struct sql_scope scope = {.schema = r->c->schema, .table = t, .as_of = r->p->as_of};
	struct sql_expr *x;
	struct err ignored;
	uint32_t n;

	if (child->generated == NULL ||
		sql_compile(&x, &scope, child->generated, r->c->a, &ignored) != SQL_OK)
		return false;
	(void)sql_columns(x, &n);
	if (n > 0)
		return false;
	buf_adds(b, b->n > 0 ? " AND " : "");
	buf_quoted(b, '"', parent->name);
	buf_addf(b, " = (%s)", child->generated);
	return true;
}

const char *limited_where(
	const struct resolver *r, const struct pg_table *t, const struct pg_constraint *con)
{
	const struct sql_domain *child = NULL, *parent = NULL;
	struct buf b = BUF_INIT;
	char *text = NULL;

	if (con->ref == NULL || con->ref_cols == NULL)
		return NULL;
	child = narrow_of(r->c->narrowed, r->c->schema, t, r->p->as_of, r->c->a);
	if (child == NULL)
		return NULL;
	parent = narrow_of(r->c->narrowed, r->c->schema, con->ref, r->p->as_of, r->c->a);
	for (uint32_t i = 0; i < con->ncols; i++) {
		const struct pg_column *of = &con->ref->columns[con->ref_cols[i]];
		const struct pg_column *c = &t->columns[con->cols[i]];

		if (!put_constant(r, t, &b, c, of))
			put_condition(&b, c, of, &child[con->cols[i]],
				parent != NULL ? &parent[con->ref_cols[i]] : NULL);
	}
	if (b.n > 0)
		text = arena_printf(r->c->a, "%.*s", (int)b.n, b.p);
	buf_free(&b);
	return text;
}
