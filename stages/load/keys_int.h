/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_KEYS_INT_H
#define STAGES_LOAD_KEYS_INT_H

#include "stages/load/load.h"

/*
 * A thing to drop and create again: a constraint, or an index that stands alone.
 * Everything is kept as the server itself words it, so what comes back is what was.
 */
struct key {
	char kind; /* p u x f, or i for an index; x of a key WITHOUT OVERLAPS too */
	const char *schema, *table, *name;
	const char *definition;	   /* of a primary or unique key: of its index */
	const char *timing;	   /* of those: "DEFERRABLE ..." */
	const char *comment;	   /* on the constraint, or on the index alone */
	const char *index_comment; /* on the index behind a constraint */
	const char *index_schema;
	const char *tablespace; /* of the index, "" for the database's default */
	bool clustered, replica_identity;
	bool dropped;
};

struct dropped {
	struct key *key;
	size_t n;
};

#endif
