/* SPDX-License-Identifier: MIT */
#include "common/plan/plan_int.h"

#include "common/base/err.h"
#include "common/io/json.h"
#include "common/io/msgpack.h"

/*
 * Tables that a plan leaves out or gives fewer rows than its default.  Reports tell of them; no
 * stage needs them to make rows.
 *
 *	skipped: [{schema, table, code, constraint?, reason, hint?}]
 *	clipped: [{schema, table, asked, rows, code, constraint?, reason, hint?}]
 */

struct plan_counts plan_counts(const struct plan *p)
{
	struct plan_counts n = {0, 0, 0};

	for (uint32_t i = 0; i < p->ntables; i++)
		n.filled += !p->tables[i].existing;
	for (uint32_t i = 0; i < p->nexceptions; i++) {
		n.skipped += p->exceptions[i].skipped;
		n.clipped += !p->exceptions[i].skipped;
	}
	return n;
}

static void pack_one(struct buf *b, const struct plan_exception *x)
{
	bool constraint = x->constraint != NULL, hint = x->hint != NULL;

	mp_map(b, 4 + 2 * !x->skipped + constraint + hint);
	mp_kstr(b, "schema", x->table->schema);
	mp_kstr(b, "table", x->table->name);
	if (!x->skipped) {
		mp_kuint(b, "asked", x->asked);
		mp_kuint(b, "rows", x->rows);
	}
	mp_kstr(b, "code", x->code);
	if (constraint)
		mp_kstr(b, "constraint", x->constraint);
	mp_kstr(b, "reason", x->reason);
	if (hint)
		mp_kstr(b, "hint", x->hint);
}

static void pack_list(struct buf *b, const struct plan *p, const char *key, bool skipped)
{
	struct plan_counts n = plan_counts(p);

	mp_str(b, key);
	mp_array(b, skipped ? n.skipped : n.clipped);
	for (uint32_t i = 0; i < p->nexceptions; i++)
		if (p->exceptions[i].skipped == skipped)
			pack_one(b, &p->exceptions[i]);
}

void plan_pack_exceptions(struct buf *b, const struct plan *p)
{
	pack_list(b, p, "skipped", true);
	pack_list(b, p, "clipped", false);
}

/* One of either list; it names a table of the schema, and says why. */
static int read_one(struct plan_exception *x, const msgpack_object *m, bool skipped,
	const struct schema *s, struct arena *a, struct err *e)
{
	const char *schema = mp_get_str(m, "schema", a), *table = mp_get_str(m, "table", a);

	*x = (struct plan_exception){.skipped = skipped,
		.asked = mp_get_uint(m, "asked", 0),
		.rows = mp_get_uint(m, "rows", 0),
		.code = mp_get_str(m, "code", a),
		.constraint = mp_get_str(m, "constraint", a),
		.reason = mp_get_str(m, "reason", a),
		.hint = mp_get_str(m, "hint", a)};
	if (schema != NULL && table != NULL)
		x->table = schema_table(s, schema, table);
	if (x->table == NULL || x->code == NULL || x->reason == NULL)
		return err_set(e, ERR_INPUT,
			"plan: a table that is skipped or clipped, and is not in the schema: rerun "
			"plan-check");
	return 0;
}

int plan_read_exceptions(struct plan *p, const msgpack_object *resolved, const struct schema *s,
	struct arena *a, struct err *e)
{
	size_t nskipped, nclipped;
	const msgpack_object *skipped = mp_get_array(resolved, "skipped", &nskipped);
	const msgpack_object *clipped = mp_get_array(resolved, "clipped", &nclipped);

	p->skips = mp_get(resolved, "skipped") != NULL;
	if (nskipped > s->ntables || nclipped > s->ntables)
		return err_set(e, ERR_INPUT, "plan: more tables skipped than the schema has");
	p->exceptions = arena_array(a, nskipped + nclipped + 1, sizeof(*p->exceptions));
	if (p->exceptions == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < nskipped + nclipped; i++) {
		bool is = i < nskipped;

		if (read_one(&p->exceptions[p->nexceptions++],
			    is ? &skipped[i] : &clipped[i - nskipped], is, s, a, e) == -1)
			return -1;
	}
	return 0;
}

/* ---- reports ------------------------------------------------------------------------------ */

static void one_json(struct jsonw *j, const struct plan_exception *x)
{
	jw_object(j);
	jw_kstr(j, "schema", x->table->schema);
	jw_kstr(j, "table", x->table->name);
	if (!x->skipped) {
		jw_kuint(j, "asked", x->asked);
		jw_kuint(j, "rows", x->rows);
	}
	jw_kstr(j, "code", x->code);
	if (x->constraint != NULL)
		jw_kstr(j, "constraint", x->constraint);
	jw_kstr(j, "reason", x->reason);
	if (x->hint != NULL)
		jw_kstr(j, "hint", x->hint);
	jw_end(j);
}

static void list_json(struct jsonw *j, const struct plan *p, const char *key, bool skipped)
{
	jw_key(j, key);
	jw_array(j);
	for (uint32_t i = 0; i < p->nexceptions; i++)
		if (p->exceptions[i].skipped == skipped)
			one_json(j, &p->exceptions[i]);
	jw_end(j);
}

void plan_exceptions_json(struct jsonw *j, const struct plan *p)
{
	struct plan_counts n = plan_counts(p);

	if (!p->skips)
		return;
	jw_key(j, "tables_by_outcome");
	jw_object(j);
	jw_kuint(j, "filled", n.filled);
	jw_kuint(j, "skipped", n.skipped);
	jw_kuint(j, "clipped", n.clipped);
	jw_end(j);
	list_json(j, p, "skipped", true);
	list_json(j, p, "clipped", false);
}
