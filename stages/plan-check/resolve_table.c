/* SPDX-License-Identifier: MIT */
/*
 * What resolving asks of a table again and again: where the plan names it, for
 * messages, and its unique keys.
 */
#include "stages/plan-check/resolve.h"

#include "common/schema/keyset.h"

/* Exclusion constraints are not among them: the compiler gives their rows slots. */
bool resolve_next_key(const struct pg_table *t, uint32_t *at, struct resolve_key *k)
{
	while (*at < t->nkeys) {
		const struct pg_key *key = &t->keys[(*at)++];

		if (!key_is_unique(key) || !key_is_plain(key))
			continue;
		*k = (struct resolve_key){key->cols, key->nparts};
		return true;
	}
	return false;
}

bool resolve_inside(struct resolve_key k, const struct pg_constraint *con)
{
	return pg_common_columns(k.cols, k.n, con->cols, con->ncols) == k.n;
}

const char *resolve_place(const struct resolver *r, const struct pg_table *t)
{
	const char *target = r->c->requested[t->index].target;

	return target != NULL ? target : "/targets";
}
