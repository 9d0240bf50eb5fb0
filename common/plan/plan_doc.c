/* SPDX-License-Identifier: MIT */
/*
 * Reading the resolved plan that plan_pack.c wrote. Every name is looked up in
 * the schema and every number is checked, because a document may have been
 * written by anybody. A plan that does not fit the schema is refused with the
 * advice to run plan-check again.
 */
#include "common/plan/plan_int.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/io/msgpack.h"
#include "common/snapshot/snap.h"

struct reader {
	struct plan *p;
	const struct schema *s;
	struct arena *a;
	struct err *e;
	const char *at; /* "crm.leads", for messages */
};

/* An error that names the table. */
static int bad(const struct reader *r, const char *what)
{
	if (r->at == NULL)
		return err_set(r->e, ERR_INPUT, "plan: %s", what);
	return err_set(r->e, ERR_INPUT, "plan: table %s: %s", r->at, what);
}

/*
 * The index of a member among the names that ${name} gives; -1 if it is none of
 * them.
 */
static int word(const msgpack_object *map, const char *key, const char *(*name)(int))
{
	struct view v = mp_get_view(map, key);

	for (int i = 0; name(i) != NULL; i++)
		if (view_eq(v, view_of(name(i))))
			return i;
	return -1;
}

static const char *source_name(int i)
{
	return plan_source_name((enum plan_source)i);
}

static const char *policy_name(int i)
{
	return plan_policy_name((enum plan_policy)i);
}

/* a member that is a map, or NULL */
static const msgpack_object *get_map(const msgpack_object *map, const char *key)
{
	const msgpack_object *o = mp_get(map, key);

	return o != NULL && o->type == MSGPACK_OBJECT_MAP ? o : NULL;
}

/* A share from 0 to 1. */
static int read_rate(const struct reader *r, const msgpack_object *map, const char *key,
	const char *of, double *rate)
{
	*rate = mp_get_double(map, key, 0);
	if (!(*rate >= 0 && *rate <= 1)) {
		err_set(r->e, ERR_INPUT, "plan: table %s: %s: %s is not in 0..1", r->at, of, key);
		return -1;
	}
	return 0;
}

/* ---- foreign keys ------------------------------------------------------- */

/* The index of the foreign key of that name, or -1. */
static int named_fk(const struct pg_table *t, struct view name)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_FOREIGN && view_eq(name, view_of(t->cons[i].name)))
			return (int)i;
	return -1;
}

static const char *dist_name(int i)
{
	return plan_dist_name((enum plan_dist)i);
}

/* The weights of a fan-out's sizes. */
static int read_weights(const struct reader *r, struct plan_fan *f, const msgpack_object *m)
{
	size_t n;
	const msgpack_object *list = mp_get_array(m, "weights", &n);
	uint64_t sum = 0;
	uint32_t *w = arena_array(r->a, n + 1, sizeof(*w));

	if (w == NULL)
		return err_nomem(r->e);
	for (size_t i = 0; i < n; i++) {
		if (list[i].type != MSGPACK_OBJECT_POSITIVE_INTEGER || list[i].via.u64 > UINT32_MAX)
			return bad(r, "a weight of a foreign key is not a number");
		sum += w[i] = (uint32_t)list[i].via.u64;
	}
	if (n == 0 || n > PLAN_WEIGHTS || sum == 0 || f->max != f->min + n - 1)
		return bad(r, "weights of a foreign key that fit no bounds");
	f->weights = w;
	f->nweights = (uint32_t)n;
	return 0;
}

