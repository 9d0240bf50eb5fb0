/* SPDX-License-Identifier: MIT */
/* The three tables of the target that several loaders have in common. */
#include "stages/load/shared.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/stage/stage.h"

static const char *name_of(char which)
{
	return which == 'l'   ? "datalchemy_load"
	       : which == 's' ? "datalchemy_load_shards"
			      : "datalchemy_load_keys";
}

static const char *home(const struct load *l)
{
	return l->tables[0].plan->table->schema;
}

const char *shared_name(const struct load *l, char which)
{
	struct buf b = BUF_INIT;
	const char *s = NULL;

	pg_qname(&b, home(l), name_of(which));
	if (buf_ok(&b))
		s = arena_strdup(l->a, b.p);
	buf_free(&b);
	return s;
}

struct pg_rows *shared_ask(
	struct load *l, const char *sql, size_t n, const char *const *params, struct err *e)
{
	struct buf b = BUF_INIT;
	struct pg_rows *r = NULL;
	const char *at;

	while ((at = strchr(sql, '@')) != NULL) {
		buf_add(&b, sql, (size_t)(at - sql));
		pg_qname(&b, home(l), name_of(at[1]));
		sql = at + 2;
	}
	buf_adds(&b, sql);
	if (buf_ok(&b))
		r = pg_ask(l->pg, b.p, n, params, e);
	else
		err_nomem(e);
	buf_free(&b);
	return r;
}

int shared_do(struct load *l, const char *sql, size_t n, const char *const *params, struct err *e)
{
	struct pg_rows *r = shared_ask(l, sql, n, params, e);

	return r == NULL ? -1 : pg_done(r, e);
}

static const char sql_there[] =
	"SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE n.nspname = $1 AND c.relname = 'datalchemy_load_shards'";

static int is_there(struct load *l, struct err *e)
{
	const char *schema = home(l);
	struct pg_rows *r = pg_ask(l->pg, sql_there, 1, &schema, e);
	int there;

	if (r == NULL)
		return -1;
	there = pg_count(r) > 0;
	return pg_done(r, e) == -1 ? -1 : there;
}

/* One letter a table of the plan: shared, bulk, in place. */
static int read_roads(struct load *l, const char *roads, struct err *e)
{
	if (strlen(roads) != l->ntables)
		return err_set(e, ERR_INPUT,
			"%s: what it says of the plan's tables is not of this plan", name_of('l'));
	for (uint32_t i = 0; i < l->ntables; i++) {
		l->tables[i].shared = roads[i] == 's';
		l->tables[i].bulk = roads[i] != 'p';
	}
	l->begun = true;
	return 0;
}

int shared_state(struct load *l, struct err *e)
{
	struct pg_rows *r;
	int there = is_there(l, e);

	if (there != 1)
		return there;
	if ((r = shared_ask(l, "SELECT plan, roads FROM @l", 0, NULL, e)) == NULL)
		return -1;
	if (pg_count(r) != 1 || strcmp(pg_str(r, 0, 0), l->plan.digest) != 0)
		there = err_set(e, ERR_INPUT,
			"a load of another run by several loaders is under way in schema %s: end "
			"it with --finish or --abandon from that run",
			home(l));
	else if (read_roads(l, pg_str(r, 0, 1), e) == -1)
		there = -1;
	if (there == -1) {
		pg_free(r);
		return -1;
	}
	return pg_done(r, e) == -1 ? -1 : 1;
}

static const char sql_overlap[] =
	"SELECT s.schema, s.rel FROM @s s JOIN unnest($1::text[], $2::text[]) w(n, t)"
	" ON w.n = s.schema AND w.t = s.rel LIMIT 1";

int shared_keep_out(struct load *l, struct err *e)
{
	struct buf schemas = BUF_INIT, tables = BUF_INIT;
	struct pg_rows *r = NULL;
	int there = is_there(l, e);

	if (there != 1)
		return there;
	if (target_names(l, &schemas, &tables, e) == 0)
		r = shared_ask(l, sql_overlap, 2, (const char *const[]){schemas.p, tables.p}, e);
	buf_free(&schemas);
	buf_free(&tables);
	if (r == NULL)
		return -1;
	there = 0;
	if (pg_count(r) > 0)
		there = err_set(e, ERR_INPUT,
			"%s.%s is being loaded by several loaders: go on with --shared and "
			"--finish, "
			"or with --jobs, or undo what they did with --abandon",
			pg_str(r, 0, 0), pg_str(r, 0, 1));
	if (there == -1) {
		pg_free(r);
		return -1;
	}
	return pg_done(r, e);
}

