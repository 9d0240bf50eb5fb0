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
#include "common/base/digest.h"
#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/io/msgpack.h"
#include "common/plan/plan_reader.h"
#include "common/snapshot/snap.h"

static const char *source_name(int i)
{
	return plan_source_name((enum plan_source)i);
}

static const char *policy_name(int i)
{
	return plan_policy_name((enum plan_policy)i);
}

/* ---- columns ------------------------------------------------------------ */

/* The transforms of a column, in order. */
static int read_xforms(const struct plan_reader *r, struct plan_column *c, const msgpack_object *m)
{
	size_t n;
	const msgpack_object *list = mp_get_array(m, "transforms", &n);

	if (n > 0 && c->source == PLAN_FOREIGN)
		return plan_bad(r, "transforms of a column that follows a foreign key");
	c->ntransforms = (uint32_t)n;
	if ((c->transforms = arena_array(r->a, n + 1, sizeof(*c->transforms))) == NULL)
		return err_nomem(r->e);
	for (uint32_t i = 0; i < n; i++) {
		c->transforms[i].id = mp_get_str(&list[i], "transform", r->a);
		c->transforms[i].params = plan_get_map(&list[i], "params");
		if (c->transforms[i].id == NULL)
			return plan_bad(r, "a transform without a name");
	}
	return 0;
}

/* A column that takes its value from a parent. */
static int read_foreign(const struct plan_reader *r, const struct plan_table *t,
	struct plan_column *c, const msgpack_object *m)
{
	int con = plan_named_fk(t->table, mp_get_view(m, "foreign_key"));

	for (uint32_t i = 0; i < t->nfks; i++)
		if (con != -1 && t->fks[i].con == (uint32_t)con && how_picks(t->fks[i].how)) {
			c->fk = i;
			return 0;
		}
	return plan_bad(r, "a column follows a foreign key that the plan does not have");
}

/*
 * A column must be the one that the schema has in its place; a plan for another
 * schema is refused.
 */
static int read_column(const struct plan_reader *r, const struct plan_table *t,
	const msgpack_object *m, uint32_t at)
{
	struct plan_column *c = &t->columns[at];
	int source = plan_word(m, "source", source_name);

	if (!view_eq(mp_get_view(m, "column"), view_of(t->table->columns[at].name)))
		return plan_bad(r, "its columns are not those of the schema: rerun plan-check");
	if (source == -1)
		return plan_bad(r, "unknown source of a column");
	c->source = (enum plan_source)source;
	c->gen = mp_get_str(m, "generator", r->a);
	c->by_rule = mp_get_bool(m, "by_rule", false);
	c->locale = mp_get_str(m, "locale", r->a);
	c->params = plan_get_map(m, "params");
	if (c->source == PLAN_GENERATOR && (c->gen == NULL || c->locale == NULL))
		return plan_bad(r, "a column without generator or locale");
	if (plan_read_rate(r, m, "null_rate", t->table->columns[at].name, &c->null_rate) == -1)
		return -1;
	c->null_by_rule = mp_get_bool(m, "null_by_rule", false);
	c->unique_by = mp_get_str(m, "unique_by", r->a);
	c->unique_why = mp_get_str(m, "unique_why", r->a);
	if ((c->source == PLAN_EXISTING) != t->existing)
		return plan_bad(r, "a column whose rows are both made and not");
	if (c->source == PLAN_FOREIGN && read_foreign(r, t, c, m) == -1)
		return -1;
	return read_xforms(r, c, m);
}

/* All columns, in the order of the schema. */
static int read_columns(const struct plan_reader *r, struct plan_table *t, const msgpack_object *m)
{
	size_t n;
	const msgpack_object *list = mp_get_array(m, "columns", &n);

	if (n != t->table->ncolumns)
		return plan_bad(r, "its columns are not those of the schema: rerun plan-check");
	if ((t->columns = arena_array(r->a, n + 1, sizeof(*t->columns))) == NULL)
		return err_nomem(r->e);
	for (uint32_t i = 0; i < n; i++)
		if (read_column(r, t, &list[i], i) == -1)
			return -1;
	return 0;
}

