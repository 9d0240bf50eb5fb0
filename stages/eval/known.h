/* SPDX-License-Identifier: MIT */
#ifndef EVAL_KNOWN_H
#define EVAL_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "common/schema/schema.h"

/*
 * known: the SQL texts that the connected database has in its own catalogue.
 *
 * schema.msgpack says which expressions CHECKs, keys and generated columns have.  Whoever can
 * write that file would have SQL of his own run under the rights of the user who starts
 * eval --conn, if these texts were asked as they stand there.  So nothing of the file's text is
 * sent to a server: each text is looked up here by the table and the name that it belongs to, and
 * what is asked is the server's own text of that object.
 */

struct err;
struct pg;
struct known_entry;

enum known_kind {
	KNOWN_CHECK,	     /* of a table: a constraint's expression */
	KNOWN_DOMAIN,	     /* of a domain: the same */
	KNOWN_GENERATED,     /* of a column: its expression ... */
	KNOWN_TYPE,	     /* ... and its type, as format_type() prints it */
	KNOWN_EXCLUSION,     /* of a table: an exclusion constraint's definition */
	KNOWN_ELEMENT,	     /* of an index: an expression in it ... */
	KNOWN_PREDICATE,     /* ... and its predicate */
	KNOWN_PARTITION_KEY, /* of a table, which has no name beside its own ... */
	KNOWN_BOUND,	     /* ... and of a partition */
};

struct known {
	struct arena *a;
	struct known_entry *entries; /* sorted by kind, schema, owner and name */
	size_t n;
	bool nomem; /* memory was out: answers are worth nothing */
};

/** known_read(k, c, s, a, e): ask the server of ${c} for the texts of all objects in the schemas
 *  that ${s} has tables or types in.  They are printed as introspect has them printed: under an
 *  empty search_path.  All is copied to ${a}.  0 or -1. */
int known_read(
	struct known *k, struct pg *c, const struct schema *s, struct arena *a, struct err *e);

/**
 * known_text(k, kind, schema, owner, name, text):
 * The server's text of that kind of the object ${name} of the table or domain ${schema}.${owner},
 * if it says what ${text} says.  The two are compared as schema_canon() writes them, because a dump
 * and a reload may change how casts are printed.  NULL: the server has another text, or no such
 * object; also where memory is out, which k->nomem tells.
 */
const char *known_text(struct known *k, enum known_kind kind, const char *schema, const char *owner,
	const char *name, const char *text);

/** known_in(k, s, kind, t, name, text): the same of table ${t}, or of one of its partitions:
 *  schema_lift() makes their constraints those of the table. */
const char *known_in(struct known *k, const struct schema *s, enum known_kind kind,
	const struct pg_table *t, const char *name, const char *text);

/** known_lifted(k, s, t, con, p): for a CHECK of ${t} that schema_lift() wrote ("the row is not of
 *  the partition, or ..."): the server's text of the CHECK that it was made of, and in *p the
 *  partition whose rows alone it asks of.  NULL: it is none, or the server has another. */
const char *known_lifted(struct known *k, const struct schema *s, const struct pg_table *t,
	const struct pg_constraint *con, const struct pg_table **p);

/** known_partitions(k, s, t): whether ${t} is partitioned, and the server has the keys and the
 *  bounds of all its partitions as ${s} has them. */
bool known_partitions(struct known *k, const struct schema *s, const struct pg_table *t);

#endif
