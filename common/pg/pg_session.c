/* SPDX-License-Identifier: MIT */
/*
 * What a session has beside the settings that all of ours share: parameters that
 * the user gives, how long it waits for locks, and whether keys are checked.
 */
#include <limits.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/str.h"
#include "common/pg/pg.h"
#include "common/pg/pg_wait.h"

void pg_on_wait(struct pg *c, void (*waits)(const char *what))
{
	c->waits = waits;
}

int pg_lock_timeout(struct pg *c, const char *seconds, struct err *e)
{
	struct pg_rows *r;
	uint64_t n;

	if (seconds == NULL)
		return 0;
	if (!num_parse_u64(seconds, strlen(seconds), &n) || n > INT_MAX / 1000)
		return err_set(e, ERR_INPUT,
			"--lock-timeout takes seconds, a whole number; 0 waits for ever");
	r = pg_query(c, "SELECT pg_catalog.set_config('lock_timeout', $1 || 's', false)", 1,
		&seconds, e);
	return r != NULL ? pg_done(r, e) : -1;
}

int pg_keys_fire(struct pg *c, bool *fire, struct err *e)
{
	static const char ask[] = "SELECT pg_catalog.current_setting('session_replication_role')";
	struct pg_rows *r = pg_query(c, ask, 0, NULL, e);
	struct err refused = {.kind = ERR_NONE};

	if (r == NULL)
		return -1;
	*fire = strcmp(pg_str(r, 0, 0), "replica") != 0;
	if (pg_done(r, e) == -1)
		return -1;
	if (!*fire)
		*fire = pg_exec(c, "SET session_replication_role = origin", &refused) == 0;
	return 0;
}

int pg_set(struct pg *c, const char *const *settings, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		const char *equals = strchr(settings[i], '=');
		struct buf name = BUF_INIT;
		struct pg_rows *r = NULL;

		if (equals == NULL ||
			memchr(settings[i], '.', (size_t)(equals - settings[i])) == NULL)
			return err_set(e, ERR_INPUT,
				"--set takes NAME=VALUE of a custom parameter, whose name has a "
				"dot, as app.tenant=1");
		buf_add(&name, settings[i], (size_t)(equals - settings[i]));
		if (buf_ok(&name))
			r = pg_query(c, "SELECT pg_catalog.set_config($1, $2, false)", 2,
				(const char *const[]){name.p, equals + 1}, e);
		else
			(void)err_nomem(e);
		buf_free(&name);
		if (r == NULL)
			return err_wrap(e, "--set");
		pg_free(r);
	}
	return 0;
}