int shared_lock(struct load *l, struct err *e)
{
	const char *schema = home(l);
	struct pg_rows *r = pg_ask(l->pg,
		"SELECT pg_advisory_xact_lock((1684106339::bigint << 32) | oid::bigint)"
		" FROM pg_namespace WHERE nspname = $1",
		1, &schema, e);

	return r == NULL ? -1 : pg_done(r, e);
}

int shared_drop(struct load *l, struct err *e)
{
	return shared_do(l, "DROP TABLE @l, @s, @k", 0, NULL, e);
}

/* ---- the beginning ---------------------------------------------------------------- */

/* Which tables are shared; returns how many, or -1. */
static int choose(struct load *l, struct err *e)
{
	bool *alone = arena_array(l->a, l->ntables + 1UL, sizeof(*alone));
	int n = 0;

	if (alone == NULL)
		return err_nomem(e);
	if (triggers_read(l, e) == -1 || checks_wait(l, alone, e) == -1)
		return -1;
	for (uint32_t i = 0; i < l->ntriggers; i++)
		alone[l->triggers[i].table] = true;
	for (uint32_t i = 0; i < l->ntables; i++)
		if ((l->tables[i].shared = l->tables[i].bulk && !alone[i]))
			n++;
	return n;
}

static int store_shards(struct load *l, struct err *e)
{
	for (uint32_t i = 0; i < l->ntables; i++) {
		const struct plan_table *t = l->tables[i].plan;
		char place[16], last[16];
		const char *const params[] = {place, t->table->schema, t->table->name, last};

		(void)snprintf(place, sizeof(place), "%" PRIu32, i);
		(void)snprintf(last, sizeof(last), "%" PRIu32, t->shards - 1);
		if (l->tables[i].shared &&
			shared_do(l,
				"INSERT INTO @s SELECT $1::int, $2, $3, g FROM generate_series(0, "
				"$4::int) g",
				4, params, e) == -1)
			return -1;
	}
	return 0;
}

/* The three tables. */
static int store(struct load *l, const char *before, const struct dropped *keys, struct err *e)
{
	char *roads = arena_alloc(l->a, l->ntables + 1UL);
	const char *k = shared_name(l, 'k'), *ddl;
	const char *const params[] = {l->plan.digest, roads, before};

	if (roads == NULL || k == NULL ||
		(ddl = arena_printf(l->a, "CREATE TABLE @k (%s)", keys_columns)) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < l->ntables; i++)
		roads[i] = l->tables[i].shared ? 's' : l->tables[i].bulk ? 'b' : 'p';
	roads[l->ntables] = '\0';
	if (shared_do(l, "CREATE TABLE @l (plan text PRIMARY KEY, roads text, catalogue text)", 0,
		    NULL, e) == -1 ||
		shared_do(l,
			"CREATE TABLE @s (place int, schema text, rel text, shard int, rows bigint,"
			" seconds float8, PRIMARY KEY (place, shard))",
			0, NULL, e) == -1 ||
		shared_do(l, ddl, 0, NULL, e) == -1 ||
		shared_do(l, "INSERT INTO @l VALUES ($1, $2, $3)", 3, params, e) == -1)
		return -1;
	return store_shards(l, e) == -1 ? -1 : keys_store(l, k, keys, e);
}

/* In a transaction: 1: there is one now; 0: no table can be shared. */
static int begin(struct load *l, bool *ours, struct err *e)
{
	const char *before;
	struct dropped *keys;
	int there;

	if (shared_lock(l, e) == -1 || (there = shared_state(l, e)) == -1)
		return -1;
	if (there == 1)
		return 1;
	if (target_find(l, e) == -1 || (before = catalog_text(l, e)) == NULL ||
		(there = choose(l, e)) == -1)
		return -1;
	if (there == 0)
		return 0;
	if ((keys = keys_drop(l, e)) == NULL || store(l, before, keys, e) == -1)
		return -1;
	*ours = l->begun = true;
	return 1;
}

int shared_begin(struct load *l, bool *ours, struct err *e)
{
	int there = shared_state(l, e);

	*ours = false;
	if (there != 0)
		return there == 1 ? 0 : -1;
	if (pg_exec(l->pg, "BEGIN", e) == -1 || (there = begin(l, ours, e)) == -1)
		return -1;
	return there == 1 ? pg_commit(l->pg, e) : pg_exec(l->pg, "ROLLBACK", e);
}
