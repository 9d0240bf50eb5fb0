/* SPDX-License-Identifier: MIT */
/* Keys that are dropped, in a table of the target, until another transaction creates them again. */
#include "stages/load/keys_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"

const char keys_columns[] =
	"place pg_catalog.int8 PRIMARY KEY, kind pg_catalog.text, schema pg_catalog.text,"
	" rel pg_catalog.text, name pg_catalog.text, definition pg_catalog.text,"
	" timing pg_catalog.text, comment pg_catalog.text, index_comment pg_catalog.text,"
	" index_schema pg_catalog.text, tablespace pg_catalog.text, clustered pg_catalog.bool,"
	" replica_identity pg_catalog.bool";

enum { COLUMNS = 13 };

static int store_one(
	struct load *l, const char *sql, const struct key *k, size_t place, struct err *e)
{
	const char kind[2] = {k->kind, '\0'};
	char number[24];
	const char *const params[COLUMNS] = {number, kind, k->schema, k->table, k->name,
		k->definition, k->timing, k->comment, k->index_comment, k->index_schema,
		k->tablespace, k->clustered ? "t" : "f", k->replica_identity ? "t" : "f"};
	struct pg_rows *r;

	(void)snprintf(number, sizeof(number), "%zu", place);
	if ((r = pg_query(l->pg, sql, COLUMNS, params, e)) == NULL)
		return -1;
	return pg_done(r, e);
}

int keys_store(struct load *l, const char *table, const struct dropped *k, struct err *e)
{
	const char *sql = arena_printf(l->a,
		"INSERT INTO %s VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		table);

	if (sql == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < k->n; i++)
		if (k->key[i].dropped && store_one(l, sql, &k->key[i], i, e) == -1)
			return -1;
	return 0;
}

static const char *keep(const struct load *l, struct pg_rows *r, size_t i, size_t col, bool *bad)
{
	const char *s = pg_str0(r, i, col);
	const char *copy = s == NULL ? NULL : arena_strdup(l->a, s);

	*bad |= s != NULL && copy == NULL;
	return copy;
}

static struct key stored(const struct load *l, struct pg_rows *r, size_t i, bool *bad)
{
	return (struct key){
		.kind = pg_str(r, i, 1)[0],
		.schema = keep(l, r, i, 2, bad),
		.table = keep(l, r, i, 3, bad),
		.name = keep(l, r, i, 4, bad),
		.definition = keep(l, r, i, 5, bad),
		.timing = keep(l, r, i, 6, bad),
		.comment = keep(l, r, i, 7, bad),
		.index_comment = keep(l, r, i, 8, bad),
		.index_schema = keep(l, r, i, 9, bad),
		.tablespace = keep(l, r, i, 10, bad),
		.clustered = pg_bool(r, i, 11),
		.replica_identity = pg_bool(r, i, 12),
		.dropped = true,
	};
}

struct dropped *keys_stored(struct load *l, const char *table, struct err *e)
{
	const char *sql = arena_printf(l->a, "SELECT * FROM %s ORDER BY place", table);
	struct dropped *k = arena_alloc(l->a, sizeof(*k));
	struct pg_rows *r;
	bool bad;

	if (sql == NULL || k == NULL) {
		err_nomem(e);
		return NULL;
	}
	if ((r = pg_ask(l->pg, sql, 0, NULL, e)) == NULL)
		return NULL;
	k->n = pg_count(r);
	k->key = arena_array(l->a, k->n + 1, sizeof(*k->key));
	bad = k->key == NULL;
	for (size_t i = 0; !bad && i < k->n; i++)
		k->key[i] = stored(l, r, i, &bad);
	if (bad) {
		pg_free(r);
		err_nomem(e);
		return NULL;
	}
	return pg_done(r, e) == -1 ? NULL : k;
}
