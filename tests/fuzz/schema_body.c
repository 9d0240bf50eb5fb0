/* SPDX-License-Identifier: MIT */
/* The body of schema.msgpack: what is taken can be written again, and compiled. */
#include "common/io/msgpack.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	msgpack_zone *zone = msgpack_zone_new(8192);
	msgpack_object doc;
	struct buf b = BUF_INIT;
	struct schema s;

	if (mp_check(p, n, &e) == 0 && mp_parse(zone, p, n, &doc, &e) == 0 &&
		schema_from_doc(&s, &doc, &a, &e) == 0 && sql_widen(&s, &a, &e) == 0)
		schema_json(&s, &b);
	buf_free(&b);
	msgpack_zone_free(zone);
	arena_free(&a);
	return 0;
}
