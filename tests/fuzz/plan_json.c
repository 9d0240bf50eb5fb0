/* SPDX-License-Identifier: MIT */
/* Plans as people write them: read, checked against the schema, and what is wrong is placed. */
#include "common/base/str.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/issue.h"
#include "stages/plan-check/lists.h"
#include "stages/plan-check/resolve.h"
#include "stages/plan-check/shape.h"
#include "stages/plan-check/source.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	struct source src = {.text = BUF_INIT};
	struct buf text = BUF_INIT, said = BUF_INIT;
	struct check c = {0};

	fuzz_open();
	buf_add(&text, p, n);
	if (source_of(&src, &text, &e) == 0 && check_open(&c, src.json, &fuzz_schema, &a) == 0 &&
		shape_check(src.json, &c.is)) {
		struct plan plan = {0};
		struct rundir run = {.path = fuzz_run.path, .a = &a};
		struct options o = {.seed = src.seed, .null_rate = -1, .run = &run};

		check_document(&c);
		if (resolve(&c, &o, &plan, &e) == -1 && e.kind == ERR_TEMP)
			abort();
	}
	if (src.json != NULL) {
		issues_place(&c.is, (struct view){src.text.p, src.text.n});
		issues_text(&c.is, &said);
	}
	source_close(&src);
	buf_free(&said);
	buf_free(&text);
	arena_free(&a);
	return 0;
}
