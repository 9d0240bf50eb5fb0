/* SPDX-License-Identifier: MIT */
/* The body of plan.msgpack: names and numbers are the schema's, or it is refused. */
#include "common/io/msgpack.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	msgpack_zone *zone = msgpack_zone_new(8192);
	msgpack_object doc;
	struct plan plan;

	fuzz_open();
	if (mp_check(p, n, &e) == 0 && mp_parse(zone, p, n, &doc, &e) == 0)
		(void)plan_from_doc(&plan, &doc, &fuzz_schema, &a, &e);
	msgpack_zone_free(zone);
	arena_free(&a);
	return 0;
}
