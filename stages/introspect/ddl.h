/* SPDX-License-Identifier: MIT */
#ifndef INTROSPECT_DDL_H
#define INTROSPECT_DDL_H

#include "common/base/arena.h"
#include "common/base/str.h"

struct err;

/*
 * ddl: SQL text run in a throwaway PostgreSQL (scripts/postgres_local.sh), to be
 * introspected there.  The server ends with this process, however that ends.
 */
struct ddl {
	const char *dir, *url; /* of the server; NULL when there is none */
	const char *script;    /* that starts and stops it */
};

/**
 * ddl_start(d, a, e): start the server.  The script is looked for in $DATALCHEMY_LIBEXEC,
 * then in ../libexec/datalchemy, ../scripts, ../../../scripts beside the executable, then
 * in ./scripts.
 */
int ddl_start(struct ddl *d, struct arena *a, struct err *e);

/**
 * ddl_run(d, name, text, e):
 * Run the statements of ${text}, each on its own, as the owner of the database, who is no
 * superuser: the text cannot start programs or read files.  Extensions and the like are made for
 * it.  Roles it names and the server does not have are made; rows it copies in are passed over.  An
 * error says
 * "${name}:LINE: ...".
 */
int ddl_run(const struct ddl *d, const char *name, const struct buf *text, struct err *e);

/** ddl_stop(d): stop the server and remove all of it. */
void ddl_stop(const struct ddl *d);

#endif