/* ---- tables ------------------------------------------------------------- */

/* the tables that aggregates read; only in the tables that have some */
static int read_reads(const struct plan_reader *r, struct plan_table *t, const msgpack_object *m)
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
			return plan_bad(r, "it reads a table that does not come before it");
		t->reads[t->nreads++] = at;
	}
	return 0;
}

/* What is to be done about constraints that cannot be met. */
static int read_policies(const struct plan_reader *r, struct plan_table *t, const msgpack_object *m)
{
	const msgpack_object *map = plan_get_map(m, "policies");

	for (int k = 0; map != NULL && k < 5; k++) {
		const char *kind = plan_policy_kind_name((enum plan_policy_kind)k);
		int p = plan_word(map, kind, policy_name);

		if (p == -1 && mp_get(map, kind) != NULL)
			return plan_bad(r, "unknown policy");
		t->policy[k] = p == -1 ? PLAN_ENFORCE : (enum plan_policy)p;
	}
	return 0;
}

/* Which table it is, and what foreign keys of other tables ask of it. */
static int read_identity(struct plan_reader *r, const msgpack_object *m, uint32_t at)
{
	struct plan_table *t = &r->p->tables[at];
	const char *schema = mp_get_str(m, "schema", r->a), *name = mp_get_str(m, "table", r->a);

	r->at = NULL;
	if (schema == NULL || name == NULL)
		return plan_bad(r, "a table without a name");
	if ((r->at = arena_printf(r->a, "%s.%s", schema, name)) == NULL)
		return err_nomem(r->e);
	if ((t->table = schema_table(r->s, schema, name)) == NULL)
		return plan_bad(r, "it is not in the schema: rerun plan-check");
	return 0;
}

/* All of one table but its identity. */
static int read_table(struct plan_reader *r, const msgpack_object *m, uint32_t at)
{
	struct plan_table *t = &r->p->tables[at];
	const char *digest = mp_get_str(m, "digest", r->a);
	uint64_t shards = mp_get_uint(m, "shards", 0), level = mp_get_uint(m, "level", 0);

	r->at = arena_printf(r->a, "%s.%s", t->table->schema, t->table->name);
	if (r->at == NULL)
		return err_nomem(r->e);
	t->rows = mp_get_uint(m, "rows", 0);
	if (shards == 0 || shards > PLAN_SHARDS_MAX || level >= r->p->ntables)
		return plan_bad(r, "shards or level out of range");
	t->shards = (uint32_t)shards;
	t->level = (uint32_t)level;
	t->auto_added = mp_get_bool(m, "auto_added", false);
	if (plan_read_existing(t, m, r->a, r->e) == -1)
		return r->e->kind == ERR_TEMP ? -1 : err_wrap(r->e, "plan: table %s", r->at);
	if (digest == NULL || strlen(digest) != sizeof(t->digest) - 1)
		return plan_bad(r, "no digest");
	memcpy(t->digest, digest, sizeof(t->digest));
	if (plan_read_fks(r, t, m) == -1 || read_columns(r, t, m) == -1)
		return -1;
	if (read_reads(r, t, m) == -1)
		return -1;
	return read_policies(r, t, m);
}

/* Identities first, because foreign keys refer to tables that come later. */
static int read_tables(struct plan_reader *r, const msgpack_object *resolved)
{
	size_t n;
	const msgpack_object *list = mp_get_array(resolved, "tables", &n);

	if (mp_get(resolved, "tables") == NULL || n > r->s->ntables)
		return plan_bad(r, "no tables, or more than the schema has");
	r->p->ntables = (uint32_t)n;
	if ((r->p->tables = arena_array(r->a, n + 1, sizeof(*r->p->tables))) == NULL)
		return err_nomem(r->e);
	for (uint32_t i = 0; i < n; i++)
		if (read_identity(r, &list[i], i) == -1)
			return -1;
	for (uint32_t i = 0; i < n; i++)
		if (read_table(r, &list[i], i) == -1)
			return -1;
	if (plan_read_kept(r->p, list, r->a, r->e) == -1)
		return -1;
	return plan_read_exceptions(r->p, resolved, r->s, r->a, r->e);
}

