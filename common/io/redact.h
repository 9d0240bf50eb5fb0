/* SPDX-License-Identifier: MIT */
#ifndef COMMON_REDACT_H
#define COMMON_REDACT_H

#include <stdbool.h>

#include "common/base/arena.h"

/*
 * redact: what may be known of a connection string.  Both forms libpq takes are
 * understood, engine://user:password@host:port/database?key=value and key=value words;
 * a string with neither is the name of a database, unless it has one of @ : /, and then nobody
 * knows what it is and all of it is masked.
 *
 * A value is shown only where its key is known to be harmless, so a key nobody has
 * heard of is masked.  Where a string can be read in two ways (a password with an @,
 * / or ? that was not percent-encoded) the reading that hides more is taken.
 */
struct redacted {
	const char *engine; /* the scheme; this and the others are NULL when absent */
	const char *user, *host, *database; /* percent-decoded */
	int port;			    /* -1 when absent or no number of 1..65535 */
	const char *redacted;		    /* the string, every secret written *** */
};

/** redact_conn(conn, a, r): false when memory is out.  What ${r} names lives in ${a}. */
bool redact_conn(const char *conn, struct arena *a, struct redacted *r);

#endif
