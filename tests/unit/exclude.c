/* SPDX-License-Identifier: MIT */
#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/sql/sql.h"
#include "tests/unit/check.h"

/* What pg_get_constraintdef() prints of exclusion constraints, read back. */

static struct arena a = ARENA_INIT;

/* "text op|text op ? predicate", or "no" */
static const char *told(const char *definition)
{
	struct sql_exclusion x;
	struct err e;
	const char *to = "";

	switch (sql_exclusion_of(definition, &x, &a, &e)) {
	case 0:
		break;
	case 1:
		return "no";
	default:
		return "no memory";
	}
	for (uint32_t i = 0; i < x.n; i++)
		to = arena_printf(
			&a, "%s%s%s %s", to, i > 0 ? "|" : "", x.parts[i].text, x.parts[i].op);
	return x.where != NULL ? arena_printf(&a, "%s ? %s", to, x.where) : to;
}

int main(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"EXCLUDE USING gist (during WITH &&)", "during &&"},
		{"EXCLUDE USING btree (c WITH =)", "c ="},
		{"EXCLUDE USING gist (room_id WITH =, tsrange(a, b) WITH &&) WHERE ((NOT "
		 "cancelled))",
			"room_id =|tsrange(a, b) && ? ((NOT cancelled))"},
		{"EXCLUDE USING gist (r WITH =, daterange(a, b, '[]'::text) WITH &&) INCLUDE (n) "
		 "WITH "
		 "(fillfactor='70') DEFERRABLE INITIALLY DEFERRED",
			"r =|daterange(a, b, '[]'::text) &&"},
		{"EXCLUDE USING gist (public.f(a, 'x) WITH =') WITH =) WHERE ((k <> ' WHERE "
		 "(y'::text))",
			"public.f(a, 'x) WITH =') = ? ((k <> ' WHERE (y'::text))"},
		{"EXCLUDE USING gist (\"a, b) WITH &&\" WITH =, \"Q\"\"q\" range_ops WITH &&)",
			"\"a, b) WITH &&\" =|\"Q\"\"q\" &&"},
		{"EXCLUDE USING gist (((a)::text || E'\\\\\\',') COLLATE \"C\" DESC WITH =)",
			"((a)::text || E'\\\\\\',') ="},
		{"EXCLUDE USING gist (t WITH OPERATOR(public.=), r WITH OPERATOR(pg_catalog.&&))",
			"t =|r &&"},
		{"EXCLUDE USING gist (a WITH =, b WITH <>)", "a =|b <>"},
		{"UNIQUE (a)", "no"},
		{"EXCLUDE USING gist", "no"},
		{"EXCLUDE USING gist (", "no"},
		{"EXCLUDE USING gist (a", "no"},
		{"EXCLUDE USING gist (a WITH", "no"},
		{"EXCLUDE USING gist ('a WITH =", "no"},
		{"EXCLUDE USING gist (f(a WITH =", "no"},
		{"EXCLUDE USING gist (a WITH =", "no"},
		{"EXCLUDE USING gist (a WITH =,", "no"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_STR(told(cases[i].in), cases[i].out);
	arena_free(&a);
	return check_done();
}
