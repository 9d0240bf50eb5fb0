/* SPDX-License-Identifier: MIT */
/*
 * Removing files of a table that were made when it had another number of
 * shards. No stage reads them any more, but a person who concatenates all files
 * of a table would have rows twice. The folders are read once in a call, and not once for each
 * table: with 3,000 tables that was most of what gen-children did.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
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

/* ---- the folders, read once -------------------------------------------------------------- */

static const struct {
	const char *folder, *before;
} places[RUN_FOLDERS] = {{"receipts", "gen."}, {"data", ""}, {"keys", ""}};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of a folder's files, in memory of the call. */
static int read_folder(struct run_names *to, const char *path, struct arena *a, struct err *e)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	size_t cap = 0;
	int rc = 0;

	if (d == NULL)
		return err_sys(e, "open folder %s", path);
	while (rc == 0 && (errno = 0, entry = readdir(d)) != NULL) {
		if (to->n == cap) {
			const char **more = arena_array(a, cap * 2 + 64, sizeof(*more));

			if (more != NULL && to->n > 0)
				memcpy(more, to->name, to->n * sizeof(*more));
			to->name = more;
			cap = cap * 2 + 64;
		}
		if (to->name == NULL ||
			(to->name[to->n++] = arena_strdup(a, entry->d_name)) == NULL)
			rc = err_nomem(e);
	}
	if (rc == 0 && errno != 0)
		rc = err_sys(e, "read folder %s", path);
	closedir(d);
	if (rc == 0 && to->n > 1)
		qsort(to->name, to->n, sizeof(*to->name), by_name);
	return rc;
}

int run_folders_read(struct run_folders *f, const struct rundir *run, struct err *e)
{
	for (size_t i = 0; i < RUN_FOLDERS; i++) {
		char *path = rundir_file(run, places[i].folder);

		if (path == NULL)
			return err_nomem(e);
		if (read_folder(&f->in[i], path, run->a, e) == -1)
			return -1;
	}
	return 0;
}

/* The first name that is not before ${prefix}: those that begin with it follow. */
static size_t first_of(const struct run_names *in, const char *prefix)
{
	size_t lo = 0, hi = in->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(in->name[mid], prefix) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool run_had(const struct run_job *j, const char *folder, const char *name)
{
	const struct run_names *in = NULL;
	size_t i;

	for (i = 0; i < RUN_FOLDERS; i++)
		in = strcmp(places[i].folder, folder) == 0 ? &j->folders.in[i] : in;
	if (in == NULL)
		return false;
	i = first_of(in, name);
	return i < in->n && strcmp(in->name[i], name) == 0;
}

/* Removes the files of a table that belong to another number of shards. */
static int sweep(const struct run_names *in, const char *folder, const char *prefix,
	uint32_t shards, struct arena *a, struct err *e)
{
	size_t n = strlen(prefix);

	for (size_t i = first_of(in, prefix); i < in->n && strncmp(in->name[i], prefix, n) == 0;
		i++) {
		uint64_t had = shards_of(in->name[i] + n);
		char *path;

		if (had == 0 || had == shards)
			continue;
		if ((path = arena_printf(a, "%s/%s", folder, in->name[i])) == NULL)
			return err_nomem(e);
		if (unlink(path) == -1 && errno != ENOENT)
			return err_sys(e, "remove %s", path);
	}
	return 0;
}

/* In the folders of receipts, data and keys. */
int run_sweep(const struct run_job *j, const struct plan_table *t, struct err *e)
{
	const char *name = rundir_table(j->run, t->table->schema, t->table->name);

	for (size_t i = 0; i < RUN_FOLDERS; i++) {
		char *folder = rundir_file(j->run, places[i].folder);
		char *prefix = name == NULL
				       ? NULL
				       : arena_printf(j->run->a, "%s%s.", places[i].before, name);

		if (folder == NULL || prefix == NULL)
			return err_nomem(e);
		if (sweep(&j->folders.in[i], folder, prefix, t->shards, j->run->a, e) == -1)
			return -1;
	}
	return 0;
}
