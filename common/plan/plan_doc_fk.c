/* SPDX-License-Identifier: MIT */
/*
 * Reading the foreign keys of a resolved plan: how rows choose their parents, and
 * what has to hold so that later stages can rely on it.
 */
#include "common/plan/plan_reader.h"

#include "common/base/err.h"

static const char *dist_name(int i)
{
	return plan_dist_name((enum plan_dist)i);
}

/* The weights of a fan-out's sizes. */
static int read_weights(const struct plan_reader *r, struct plan_fan *f, const msgpack_object *m)
{
	size_t n;
	const msgpack_object *list = mp_get_array(m, "weights", &n);
	uint64_t sum = 0;
	uint32_t *w = arena_array(r->a, n + 1, sizeof(*w));

	if (w == NULL)
		return err_nomem(r->e);
	for (size_t i = 0; i < n; i++) {
		if (list[i].type != MSGPACK_OBJECT_POSITIVE_INTEGER || list[i].via.u64 > UINT32_MAX)
			return plan_bad(r, "a weight of a foreign key is not a number");
		sum += w[i] = (uint32_t)list[i].via.u64;
	}
	if (n == 0 || n > PLAN_WEIGHTS || sum == 0 || f->max != f->min + n - 1)
		return plan_bad(r, "weights of a foreign key that fit no bounds");
	f->weights = w;
	f->nweights = (uint32_t)n;
	return 0;
}

/* How many children a parent has: bounds and a distribution. */
static int read_fan(const struct plan_reader *r, struct plan_fk *fk, const msgpack_object *m)
{
	struct plan_fan *f = &fk->fan;
	uint64_t s = mp_get_uint(m, "s", 0);
	int dist = plan_word(m, "distribution", dist_name);

	f->min = mp_get_uint(m, "min", 0);
	f->max = mp_get_uint(m, "max", UINT64_MAX);
	if (m == NULL || dist == -1 || f->max < f->min || s > PLAN_ZIPF_MAX)
		return plan_bad(r, "a fan-out of a foreign key that makes no sense");
	f->dist = (enum plan_dist)dist;
	f->s = (uint32_t)s;
	return f->dist == PLAN_DIST_WEIGHTED ? read_weights(r, f, m) : 0;
}

static int named_column(const struct pg_table *t, const msgpack_object *name)
{
	for (uint32_t c = 0; c < t->ncolumns && name->type == MSGPACK_OBJECT_STR; c++)
		if (view_eq((struct view){name->via.str.ptr, name->via.str.size},
			    view_of(t->columns[c].name)))
			return (int)c;
	return -1;
}

/* Which columns of the child have to agree with which of the parent. */
static int read_same(const struct plan_reader *r, const struct plan_table *t, struct plan_fk *fk,
	const msgpack_object *map)
{
	const struct pg_table *ref = t->table->cons[fk->con].ref;
	uint32_t n = map == NULL ? 0 : map->via.map.size;
	struct plan_tie *ties = arena_array(r->a, n + 1UL, sizeof(*ties));

	if (ties == NULL)
		return err_nomem(r->e);
	for (uint32_t i = 0; i < n; i++) {
		int own = named_column(t->table, &map->via.map.ptr[i].key);
		int parent = ref == NULL ? -1 : named_column(ref, &map->via.map.ptr[i].val);

		if (own == -1 || parent == -1)
			return plan_bad(r, "a foreign key is tied to an unknown column");
		ties[i] = (struct plan_tie){(uint32_t)own, (uint32_t)parent};
	}
	fk->same = ties;
	fk->nsame = n;
	return 0;
}

/*
 * The foreign key that this one follows, when all foreign keys of the table are
 * there.
 */
static int read_base(const struct plan_reader *r, const struct plan_table *t, struct plan_fk *fk,
	const msgpack_object *m)
{
	int con = plan_named_fk(t->table, mp_get_view(m, "base"));

	for (uint32_t i = 0; i < t->nfks; i++)
		if (con != -1 && t->fks[i].con == (uint32_t)con && !t->fks[i].computed &&
			how_picks(t->fks[i].how) && !how_follows(t->fks[i].how)) {
			fk->base = i;
			return 0;
		}
	return plan_bad(r, "a foreign key follows one that does not choose by itself");
}

/* The four fields; or the one word that plans had for them before. */
static int read_how(const struct plan_reader *r, struct plan_how *how, const msgpack_object *m)
{
	int law = plan_word(m, "law", plan_law_name), eligible = 0;
	struct view mode = mp_get_view(m, "mode");

	if (mp_get(m, "law") == NULL && how_named(how, mode.p, mode.n))
		return 0;
	if (mp_get(m, "eligible") != NULL)
		eligible = plan_word(m, "eligible", plan_eligible_name);
	if (law == -1 || eligible == -1)
		return plan_bad(r, "a foreign key that picks in no known way: rerun plan-check");
	*how = how_by((enum plan_law)law);
	how->eligible = (enum plan_eligible)eligible;
	how->ranked = mp_get_bool(m, "ranked", how->ranked);
	how->all_null = mp_get_bool(m, "all_null", false);
	return how_sound(*how)
		       ? 0
		       : plan_bad(r, "a foreign key that picks in two ways: rerun plan-check");
}

/* A reference by a type and an id is known from the plan alone: it becomes one of the table's
 * constraints. Its place there; -1: it is none, or makes no sense. */