/* How many children a parent has: bounds and a distribution. */
static int read_fan(const struct reader *r, struct plan_fk *fk, const msgpack_object *m)
{
	struct plan_fan *f = &fk->fan;
	uint64_t s = mp_get_uint(m, "s", 0);
	int dist = word(m, "distribution", dist_name);

	f->min = mp_get_uint(m, "min", 0);
	f->max = mp_get_uint(m, "max", UINT64_MAX);
	if (m == NULL || dist == -1 || f->max < f->min || s > PLAN_ZIPF_MAX)
		return bad(r, "a fan-out of a foreign key that makes no sense");
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
static int read_same(const struct reader *r, const struct plan_table *t, struct plan_fk *fk,
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
			return bad(r, "a foreign key is tied to an unknown column");
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
static int read_base(const struct reader *r, const struct plan_table *t, struct plan_fk *fk,
	const msgpack_object *m)
{
	int con = named_fk(t->table, mp_get_view(m, "base"));

	for (uint32_t i = 0; i < t->nfks; i++)
		if (con != -1 && t->fks[i].con == (uint32_t)con && !t->fks[i].computed &&
			how_picks(t->fks[i].how) && !how_follows(t->fks[i].how)) {
			fk->base = i;
			return 0;
		}
	return bad(r, "a foreign key follows one that does not choose by itself");
}

/* The four fields; or the one word that plans had for them before. */
static int read_how(const struct reader *r, struct plan_how *how, const msgpack_object *m)
{
	int law = word(m, "law", plan_law_name), eligible = 0;
	struct view mode = mp_get_view(m, "mode");

	if (mp_get(m, "law") == NULL && how_named(how, mode.p, mode.n))
		return 0;
	if (mp_get(m, "eligible") != NULL)
		eligible = word(m, "eligible", plan_eligible_name);
	if (law == -1 || eligible == -1)
		return bad(r, "a foreign key that picks in no known way: rerun plan-check");
	*how = how_by((enum plan_law)law);
	how->eligible = (enum plan_eligible)eligible;
	how->ranked = mp_get_bool(m, "ranked", how->ranked);
	how->all_null = mp_get_bool(m, "all_null", false);
	return how_sound(*how) ? 0
			       : bad(r, "a foreign key that picks in two ways: rerun plan-check");
}

/* A foreign key of the plan. */
static int read_fk(const struct reader *r, const struct plan_table *t, struct plan_fk *fk,
	const msgpack_object *m)
{
	int con = named_fk(t->table, mp_get_view(m, "constraint"));

	if (con == -1)
		return bad(r, "a foreign key of the plan is not in the schema: rerun plan-check");
	if (read_how(r, &fk->how, m) == -1)
		return -1;
	fk->con = (uint32_t)con;
	fk->parent = UINT32_MAX;
	if (read_rate(r, m, "null_rate", t->table->cons[con].name, &fk->null_rate) == -1 ||
		read_rate(r, m, "partial_nulls", t->table->cons[con].name, &fk->partial_nulls) ==
			-1)
		return -1;
	fk->shuffled = mp_get_bool(m, "shuffled", false);
	fk->cover = mp_get_bool(m, "cover", false);
	if (how_told(fk->how) == PLAN_TELL_FAN && read_fan(r, fk, get_map(m, "fan")) == -1)
		return -1;
	const struct pg_constraint *c = &t->table->cons[con];
	for (uint32_t i = 0; c->ref != NULL && i < r->p->ntables; i++)
		if (r->p->tables[i].table == c->ref)
			fk->parent = i;
	fk->computed = mp_get_bool(m, "computed", false);
	fk->where = mp_get_str(m, "where", r->a);
	fk->by = mp_get_str(m, "by", r->a);
	if ((fk->by != NULL) != (how_told(fk->how) == PLAN_TELL_WEIGHTS))
		return bad(r, "weights of a foreign key that make no sense");
	fk->roots = mp_get_uint(m, "roots", 0);
	fk->own_roots = mp_get_bool(m, "own_roots", false);
	fk->max_depth = (uint32_t)mp_get_uint(m, "max_depth", 0);
	fk->root_share = mp_get_double(m, "root_share", 0);
	if ((how_forest(fk->how) && !how_agrees(fk->how) &&
		    (c->ref != t->table || fk->roots == 0)) ||
		(how_grows(fk->how) && (c->ref != t->table || !fk->computed)) ||
		!(fk->root_share >= 0 && fk->root_share <= 1))
		return bad(r, "a forest that is none");
	if (how_follows(fk->how) && read_same(r, t, fk, get_map(m, "same")) == -1)
		return -1;
	if (!how_picks(fk->how))
		return 0;
	if (fk->parent == UINT32_MAX)
		return bad(r, "the parent of a foreign key is not in the plan");
	if (!fk->computed && r->p->tables[fk->parent].level >= t->level)
		return bad(r, "a parent does not come before its child");
	return 0;
}

/*
 * The foreign keys of a table. Those that follow another one are connected when
 * all are read.
 */
static int read_fks(const struct reader *r, struct plan_table *t, const msgpack_object *m)
{
	size_t n;
	const msgpack_object *list = mp_get_array(m, "foreign_keys", &n);

	if (n > t->table->ncons)
		return bad(r, "more foreign keys than the schema has");
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

/* ---- columns ------------------------------------------------------------ */

/* The transforms of a column, in order. */
static int read_xforms(const struct reader *r, struct plan_column *c, const msgpack_object *m)
{
	size_t n;
	const msgpack_object *list = mp_get_array(m, "transforms", &n);

	c->ntransforms = (uint32_t)n;
	if ((c->transforms = arena_array(r->a, n + 1, sizeof(*c->transforms))) == NULL)
		return err_nomem(r->e);
	for (uint32_t i = 0; i < n; i++) {
		c->transforms[i].id = mp_get_str(&list[i], "transform", r->a);
		c->transforms[i].params = get_map(&list[i], "params");
		if (c->transforms[i].id == NULL)
			return bad(r, "a transform without a name");
	}
	return 0;
}

/* A column that takes its value from a parent. */
static int read_foreign(const struct reader *r, const struct plan_table *t, struct plan_column *c,
	const msgpack_object *m)
{
	int con = named_fk(t->table, mp_get_view(m, "foreign_key"));

	for (uint32_t i = 0; i < t->nfks; i++)
		if (con != -1 && t->fks[i].con == (uint32_t)con && how_picks(t->fks[i].how)) {
			c->fk = i;
			return 0;
		}
	return bad(r, "a column follows a foreign key that the plan does not have");
}

/*
 * A column must be the one that the schema has in its place; a plan for another
 * schema is refused.
 */
static int read_column(
	const struct reader *r, const struct plan_table *t, const msgpack_object *m, uint32_t at)
{
	struct plan_column *c = &t->columns[at];
	int source = word(m, "source", source_name);

	if (!view_eq(mp_get_view(m, "column"), view_of(t->table->columns[at].name)))
		return bad(r, "its columns are not those of the schema: rerun plan-check");
	if (source == -1)
		return bad(r, "unknown source of a column");
	c->source = (enum plan_source)source;
	c->gen = mp_get_str(m, "generator", r->a);
	c->by_rule = mp_get_bool(m, "by_rule", false);
	c->locale = mp_get_str(m, "locale", r->a);
	c->params = get_map(m, "params");
	if (c->source == PLAN_GENERATOR && (c->gen == NULL || c->locale == NULL))
		return bad(r, "a column without generator or locale");
	if (read_rate(r, m, "null_rate", t->table->columns[at].name, &c->null_rate) == -1)
		return -1;
	c->null_by_rule = mp_get_bool(m, "null_by_rule", false);
	if ((c->source == PLAN_EXISTING) != t->existing)
		return bad(r, "a column whose rows are both made and not");
	if (c->source == PLAN_FOREIGN && read_foreign(r, t, c, m) == -1)
		return -1;
	return read_xforms(r, c, m);
}

/* All columns, in the order of the schema. */
static int read_columns(const struct reader *r, struct plan_table *t, const msgpack_object *m)
{
	size_t n;
	const msgpack_object *list = mp_get_array(m, "columns", &n);

	if (n != t->table->ncolumns)
		return bad(r, "its columns are not those of the schema: rerun plan-check");
	if ((t->columns = arena_array(r->a, n + 1, sizeof(*t->columns))) == NULL)
		return err_nomem(r->e);
	for (uint32_t i = 0; i < n; i++)
		if (read_column(r, t, &list[i], i) == -1)
			return -1;
	return 0;
}

/* ---- tables ------------------------------------------------------------- */

/* the tables that aggregates read; only in the tables that have some */
static int read_reads(const struct reader *r, struct plan_table *t, const msgpack_object *m)
{
	size_t n;
	const msgpack_object *list = mp_get_array(m, "reads", &n);

	if ((t->reads = arena_array(r->a, n + 1, sizeof(*t->reads))) == NULL)
		return err_nomem(r->e);
	for (size_t i = 0; i < n; i++) {
		struct view schema = mp_get_view(&list[i], "schema");
		struct view name = mp_get_view(&list[i], "table");
		uint32_t at = 0;

		while (at < r->p->ntables &&
			!(view_eq(schema, view_of(r->p->tables[at].table->schema)) &&
				view_eq(name, view_of(r->p->tables[at].table->name))))
			at++;
		if (at >= r->p->ntables || &r->p->tables[at] >= t ||
			r->p->tables[at].level >= t->level)
			return bad(r, "it reads a table that does not come before it");
		t->reads[t->nreads++] = at;
	}
	return 0;
}

/* What is to be done about constraints that cannot be met. */
static int read_policies(const struct reader *r, struct plan_table *t, const msgpack_object *m)
{
	const msgpack_object *map = get_map(m, "policies");

	for (int k = 0; map != NULL && k < 5; k++) {
		const char *kind = plan_policy_kind_name((enum plan_policy_kind)k);
		int p = word(map, kind, policy_name);

		if (p == -1 && mp_get(map, kind) != NULL)
			return bad(r, "unknown policy");
		t->policy[k] = p == -1 ? PLAN_ENFORCE : (enum plan_policy)p;
	}
	return 0;
}

/* Which table it is, and what foreign keys of other tables ask of it. */
static int read_identity(struct reader *r, const msgpack_object *m, uint32_t at)
{
	struct plan_table *t = &r->p->tables[at];
	const char *schema = mp_get_str(m, "schema", r->a), *name = mp_get_str(m, "table", r->a);

	r->at = NULL;
	if (schema == NULL || name == NULL)
		return bad(r, "a table without a name");
	if ((r->at = arena_printf(r->a, "%s.%s", schema, name)) == NULL)
		return err_nomem(r->e);
	if ((t->table = schema_table(r->s, schema, name)) == NULL)
		return bad(r, "it is not in the schema: rerun plan-check");
	return 0;
}

/* All of one table but its identity. */
static int read_table(struct reader *r, const msgpack_object *m, uint32_t at)
{
	struct plan_table *t = &r->p->tables[at];
	const char *digest = mp_get_str(m, "digest", r->a);
	uint64_t shards = mp_get_uint(m, "shards", 0), level = mp_get_uint(m, "level", 0);

	r->at = arena_printf(r->a, "%s.%s", t->table->schema, t->table->name);
	if (r->at == NULL)
		return err_nomem(r->e);
	t->rows = mp_get_uint(m, "rows", 0);
	if (shards == 0 || shards > UINT32_MAX || level >= r->p->ntables)
		return bad(r, "shards or level out of range");
	t->shards = (uint32_t)shards;
	t->level = (uint32_t)level;
	t->auto_added = mp_get_bool(m, "auto_added", false);
	if (plan_read_existing(t, m, r->a, r->e) == -1)
		return r->e->kind == ERR_TEMP ? -1 : err_wrap(r->e, "plan: table %s", r->at);
	if (digest == NULL || strlen(digest) != sizeof(t->digest) - 1)
		return bad(r, "no digest");
	memcpy(t->digest, digest, sizeof(t->digest));
	if (read_fks(r, t, m) == -1 || read_columns(r, t, m) == -1)
		return -1;
	if (read_reads(r, t, m) == -1)
		return -1;
	return read_policies(r, t, m);
}

/* Identities first, because foreign keys refer to tables that come later. */
static int read_tables(struct reader *r, const msgpack_object *resolved)
{
	size_t n;
	const msgpack_object *list = mp_get_array(resolved, "tables", &n);

	if (n == 0 || n > r->s->ntables)
		return bad(r, "no tables, or more than the schema has");
	r->p->ntables = (uint32_t)n;
	if ((r->p->tables = arena_array(r->a, n, sizeof(*r->p->tables))) == NULL)
		return err_nomem(r->e);
	for (uint32_t i = 0; i < n; i++)
		if (read_identity(r, &list[i], i) == -1)
			return -1;
	for (uint32_t i = 0; i < n; i++)
		if (read_table(r, &list[i], i) == -1)
			return -1;
	return plan_read_kept(r->p, list, r->a, r->e);
}

/* Version, seed, and the day that is today. */
static int read_head(const struct reader *r, const msgpack_object *resolved)
{
	struct plan *p = r->p;
	struct view as_of = mp_get_view(resolved, "as_of");
	struct view print = mp_get_view(resolved, "schema_fingerprint");
	int64_t day;

	p->version = mp_get_str(&p->doc, "plan_version", r->a);
	p->seed = mp_get_uint(&p->doc, "seed", 0);
	p->locale = mp_get_str(resolved, "locale", r->a);
	p->strict = mp_get_bool(resolved, "strict", false);
	p->as_of_pinned = mp_get_bool(resolved, "as_of_pinned", false);
	if (mp_get_int(resolved, "rng_version", 0) != RNG_VERSION)
		return bad(r, "made for another random number generator: rerun plan-check");
	if (p->version == NULL || p->locale == NULL)
		return bad(r, "no plan_version or locale");
	if (as_of.p == NULL || !cal_parse_date(as_of.p, as_of.n, &day) || !cal_date_finite(day))
		return bad(r, "as_of is not a date");
	p->as_of = (int32_t)day;
	if (print.n != strlen(r->s->fingerprint) || print.n >= sizeof(p->schema_fingerprint))
		return bad(r, "no schema_fingerprint");
	if (memcmp(print.p, r->s->fingerprint, print.n) != 0)
		return bad(r, "made from another schema: rerun plan-check");
	memcpy(p->schema_fingerprint, print.p, print.n);
	return 0;
}

/* Reads the resolved part; the document must live as long as the plan. */
int plan_from_doc(struct plan *p, const msgpack_object *doc, const struct schema *s,
	struct arena *a, struct err *e)
{
	struct reader r = {.p = p, .s = s, .a = a, .e = e};
	const msgpack_object *resolved = get_map(doc, "resolved");
	struct buf body = BUF_INIT;

	*p = (struct plan){.schema = s, .doc = *doc};
	if (resolved == NULL)
		return bad(&r, "not resolved: rerun plan-check");
	mp_object(&body, doc);
	if (!buf_ok(&body)) {
		buf_free(&body);
		return err_nomem(e);
	}
	sha256_hex(body.p, body.n, p->digest);
	buf_free(&body);
	return read_head(&r, resolved) == -1 ? -1 : read_tables(&r, resolved);
}

/*
 * Whether a foreign key of ${t} chooses its parents among the rows of that
 * table.
 */
static bool picks_from(const struct plan_table *t, uint32_t parent)
{
	for (uint32_t i = 0; i < t->nfks; i++)
		if (how_picks(t->fks[i].how) && !t->fks[i].computed && t->fks[i].parent == parent)
			return true;
	return false;
}

/*
 * Whether generating ${t} reads the rows of ${parent}: for a foreign key, or an
 * aggregate.
 */
bool plan_reads(const struct plan *p, const struct plan_table *t, uint32_t parent)
{
	if (picks_from(t, parent))
		return true;
	for (uint32_t i = 0; i < t->nreads; i++)
		if (t->reads[i] == parent)
			return true;
	if (p->tables[parent].level >= t->level)
		return false; /* it waits for us: no key of ours hangs on it */
	for (uint32_t i = 0; i < t->nfks; i++)
		if (how_picks(t->fks[i].how) && t->fks[i].computed &&
			picks_from(&p->tables[t->fks[i].parent], parent))
			return true;
	return false;
}

struct plan_table *plan_table(const struct plan *p, const char *schema, const char *table)
{
	for (uint32_t i = 0; i < p->ntables; i++) {
		const struct pg_table *t = p->tables[i].table;

		if (strcmp(t->name, table) == 0 && strcmp(t->schema, schema) == 0)
			return &p->tables[i];
	}
	return NULL;
}
