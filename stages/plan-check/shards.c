/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/shards.h"

/* Of tables whose rows were not tried: what a column comes to, more or less. */
enum { COLUMN_BYTES = 12 };

static double row_bytes(const struct plan *p, const struct dry_run_left *left, uint32_t i)
{
	if (left->row_bytes != NULL && left->row_bytes[i] > 0)
		return left->row_bytes[i];
	return (double)COLUMN_BYTES * p->tables[i].table->ncolumns;
}

void shards_choose(
	struct plan *p, const struct options *o, const struct dry_run_left *left, double seconds)
{
	for (uint32_t i = 0; i < p->ntables; i++) {
		struct plan_table *t = &p->tables[i];
		uint64_t n = 0;
		double wanted;

		if (t->existing || !sizes_get(&o->shards, t->table, &n) || n != SIZE_AUTO)
			continue;
		wanted = (double)t->rows * row_bytes(p, left, i) /
			 (seconds * SHARD_BYTES_PER_SECOND);
		n = wanted >= PLAN_SHARDS_MAX ? PLAN_SHARDS_MAX : (uint64_t)wanted + 1;
		n = n > t->rows && t->rows > 0 ? t->rows : n;
		t->shards = (uint32_t)n;
	}
}
