/* SPDX-License-Identifier: MIT */
/*
 * Tables whose rows are already in the database, and tables to which rows are
 * added. For those the plan records how many rows there are and which keys they
 * have, and random streams begin after them, so that adding rows twice does not
 * make the same ones.
 */
#include "common/plan/plan_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/io/msgpack.h"

/*
 * The key of a random stream; of added rows it depends on how many there were.
 */
uint64_t plan_stream(
	const struct plan *p, const struct plan_table *t, const char *name, const char *purpose)
{
	const char *names[] = {t->table->schema, t->table->name, name};
	uint64_t key = rng_key(p->seed, names, 3, purpose);

	return t->append ? rng_subkey(key, t->after) : key;
}

const struct plan_taken *plan_taken(const struct plan_table *t, const char *key)
{
	for (uint32_t i = 0; i < t->ntaken; i++)
		if (strcmp(t->taken[i].key, key) == 0)
			return &t->taken[i];
	return NULL;
}

/*
 * How many distinct values a key needs: for new rows and for those that are
 * there.
 */
uint64_t plan_need(const struct plan_table *t, const char *key)
{
	const struct plan_taken *k = plan_taken(t, key);

	return t->rows + (k != NULL ? k->have : 0);
}

/* ---- reading ------------------------------------------------------------------- */

/* Values of a key that are taken. */
static int read_taken(struct plan_taken *k, const msgpack_object *m, struct arena *a, struct err *e)
{
	size_t n;
	const msgpack_object *list = mp_get_array(m, "at", &n);
	uint64_t *at = arena_array(a, n + 1, sizeof(*at));

	if (at == NULL)
		return err_nomem(e);
	k->key = mp_get_str(m, "key", a);
	k->have = mp_get_uint(m, "have", UINT64_MAX);
	if (k->key == NULL || n > PLAN_TAKEN || k->have > INT64_MAX)
		return err_set(e, ERR_INPUT, "what is taken of a key that is none");
	for (size_t i = 0; i < n; i++) {
		if (list[i].type != MSGPACK_OBJECT_POSITIVE_INTEGER ||
			(i > 0 && list[i].via.u64 <= at[i - 1]))
			return err_set(e, ERR_INPUT, "what is taken of a key is not in order");
		at[i] = list[i].via.u64;
	}
	k->at = at;
	k->n = (uint32_t)n;
	return 0;
}

/* How many rows there are, and which values of keys are taken. */
static int read_append(
	struct plan_table *t, const msgpack_object *append, struct arena *a, struct err *e)
{
	struct view snapshot = mp_get_view(append, "snapshot");
	const msgpack_object *list;
	size_t n;

	t->append = true;
	t->after = mp_get_uint(append, "after", UINT64_MAX);
	list = mp_get_array(append, "taken", &n);
	if (t->existing || t->rows > INT64_MAX || t->after > INT64_MAX ||
		snapshot.n != sizeof(t->snapshot) - 1 || n > t->table->ncons + t->table->nindexes)
		return err_set(e, ERR_INPUT, "it is appended to, in a way that makes no sense");
	memcpy(t->snapshot, snapshot.p, snapshot.n);
	if ((t->taken = arena_array(a, n + 1, sizeof(*t->taken))) == NULL)
		return err_nomem(e);
	for (; t->ntaken < n; t->ntaken++)
		if (read_taken(&t->taken[t->ntaken], &list[t->ntaken], a, e) == -1)
			return -1;
	return 0;
}

/*
 * Reads what is known about rows in the database; for other tables there is
 * nothing to read.
 */
int plan_read_existing(
	struct plan_table *t, const msgpack_object *m, struct arena *a, struct err *e)
{
	const msgpack_object *append = mp_get(m, "append");
	struct view snapshot = mp_get_view(m, "snapshot");

	t->existing = mp_get_bool(m, "existing", false);
	if (append != NULL && append->type == MSGPACK_OBJECT_MAP)
		return read_append(t, append, a, e);
	if (!t->existing)
		return 0;
	/* one file of keys, which the plan was held against */
	if (snapshot.n != sizeof(t->snapshot) - 1 || t->shards != 1 || t->level != 0)
		return err_set(e, ERR_INPUT, "an existing table without its snapshot");
	memcpy(t->snapshot, snapshot.p, snapshot.n);
	return 0;
}
