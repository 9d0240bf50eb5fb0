/* SPDX-License-Identifier: MIT */
/* Connection strings: what is shown of one is text, and memory is well. */
#include "common/io/redact.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena a = ARENA_INIT;
	struct redacted r;

	if (!redact_conn(fuzz_text(&a, p, n), &a, &r) || r.redacted == NULL)
		abort();
	arena_free(&a);
	return 0;
}
