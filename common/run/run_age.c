/* SPDX-License-Identifier: MIT */
/*
 * How old make(1) takes a shard to be. A receipt is a function of the table's
 * stamp and of the receipts of its parents, so it is given the time of the
 * youngest of these, whenever it was written. A shard that was lost and is made
 * again thus does not make its children look stale.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "common/codec/enc.h"
#include "common/run/run_int.h"

/* Whether ${a} is before ${b}. */
static bool older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/*
 * The later of ${t} and the time of a file; one that is not there says nothing.
 */
static void later(struct timespec *t, const char *path)
{
	struct stat st;

	if (path != NULL && stat(path, &st) == 0 && older(t, &st.st_mtim))
		*t = st.st_mtim;
}

/*
 * A time that cannot be set costs make a call that finds nothing to do, and
 * nothing else.
 */
static void set_time(const char *path, const struct timespec *t)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, *t};

	/* a time that cannot be set costs make a call that finds nothing to do */
	if (path != NULL)
		(void)utimensat(AT_FDCWD, path, times, 0);
}

/*
 * What is made from a younger plan, and would be the same, must not look older
 * than it.
 */
static void not_older(const char *path, const struct timespec *t)
{
	struct stat st;

	if (path != NULL && stat(path, &st) == 0 && older(&st.st_mtim, t))
		set_time(path, t);
}

/* Sets the receipt's time to that of the youngest of what it depends on. */
void run_receipt_age(const struct run_job *j, const struct plan_table *t, uint32_t shard)
{
	const struct pg_table *p = t->table;
	const char *name = rundir_table(j->run, p->schema, p->name);
	struct timespec when = {0, 0};

	if (name != NULL)
		later(&when, arena_printf(j->run->a, "%s/tables/%s.digest", j->run->path, name));
	if (when.tv_sec == 0)
		return; /* nobody asked for rules of make */
	for (uint32_t i = 0; i < j->plan->ntables; i++) {
		const struct plan_table *parent = &j->plan->tables[i];

		/* of existing rows the table's stamp says enough: it has their digest */
		for (uint32_t s = 0;
			!parent->existing && plan_reads(j->plan, t, i) && s < parent->shards; s++)
			later(&when, data_receipt_path(j->run, parent, s));
	}
	not_older(data_path(j->run, t, shard, enc_format(p, j->format), j->level > 0), &when);
	not_older(rundir_shard(j->run, "keys", p->schema, p->name, shard, t->shards, "msgpack"),
		&when);
	set_time(data_receipt_path(j->run, t, shard), &when);
}
