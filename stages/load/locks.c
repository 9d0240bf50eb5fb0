/* SPDX-License-Identifier: MIT */
/*
 * How many locks the transaction takes, counted before it takes them.
 *
 * The server keeps a lock on every table, index, constraint and trigger that a transaction has
 * altered, until its end, in a table of fixed size: max_locks_per_transaction for each session
 * and process that the settings allow for, all together.  A schema of many
 * tables whose keys are dropped and created again can exceed it, and the server says so only when
 * it is full, after hours perhaps.  So what each table costs is estimated beforehand; where all
 * together is too much, the tables with the most rows have their keys dropped, which is where it
 * pays, and the others keep them.
 *
 * The costs are the objects that pg_locks shows after the statements, on PostgreSQL 15.  A foreign
 * key that is dropped locks itself and four triggers; a key locks its constraint, its index and
 * the index that takes its place.
 */
#include "stages/load/load.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/base/err.h"
#include "common/stage/stage.h"

enum {
	COST_TABLE = 1,
	COST_TOAST = 2, /* the TOAST table and its index, if a value is long */
	COST_FOREIGN = 6,
	COST_KEY = 2, /* besides the index that it has */
	COST_INDEX = 1,
};

/* What one table costs. */
struct cost {
	uint64_t in_place;
	uint64_t bulk, alone; /* on top of that: if all tables are loaded so; if few others are */
	uint64_t rows;
	uint32_t table;
};

/*
 * A row for each table: its foreign keys and those of tables outside the plan that refer to it, all
 * that refer to it, its keys, its indexes, its sequences; and how many locks the server has room
 * for, less those that other sessions hold.
 */
static const char sql_costs[] =
	"SELECT (SELECT count(*) FROM pg_constraint f WHERE f.contype = 'f'"
	"  AND (f.conrelid = w.o::oid"
	"   OR f.confrelid = w.o::oid AND f.conrelid <> ALL ($1::bigint[]::oid[]))),"
	" (SELECT count(*) FROM pg_constraint f WHERE f.contype = 'f'"
	"  AND f.confrelid = w.o::oid AND f.conrelid <> f.confrelid),"
	" (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = w.o::oid"
	"  AND k.contype IN ('p', 'u', 'x')),"
	" (SELECT count(*) FROM pg_index x WHERE x.indrelid = w.o::oid),"
	" (SELECT count(*) FROM pg_depend d JOIN pg_class s ON s.oid = d.objid"
	"  AND s.relkind = 'S' WHERE d.classid = 'pg_class'::regclass"
	"  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = w.o::oid),"
	" current_setting('max_locks_per_transaction')::bigint * (SELECT"
	"  sum(setting::bigint) FROM pg_settings WHERE name IN ('max_connections',"
	"  'max_prepared_transactions', 'autovacuum_max_workers', 'max_worker_processes',"
	"  'max_wal_senders'))::bigint"
	"  - (SELECT count(*) FROM pg_locks WHERE NOT fastpath AND pid <> pg_backend_pid()),"
	" current_setting('max_locks_per_transaction')::bigint"
	" FROM unnest($1::bigint[]) WITH ORDINALITY AS w(o, i) ORDER BY w.i";

enum { L_FOREIGN, L_REFERRING, L_KEYS, L_INDEXES, L_SEQUENCES, L_ROOM, L_SETTING };

static struct cost cost_of(const struct load *l, struct pg_rows *r, uint32_t i)
{
	uint64_t keys = (uint64_t)pg_int(r, i, L_KEYS), all = (uint64_t)pg_int(r, i, L_INDEXES);

	uint64_t own = COST_FOREIGN * (uint64_t)pg_int(r, i, L_FOREIGN) + COST_KEY * keys +
		       COST_INDEX * (all > keys ? all - keys : 0);

	return (struct cost){
		.in_place = COST_TABLE + COST_TOAST + all + (uint64_t)pg_int(r, i, L_SEQUENCES),
		.bulk = own,
		.alone = own + COST_FOREIGN * (uint64_t)pg_int(r, i, L_REFERRING),
		.rows = l->tables[i].plan->rows,
		.table = i,
	};
}

/* The most rows first; of equal numbers the table that comes first. */
static int by_rows(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;

	if (x->rows != y->rows)
		return x->rows > y->rows ? -1 : 1;
	return x->table < y->table ? -1 : 1;
}

static int too_many(uint64_t tables, uint64_t need, const struct load_locks *k, struct err *e)
{
	return err_set(e, ERR_INPUT,
		"%" PRIu64 " tables need about %" PRIu64 " locks in one transaction, and this "
		"server has room for %" PRIu64 ": raise its max_locks_per_transaction from %" PRIu64
		" to %" PRIu64 " or more and restart it, or load fewer tables at once; "
		"--in-place, which needs the fewest, is not enough",
		tables, need, k->room, k->setting, k->setting * (need / (k->room + 1) + 1));
}

int locks_count(struct load *l, struct load_locks *k, struct err *e)
{
	struct pg_rows *r = pg_ask(l->pg, sql_costs, 1, &l->oids, e);
	uint64_t least = 0;

	if (r == NULL)
		return -1;
	*k = (struct load_locks){.cost = arena_array(l->a, l->ntables + 1UL, sizeof(*k->cost))};
	if (k->cost == NULL) {
		pg_free(r);
		return err_nomem(e);
	}
	for (uint32_t i = 0; i < l->ntables && i < pg_count(r); i++) {
		int64_t room = pg_int(r, i, L_ROOM);

		k->room = room > 0 ? (uint64_t)room : 0;
		k->setting = (uint64_t)pg_int(r, i, L_SETTING);
		k->cost[i] = cost_of(l, r, i);
		least += k->cost[i].in_place - COST_TOAST;
	}
	if (pg_done(r, e) == -1)
		return -1;
	return least > k->room ? too_many(l->ntables, least, k, e) : 0;
}

void locks_choose(struct load *l, struct load_locks *k)
{
	uint64_t room = k->room - k->room / 10; /* a tenth is for others, who come meanwhile */
	uint64_t need = 0, all;
	uint32_t kept = 0, bulk = 0;

	for (uint32_t i = 0; i < l->ntables; i++)
		need += k->cost[i].in_place;
	all = need;
	for (uint32_t i = 0; i < l->ntables; i++)
		if (l->tables[i].bulk) {
			all += k->cost[i].bulk;
			bulk++;
		}
	if (all <= room)
		return;
	qsort(k->cost, l->ntables, sizeof(*k->cost), by_rows);
	for (uint32_t i = 0; i < l->ntables; i++) {
		struct load_table *t = &l->tables[k->cost[i].table];

		if (!t->bulk)
			continue;
		if (need + k->cost[i].alone <= room) {
			need += k->cost[i].alone;
		} else {
			t->bulk = false;
			kept++;
		}
	}
	stage_warn("%u of %u tables keep their keys during the load, as with --in-place: to drop "
		   "all of them takes about %" PRIu64
		   " locks, and this server has room for %" PRIu64
		   " (max_locks_per_transaction is %" PRIu64 ")",
		kept, bulk, all, k->room, k->setting);
}
