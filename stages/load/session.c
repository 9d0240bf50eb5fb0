/* SPDX-License-Identifier: MIT */
#include "stages/load/load.h"

#include "common/base/err.h"
#include "common/stage/stage.h"

struct pg *session_open(const struct load *l, bool *keys_fire, struct err *e)
{
	struct pg *c = pg_connect(l->opt.conn, "datalchemy load", e);

	if (c == NULL)
		return NULL;
	if (pg_set(c, l->opt.set, l->opt.nset, e) == -1 ||
		pg_lock_timeout(c, l->opt.lock_timeout, e) == -1 ||
		pg_keys_fire(c, keys_fire, e) == -1) {
		pg_close(c);
		return NULL;
	}
	pg_on_wait(c, stage_waits);
	return c;
}

int session_begin(struct load *l, struct err *e)
{
	if ((l->pg = session_open(l, &l->keys_fire, e)) == NULL)
		return -1;
	if (!l->keys_fire)
		stage_warn("session_replication_role is replica for this role or database, and the "
			   "role may not set it: the server does not check foreign keys of tables "
			   "that are loaded in place, and their triggers do not fire");
	return 0;
}
