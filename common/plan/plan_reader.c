/* SPDX-License-Identifier: MIT */
/*
 * What the files that read a resolved plan share: members of its document, looked
 * up with a check, and errors that name the table.
 */
#include "common/plan/plan_reader.h"

#include "common/base/err.h"

/* An error that names the table. */
int plan_bad(const struct plan_reader *r, const char *what)
{
	if (r->at == NULL)
		return err_set(r->e, ERR_INPUT, "plan: %s", what);
	return err_set(r->e, ERR_INPUT, "plan: table %s: %s", r->at, what);
}

/*
 * The index of a member among the names that ${name} gives; -1 if it is none of
 * them.
 */
int plan_word(const msgpack_object *map, const char *key, const char *(*name)(int))
{
	struct view v = mp_get_view(map, key);

	for (int i = 0; name(i) != NULL; i++)
		if (view_eq(v, view_of(name(i))))
			return i;
	return -1;
}

const msgpack_object *plan_get_map(const msgpack_object *map, const char *key)
{
	const msgpack_object *o = mp_get(map, key);

	return o != NULL && o->type == MSGPACK_OBJECT_MAP ? o : NULL;
}

int plan_read_rate(const struct plan_reader *r, const msgpack_object *map, const char *key,
	const char *of, double *rate)
{
	*rate = mp_get_double(map, key, 0);
	if (!(*rate >= 0 && *rate <= 1)) {
		err_set(r->e, ERR_INPUT, "plan: table %s: %s: %s is not in 0..1", r->at, of, key);
		return -1;
	}
	return 0;
}

/* The index of the foreign key of that name, or -1. */
int plan_named_fk(const struct pg_table *t, struct view name)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		if ((t->cons[i].kind == PG_CON_FOREIGN || t->cons[i].kind == PG_CON_REFERENCE) &&
			view_eq(name, view_of(t->cons[i].name)))
			return (int)i;
	return -1;
}
