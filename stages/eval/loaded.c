/* SPDX-License-Identifier: MIT */
/*
 * What reports say of the load.  A trigger that fired may have changed rows, and one that was off
 * has not done what it does for rows of the application: the rules above cannot tell either.
 */
#include "stages/eval/loaded.h"

#include <string.h>

#include "common/base/err.h"
#include "common/io/json_read.h"
#include "common/io/json_seal.h"
#include "common/io/rundir.h"

static const char *sentence(const struct audit *u, const json_t *o)
{
	if (json_is_true(json_object_get(o, "off")))
		return arena_printf(u->a, "%s.%s: trigger %s was off: %s", json_text(o, "schema"),
			json_text(o, "table"), json_text(o, "trigger"), json_text(o, "why"));
	return arena_printf(u->a, "%s.%s: trigger %s fired for every row, and may have changed it",
		json_text(o, "schema"), json_text(o, "table"), json_text(o, "trigger"));
}

static int read_triggers(
	struct loaded *to, const struct audit *u, const json_t *list, struct err *e)
{
	size_t n = json_array_size(list);

	to->triggers = arena_array(u->a, n + 1, sizeof(*to->triggers));
	if (to->triggers == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++) {
		const char *s = sentence(u, json_array_get(list, i));

		if (s == NULL)
			return err_nomem(e);
		to->triggers[to->ntriggers++] = s;
	}
	return 0;
}

int loaded_read(struct loaded *to, const struct audit *u, struct err *e)
{
	char *path = rundir_file(u->run, "receipts/load.json");
	json_t *j;
	int rc;

	*to = (struct loaded){NULL, 0};
	if (path == NULL)
		return err_nomem(e);
	/* a run that was not loaded has none */
	if ((rc = json_read_file(path, 0, &j, e)) != 1)
		return rc;
	if ((rc = json_sealed(j, e)) == -1)
		(void)err_wrap(e, "%s", path);
	else if (strcmp(json_text(j, "plan"), u->plan->digest) == 0)
		rc = read_triggers(to, u, json_object_get(j, "triggers"), e);
	json_decref(j);
	return rc;
}
