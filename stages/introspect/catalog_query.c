/* SPDX-License-Identifier: MIT */
#include "stages/introspect/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/pg/pg.h"

/* Asking the catalogue: rows of a query, their fields, and tables found by their oid. */

int catalog_changed(struct err *e)
{
	return err_set(e, ERR_TEMP, "the database changed while it was read: run introspect again");
}

struct pg_rows *catalog_ask(
	struct catalog *c, const char *sql, size_t n, const char *const *params, struct err *e)
{
	/* what the server's printing functions say of an object somebody has just dropped */
	static const char *const gone[] = {"cache lookup failed", "could not open relation",
		"could not find", "SQLSTATE 42P01"};
	struct pg_rows *r = pg_query(c->pg, sql, n, params, e);

	for (size_t i = 0; r == NULL && i < sizeof(gone) / sizeof(gone[0]); i++)
		if (strstr(e->msg, gone[i]) != NULL) {
			catalog_changed(e);
			break;
		}
	return r;
}

int catalog_end(struct catalog *c, struct pg_rows *r, struct err *e)
{
	if (pg_done(r, e) != 0)
		return -1;
	if (c->nomem)
		return err_nomem(e);
	return c->changed ? catalog_changed(e) : 0;
}

const char *catalog_str0(struct catalog *c, struct pg_rows *r, size_t i, size_t col)
{
	const char *s = pg_str0(r, i, col), *copy;

	if (s == NULL)
		return NULL;
	copy = arena_strdup(c->a, s);
	c->nomem |= copy == NULL;
	return copy;
}

const char *catalog_str(struct catalog *c, struct pg_rows *r, size_t i, size_t col)
{
	const char *copy = arena_strdup(c->a, pg_str(r, i, col));

	c->nomem |= copy == NULL;
	return copy != NULL ? copy : "";
}

const char *catalog_text(struct catalog *c, struct pg_rows *r, size_t i, size_t col)
{
	const char *s = catalog_str0(c, r, i, col);

	c->changed |= s == NULL;
	return s != NULL ? s : "";
}

const char **catalog_strs(struct catalog *c, struct pg_rows *r, size_t i, size_t col, uint32_t *n)
{
	size_t count = 0;
	const char *const *v = pg_strs(r, i, col, c->a, &count);
	const char **copy = catalog_room(c, count, sizeof(*copy));

	*n = 0;
	if (copy == NULL || count == 0)
		return copy;
	memcpy(copy, v, count * sizeof(*copy));
	*n = (uint32_t)count;
	return copy;
}

void *catalog_room(struct catalog *c, size_t n, size_t size)
{
	void *p = arena_array(c->a, n + 1, size);

	c->nomem |= p == NULL;
	return p;
}

static int by_oid(const void *a, const void *b)
{
	const struct oid_slot *x = a, *y = b;

	return x->oid < y->oid ? -1 : x->oid > y->oid;
}

int catalog_map(struct catalog *c, struct oid_map *m, struct pg_rows *r, size_t col, struct err *e)
{
	struct buf b = BUF_INIT;

	m->n = (uint32_t)pg_count(r);
	m->v = catalog_room(c, m->n, sizeof(*m->v));
	buf_addc(&b, '{');
	for (uint32_t i = 0; m->v != NULL && i < m->n; i++) {
		m->v[i] = (struct oid_slot){pg_int(r, i, col), i};
		buf_addf(&b, "%s%lld", i > 0 ? "," : "", (long long)m->v[i].oid);
	}
	buf_addc(&b, '}');
	if (buf_ok(&b))
		m->list = arena_strdup(c->a, b.p);
	buf_free(&b);
	if (m->v == NULL || m->list == NULL)
		return err_nomem(e);
	qsort(m->v, m->n, sizeof(*m->v), by_oid);
	return 0;
}

uint32_t oid_find(const struct oid_map *m, int64_t oid)
{
	struct oid_slot key = {oid, 0};
	const struct oid_slot *found = bsearch(&key, m->v, m->n, sizeof(key), by_oid);

	return found != NULL ? found->at : UINT32_MAX;
}

void catalog_each(struct catalog *c, struct pg_rows *r, const struct oid_map *m, catalog_fill *fill)
{
	size_t n = pg_count(r);

	for (size_t from = 0, to; from < n; from = to) {
		int64_t oid = pg_int(r, from, 0);
		uint32_t at = oid_find(m, oid);

		for (to = from + 1; to < n && pg_int(r, to, 0) == oid;)
			to++;
		if (at != UINT32_MAX && !c->nomem)
			fill(c, r, at, from, to);
	}
}

uint32_t catalog_column(const struct pg_table *t, int64_t position)
{
	for (uint32_t i = 0; i < t->ncolumns; i++)
		if (t->columns[i].position == position)
			return i;
	return UINT32_MAX;
}