static int read_reference(
	const struct plan_reader *r, const struct pg_table *t, const msgpack_object *m)
{
	const msgpack_object *map = plan_get_map(m, "reference");
	struct pg_constraint x = {.kind = PG_CON_REFERENCE};
	int type, id, column;

	if (map == NULL)
		return -1;
	x.name = mp_get_str(m, "constraint", r->a);
	x.definition = mp_get_str(map, "definition", r->a);
	x.type_value = mp_get_str(map, "value", r->a);
	x.ref_schema = mp_get_str(map, "schema", r->a);
	x.ref_table = mp_get_str(map, "table", r->a);
	if (x.name == NULL || x.definition == NULL || x.type_value == NULL ||
		x.ref_schema == NULL || x.ref_table == NULL)
		return -1;
	x.ref = schema_table(r->s, x.ref_schema, x.ref_table);
	type = named_column(t, mp_get(map, "type_column"));
	id = named_column(t, mp_get(map, "id_column"));
	column = x.ref == NULL ? -1 : named_column(x.ref, mp_get(map, "column"));
	if (type == -1 || id == -1 || column == -1)
		return -1;
	x.type_col = (uint32_t)type;
	x.id_col = (uint32_t)id;
	x.parent_col = (uint32_t)column;
	return schema_add_reference(&r->s->tables[t->index], &x, r->a);
}

/* A foreign key of the plan. */
static int read_fk(const struct plan_reader *r, const struct plan_table *t, struct plan_fk *fk,
	const msgpack_object *m)
{
	int con = mp_get(m, "reference") != NULL
			  ? read_reference(r, t->table, m)
			  : plan_named_fk(t->table, mp_get_view(m, "constraint"));

	if (con == -1)
		return plan_bad(
			r, "a foreign key of the plan is not in the schema: rerun plan-check");
	if (read_how(r, &fk->how, m) == -1)
		return -1;
	fk->con = (uint32_t)con;
	fk->parent = UINT32_MAX;
	if (plan_read_rate(r, m, "null_rate", t->table->cons[con].name, &fk->null_rate) == -1 ||
		plan_read_rate(
			r, m, "partial_nulls", t->table->cons[con].name, &fk->partial_nulls) == -1)
		return -1;
	fk->shuffled = mp_get_bool(m, "shuffled", false);
	fk->cover = mp_get_bool(m, "cover", false);
	if (how_told(fk->how) == PLAN_TELL_FAN && read_fan(r, fk, plan_get_map(m, "fan")) == -1)
		return -1;
	const struct pg_constraint *c = &t->table->cons[con];
	for (uint32_t i = 0; c->ref != NULL && i < r->p->ntables; i++)
		if (r->p->tables[i].table == c->ref)
			fk->parent = i;
	fk->computed = mp_get_bool(m, "computed", false);
	fk->where = mp_get_str(m, "where", r->a);
	fk->by = mp_get_str(m, "by", r->a);
	if ((fk->by != NULL) != (how_told(fk->how) == PLAN_TELL_WEIGHTS))
		return plan_bad(r, "weights of a foreign key that make no sense");
	fk->roots = mp_get_uint(m, "roots", 0);
	fk->own_roots = mp_get_bool(m, "own_roots", false);
	fk->max_depth = (uint32_t)mp_get_uint(m, "max_depth", 0);
	fk->root_share = mp_get_double(m, "root_share", 0);
	if ((how_forest(fk->how) && !how_agrees(fk->how) &&
		    (c->ref != t->table || fk->roots == 0)) ||
		(how_grows(fk->how) && (c->ref != t->table || !fk->computed)) ||
		!(fk->root_share >= 0 && fk->root_share <= 1))
		return plan_bad(r, "a forest that is none");
	if (how_follows(fk->how) && read_same(r, t, fk, plan_get_map(m, "same")) == -1)
		return -1;
	if (!how_picks(fk->how))
		return 0;
	if (fk->parent == UINT32_MAX)
		return plan_bad(r, "the parent of a foreign key is not in the plan");
	if (!fk->computed && r->p->tables[fk->parent].level >= t->level)
		return plan_bad(r, "a parent does not come before its child");
	return 0;
}

/*
 * The foreign keys of a table. Those that follow another one are connected when
 * all are read.
 */
int plan_read_fks(const struct plan_reader *r, struct plan_table *t, const msgpack_object *m)
{
	enum { PLAN_REFERENCES = 4096 }; /* far more than any plan has for one table */
	size_t n, own = 0;
	const msgpack_object *list = mp_get_array(m, "foreign_keys", &n);

	for (size_t i = 0; i < n; i++)
		own += plan_get_map(&list[i], "reference") == NULL;
	if (own > t->table->ncons || n - own > PLAN_REFERENCES)
		return plan_bad(r, "more foreign keys than the schema has");
	t->nfks = (uint32_t)n;
	if ((t->fks = arena_array(r->a, n + 1, sizeof(*t->fks))) == NULL)
		return err_nomem(r->e);
	for (uint32_t i = 0; i < t->nfks; i++)
		if (read_fk(r, t, &t->fks[i], &list[i]) == -1)
			return -1;
	for (uint32_t i = 0; i < t->nfks; i++)
		if (how_agrees(t->fks[i].how) && read_base(r, t, &t->fks[i], &list[i]) == -1)
			return -1;
	plan_settle_fks(t);
	return 0;
}
