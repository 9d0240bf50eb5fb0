/* SPDX-License-Identifier: MIT */
/*
 * Columns that a table's key snapshot holds for its children, among them
 * inherited ones. A child may look up a value of its parent's parent, but it
 * reads only one snapshot, that of its parent; so the parent's snapshot has the
 * value too. A chain of any length depends on the parent's file alone that way,
 * and its digest stands for all that is above it.
 */
#include "common/plan/plan_int.h"

#include "common/base/err.h"
#include "common/io/msgpack.h"

const char *plan_kept_name(const struct plan_table *t, uint32_t at)
{
	return at < t->table->ncolumns ? t->table->columns[at].name
				       : t->inherited[at - t->table->ncolumns].name;
}

/*
 * The column of the catalogue that place ${at} of a snapshot has its values
 * from, however far up.
 */
const struct pg_column *plan_kept_column(
	const struct plan *p, const struct plan_table *t, uint32_t at)
{
	while (at >= t->table->ncolumns) {
		const struct plan_inherited *c = &t->inherited[at - t->table->ncolumns];

		at = c->column;
		t = &p->tables[t->fks[c->fk].parent];
	}
	return &t->table->columns[at];
}

/*
 * The index of the foreign key that is constraint ${con}; UINT32_MAX if the
 * plan has none.
 */
uint32_t plan_fk_at(const struct plan_table *t, uint32_t con)
{
	for (uint32_t k = 0; k < t->nfks; k++)
		if (t->fks[k].con == con)
			return k;
	return UINT32_MAX;
}

/*
 * The place at ${t} of a column that is ${n} foreign keys away; UINT32_MAX when
 * it is not inherited.
 */
uint32_t plan_kept_at(const struct plan *p, const struct plan_table *t, const uint32_t *hops,
	uint32_t n, uint32_t column)
{
	uint32_t k, at;

	if (n == 0)
		return column;
	if ((k = plan_fk_at(t, hops[0])) == UINT32_MAX || t->fks[k].parent == UINT32_MAX)
		return UINT32_MAX;
	at = plan_kept_at(p, &p->tables[t->fks[k].parent], hops + 1, n - 1, column);
	for (uint32_t i = 0; at != UINT32_MAX && i < t->ninherited; i++)
		if (t->inherited[i].fk == k && t->inherited[i].column == at)
			return t->table->ncolumns + i;
	return UINT32_MAX;
}

/* ---- reading what plan_pack.c wrote ------------------------------------------------------- */

enum { CHAIN = 64 }; /* more than any name has parts */

static int bad(const struct plan_table *t, const char *what, struct err *e)
{
	return err_set(
		e, ERR_INPUT, "plan: table %s.%s: %s", t->table->schema, t->table->name, what);
}

/*
 * The place of a column of that name, from ${at} on; the number of places when
 * there is none.
 */
static uint32_t named(const struct plan_table *t, uint32_t at, struct view name)
{
	while (at < t->table->ncolumns + t->ninherited &&
		!view_eq(name, view_of(plan_kept_name(t, at))))
		at++;
	return at;
}

/* The names of inherited columns. */
static int read_names(struct plan_table *t, const msgpack_object *m, struct arena *a, struct err *e)
{
	size_t n;
	const msgpack_object *list = mp_get_array(m, "carry", &n);

	t->ninherited = (uint32_t)n;
	if ((t->inherited = arena_array(a, n + 1, sizeof(*t->inherited))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < n; i++)
		if ((t->inherited[i].name = mp_get_str(&list[i], "name", a)) == NULL)
			return bad(t, "it carries something without a name", e);
	return 0;
}

/*
 * Where inherited columns come from: a foreign key, and a place at its parent.
 */
static int read_carry(
	const struct plan *p, struct plan_table *t, const msgpack_object *m, struct err *e)
{
	size_t n;
	const msgpack_object *list = mp_get_array(m, "carry", &n);

	for (uint32_t i = 0; i < n; i++) {
		struct view fk = mp_get_view(&list[i], "foreign_key");
		struct plan_inherited *c = &t->inherited[i];
		const struct plan_table *parent;

		while (c->fk < t->nfks &&
			(!how_picks(t->fks[c->fk].how) ||
				!view_eq(fk, view_of(t->table->cons[t->fks[c->fk].con].name))))
			c->fk++;
		if (c->fk == t->nfks)
			return bad(t, "it carries what no foreign key leads to", e);
		parent = &p->tables[t->fks[c->fk].parent];
		c->column = named(parent, 0, mp_get_view(&list[i], "column"));
		if (c->column == parent->table->ncolumns + parent->ninherited)
			return bad(t, "it carries what its parent has not", e);
	}
	return 0;
}

/* Whether inheriting would never end, which only a forged document can say. */
static bool circular(const struct plan *p, const struct plan_table *t, uint32_t i)
{
	for (uint32_t steps = 0; steps < CHAIN; steps++) {
		const struct plan_inherited *c = &t->inherited[i];

		t = &p->tables[t->fks[c->fk].parent];
		if (c->column < t->table->ncolumns)
			return false;
		i = c->column - t->table->ncolumns;
	}
	return true;
}

/* The columns that the table's snapshot holds. */
static int read_keep(struct plan_table *t, const msgpack_object *m, struct arena *a, struct err *e)
{
	uint32_t all = t->table->ncolumns + t->ninherited;
	size_t n;
	const msgpack_object *list = mp_get_array(m, "keep", &n);

	if (n > all)
		return bad(t, "keep has more columns than the table", e);
	t->nkept = (uint32_t)n;
	if ((t->kept = arena_array(a, n + 1, sizeof(*t->kept))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0, at = 0; i < n; i++, at++) {
		struct view name = {NULL, 0};

		if (list[i].type == MSGPACK_OBJECT_STR)
			name = (struct view){list[i].via.str.ptr, list[i].via.str.size};
		if ((at = named(t, at, name)) == all)
			return bad(t, "keep names an unknown column, or not in order", e);
		t->kept[i] = at;
	}
	return 0;
}

/*
 * Names first, then where they come from, since a table may inherit what its
 * parent inherits.
 */
int plan_read_kept(struct plan *p, const msgpack_object *tables, struct arena *a, struct err *e)
{
	for (uint32_t i = 0; i < p->ntables; i++)
		if (read_names(&p->tables[i], &tables[i], a, e) == -1)
			return -1;
	for (uint32_t i = 0; i < p->ntables; i++)
		if (read_carry(p, &p->tables[i], &tables[i], e) == -1 ||
			read_keep(&p->tables[i], &tables[i], a, e) == -1)
			return -1;
	for (uint32_t i = 0; i < p->ntables; i++)
		for (uint32_t k = 0; k < p->tables[i].ninherited; k++)
			if (circular(p, &p->tables[i], k))
				return bad(
					&p->tables[i], "it carries what goes round in a circle", e);
	return 0;
}

void plan_settle_fks(struct plan_table *t)
{
	const struct pg_constraint *cons = t->table->cons;

	for (uint32_t i = 0; i < t->nfks; i++) {
		struct plan_fk *f = &t->fks[i];

		f->optional = how_follows(f->how) && f->computed &&
			      pg_own_nullable(t->table, &cons[f->con], &cons[t->fks[f->base].con]);
	}
}
