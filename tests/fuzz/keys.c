/* SPDX-License-Identifier: MIT */
/* Files of keys, whose digests are not asked (they are in every file that somebody means to be
 * read): what is taken has values that can be read. */
#include "common/keys/keys.h"
#include "common/snapshot/snap.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	const char *path = fuzz_file("keys.msgpack", p, n);
	const struct keys_source from = {.paths = &path, .n = 1};
	struct keys *k = NULL;

	if (keys_open_files(&k, &from, SNAP_VALUES, &a, &e) == 0)
		(void)keys_rows(k);
	keys_close(k);
	arena_free(&a);
	return 0;
}
