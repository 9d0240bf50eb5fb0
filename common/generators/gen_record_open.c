/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_record_int.h"

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_form.h"

int record_open(struct record_state **s, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const char *name = "";

	if ((*s = arena_alloc(a, sizeof(**s))) == NULL)
		return err_nomem(e);
	(void)gen_arg_string(params, "record", a, &name);
	if (name == NULL)
		return err_nomem(e);
	(*s)->r = (struct record){.l = gen_locale(c),
		.key = c->table_key,
		.rows = c->table_rows,
		.after = c->table_after,
		.a = a};
	if ((*s)->r.rows == 0)
		(*s)->r.rows = 1;
	for (; *name != '\0'; name++)
		(*s)->r.key = rng_subkey((*s)->r.key, (unsigned char)*name);
	return 0;
}
