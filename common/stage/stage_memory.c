/* SPDX-License-Identifier: MIT */
/*
 * Memory for jansson, which does not survive without it: its scanner ignores that a buffer did not
 * grow (lex_save() of jansson 2.14 has no result), takes the text for wrong that it could not keep,
 * and may write behind the buffer's end. A good file would be called bad, or the process would
 * crash. So the process ends at once instead, as if the stage had returned an error that is
 * temporary: what it was writing has a temporary name, which the next call sweeps, and a server
 * that it was connected to rolls back.
 */
#include "common/stage/stage_memory.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "common/base/err.h"

/* No stdio, which might allocate. */
static void *get_or_end(size_t n)
{
	static const char out[] = ": out of memory\n";
	const char *name = program_invocation_short_name;
	void *p = malloc(n);

	if (p != NULL || n == 0)
		return p;
	(void)!write(STDERR_FILENO, name, strlen(name));
	(void)!write(STDERR_FILENO, out, sizeof(out) - 1);
	_exit(ERR_TEMP);
}

void stage_memory(void)
{
	json_set_alloc_funcs(get_or_end, free);
}
