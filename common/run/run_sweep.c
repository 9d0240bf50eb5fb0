/* SPDX-License-Identifier: MIT */
/*
 * Removing files of a table that were made when it had another number of
 * shards. No stage reads them any more, but a person who concatenates all files
 * of a table would have rows twice.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/base/num.h"
#include "common/run/run_int.h"

/* The N of "I-of-N.ext"; 1 for an extension alone, 0 for neither. */
static uint64_t shards_of(const char *rest)
{
	size_t digits = strspn(rest, "0123456789"), more;
	uint64_t n;

	if (strstr(rest, ".tmp.") != NULL || strcmp(rest, RUNDIR_EXISTING) == 0)
		return 0;
	if (digits == 0 || strncmp(rest + digits, "-of-", 4) != 0)
		return 1;
	rest += digits + 4;
	more = strspn(rest, "0123456789");
	return rest[more] == '.' && num_parse_u64(rest, more, &n) ? n : 0;
}

/* Removes the files of a table that belong to another number of shards. */
static int sweep(const char *folder, const char *prefix, uint32_t shards, struct err *e)
{
	DIR *d = opendir(folder);
	size_t n = strlen(prefix);
	struct dirent *entry;
	int rc = 0;

	if (d == NULL)
		return err_sys(e, "open folder %s", folder);
	while (rc == 0 && (entry = readdir(d)) != NULL) {
		const char *name = entry->d_name;
		uint64_t had = strncmp(name, prefix, n) == 0 ? shards_of(name + n) : 0;

		if (had != 0 && had != shards && unlinkat(dirfd(d), name, 0) == -1 &&
			errno != ENOENT)
			rc = err_sys(e, "remove %s/%s", folder, name);
	}
	closedir(d);
	return rc;
}

/* In the folders of receipts, data and keys. */
int run_sweep(const struct run_job *j, const struct plan_table *t, struct err *e)
{
	static const struct {
		const char *folder, *before;
	} places[] = {{"receipts", "gen."}, {"data", ""}, {"keys", ""}};
	const char *name = rundir_table(j->run, t->table->schema, t->table->name);

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char *folder = rundir_file(j->run, places[i].folder);
		char *prefix = name == NULL
				       ? NULL
				       : arena_printf(j->run->a, "%s%s.", places[i].before, name);

		if (folder == NULL || prefix == NULL)
			return err_nomem(e);
		if (sweep(folder, prefix, t->shards, e) == -1)
			return -1;
	}
	return 0;
}
