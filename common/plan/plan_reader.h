/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PLAN_READER_H
#define COMMON_PLAN_READER_H

#include "common/io/msgpack.h"
#include "common/plan/plan_int.h"

/*
 * plan_reader: the document of a resolved plan, read without trust.
 */

/* Where it is read into, and what is being read. */
struct plan_reader {
	struct plan *p;
	const struct schema *s;
	struct arena *a;
	struct err *e;
	const char *at; /* "crm.leads", for messages; NULL outside of tables */
};

/** plan_bad(r, what): set an error of input that says ${what} and names the table; -1. */
int plan_bad(const struct plan_reader *r, const char *what);

/** plan_word(map, key, name): the index of a member among the names that ${name} gives, which
 *  end with NULL; -1 if it is none of them. */
int plan_word(const msgpack_object *map, const char *key, const char *(*name)(int));

/** plan_get_map(map, key): a member that is a map, or NULL. */
const msgpack_object *plan_get_map(const msgpack_object *map, const char *key);

/** plan_read_rate(r, map, key, of, rate): a share from 0 to 1, 0 without the member; an error
 *  names ${of}. */
int plan_read_rate(const struct plan_reader *r, const msgpack_object *map, const char *key,
	const char *of, double *rate);

/** plan_named_fk(t, name): the index of the constraint that is the foreign key of that name, or
 *  -1. */
int plan_named_fk(const struct pg_table *t, struct view name);

/** plan_read_fks(r, t, m): the foreign keys of a table; its level is read before. */
int plan_read_fks(const struct plan_reader *r, struct plan_table *t, const msgpack_object *m);

#endif
