/* SPDX-License-Identifier: MIT */
/* Receipts: one that is taken has every member, and its table's. */
#include <jansson.h>

#include "common/io/json_read.h"
#include "common/keys/receipt.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err e = {.kind = ERR_NONE};
	json_t *j;

	fuzz_open();
	j = json_read_text((const char *)p, n, JSON_REJECT_DUPLICATES, NULL, &e);
	for (uint32_t i = 0; j != NULL && i < fuzz_plan.ntables; i++) {
		struct arena a = ARENA_INIT;
		struct rundir run = {.path = fuzz_run.path, .a = &a};
		const struct plan_table *t = &fuzz_plan.tables[i];

		e = (struct err){.kind = ERR_NONE};
		if (receipt_check(&run, t, 0, j, &e) == 0 &&
			strcmp(json_text(j, "table_digest"), t->digest) != 0)
			abort();
		arena_free(&a);
	}
	json_decref(j);
	return 0;
}