/* Version, seed, and the day that is today. */
static int read_head(const struct plan_reader *r, const msgpack_object *resolved)
{
	struct plan *p = r->p;
	struct view as_of = mp_get_view(resolved, "as_of");
	struct view print = mp_get_view(resolved, "schema_fingerprint");
	int64_t day;

	p->version = mp_get_str(&p->doc, "plan_version", r->a);
	p->seed = mp_get_uint(&p->doc, "seed", 0);
	p->locale = mp_get_str(resolved, "locale", r->a);
	p->data = mp_get(resolved, "data");
	p->strict = mp_get_bool(resolved, "strict", false);
	p->as_of_pinned = mp_get_bool(resolved, "as_of_pinned", false);
	if (mp_get_int(resolved, "rng_version", 0) != RNG_VERSION)
		return plan_bad(r, "made for another random number generator: rerun plan-check");
	if (p->version == NULL || p->locale == NULL)
		return plan_bad(r, "no plan_version or locale");
	if (as_of.p == NULL || !cal_parse_date(as_of.p, as_of.n, &day) || !cal_date_finite(day))
		return plan_bad(r, "as_of is not a date");
	p->as_of = (int32_t)day;
	if (print.n != strlen(r->s->fingerprint) || print.n >= sizeof(p->schema_fingerprint))
		return plan_bad(r, "no schema_fingerprint");
	if (memcmp(print.p, r->s->fingerprint, print.n) != 0)
		return plan_bad(r, "made from another schema: rerun plan-check");
	memcpy(p->schema_fingerprint, print.p, print.n);
	return 0;
}

/* Whether the document is as plan-check wrote it, which covers all that the tables' own digests
 * are taken for; plans of earlier versions do not say. */
static int check_digest(const struct plan_reader *r, const msgpack_object *doc)
{
	struct view said = mp_get_view(doc, "digest");
	char hex[2 * SHA256_BYTES + 1];
	struct buf rest = BUF_INIT;
	bool ok;

	if (mp_get(doc, "digest") == NULL)
		return 0;
	for (uint32_t i = 0; i < doc->via.map.size; i++) {
		const msgpack_object_kv *kv = &doc->via.map.ptr[i];

		if (mp_get(doc, "digest") == &kv->val)
			continue;
		mp_object(&rest, &kv->key);
		mp_object(&rest, &kv->val);
	}
	if ((ok = buf_ok(&rest)))
		digest_sha256_hex(rest.p, rest.n, hex);
	buf_free(&rest);
	if (!ok)
		return err_nomem(r->e);
	return view_eq(said, view_of(hex))
		       ? 0
		       : plan_bad(r, "altered since plan-check wrote it: its digest "
				     "is another: rerun plan-check");
}

/* Reads the resolved part; the document must live as long as the plan. */
int plan_from_doc(struct plan *p, const msgpack_object *doc, const struct schema *s,
	struct arena *a, struct err *e)
{
	struct plan_reader r = {.p = p, .s = s, .a = a, .e = e};
	const msgpack_object *resolved = plan_get_map(doc, "resolved");
	struct buf body = BUF_INIT;

	*p = (struct plan){.schema = s, .doc = *doc};
	if (resolved == NULL)
		return plan_bad(&r, "not resolved: rerun plan-check");
	mp_object(&body, doc);
	if (!buf_ok(&body)) {
		buf_free(&body);
		return err_nomem(e);
	}
	digest_sha256_hex(body.p, body.n, p->digest);
	buf_free(&body);
	if (check_digest(&r, doc) == -1 || read_head(&r, resolved) == -1)
		return -1;
	return read_tables(&r, resolved);
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
