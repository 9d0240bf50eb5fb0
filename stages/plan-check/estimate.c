/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/estimate.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/str.h"
#include "common/io/file.h"
#include "common/keys/dataset.h"
#include "common/schema/schema.h"
#include "common/stage/stage.h"

enum {
	SMALL = 1000,	      /* tables of so many rows are whole in every sample */
	FIRST_ROWS = 30000,   /* of the first sample, more or less */
	MOST_ROWS = 20000000, /* that are made whole, where no share of them can be */
	SECONDS = 1,	      /* of processor time that the last sample takes, more or less */
	WORDS = 40,
	EVAL_KEYS = 256 << 10, /* KiB: eval --memory; more keys go to a file */
};

enum { PARENTS, CHILDREN, EVAL, STAGES };

static const char *const stages[STAGES] = {"gen-parents", "gen-children", "eval"};

/* What the stages took of one sample. */
struct sample {
	double share; /* of the rows of tables that are not small */
	struct stage_cost {
		double seconds, kib;
		double rows, bytes;
	} of[STAGES];
};

struct estimate {
	const struct rundir *run;
	const struct plan *p;
	const char *const *words;
	size_t nwords;
	const char *bin, *dir; /* folders: of the stages, of a sample */
	struct arena a;
};

/* ---- processes ---------------------------------------------------------------------------- */

/* Runs a stage without a word from it; its status, or -1. */
static int call(struct estimate *x, const char *name, const char *const *argv, struct rusage *took,
	struct err *e)
{
	const char *path = arena_printf(&x->a, "%s/%s", x->bin, name);
	int status, null;
	pid_t pid;

	if (path == NULL)
		return err_nomem(e);
	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		return err_sys(e, "open /dev/null");
	if ((pid = fork()) == 0) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
		(void)dup2(null, STDERR_FILENO);
		execv(path, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(null);
	if (pid == -1)
		return err_sys(e, "start %s", name);
	while (wait4(pid, &status, 0, took) == -1)
		if (errno != EINTR)
			return err_sys(e, "wait for %s", name);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static double seconds_of(const struct rusage *r)
{
	return (double)(r->ru_utime.tv_sec + r->ru_stime.tv_sec) +
	       (double)(r->ru_utime.tv_usec + r->ru_stime.tv_usec) / 1e6;
}

/* ---- the folder ---------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static void remove_folder(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The sample's run directory, with the catalogue of the run. */
static int make_folder(struct estimate *x, struct err *e)
{
	const char *from = rundir_file(x->run, "schema.msgpack"), *to;
	char *name = arena_printf(&x->a, "%s/estimate.tmp.XXXXXX", x->run->path);
	struct buf b = BUF_INIT;
	int rc = -1;

	if (from == NULL || name == NULL)
		return err_nomem(e);
	if (mkdtemp(name) == NULL)
		return err_sys(e, "create %s", name);
	x->dir = name;
	if ((to = arena_printf(&x->a, "%s/schema.msgpack", name)) == NULL)
		err_nomem(e);
	else if (file_read(from, SIZE_MAX, &b, e) == 0)
		rc = file_replace(to, b.p, b.n, e);
	buf_free(&b);
	return rc;
}

/* ---- a sample ------------------------------------------------------------------------------ */

static uint64_t sampled(const struct plan_table *t, double share)
{
	double rows = (double)t->rows * share + 0.5;

	if (t->rows <= SMALL)
		return t->rows;
	return rows < 1 ? 1 : (uint64_t)rows;
}

static int stage_of(const struct plan_table *t)
{
	return t->level == 0 ? PARENTS : CHILDREN;
}

/* "a.b=1;c.d=2", for --rows. */
static const char *sizes_text(struct estimate *x, double share)
{
	struct buf b = BUF_INIT;
	const char *text;

	for (uint32_t i = 0; i < x->p->ntables; i++) {
		const struct plan_table *t = &x->p->tables[i];

		if (!t->existing)
			buf_addf(&b, "%s%s.%s=%llu", b.n > 0 ? ";" : "", t->table->schema,
				t->table->name, (unsigned long long)sampled(t, share));
	}
	text = buf_ok(&b) ? arena_strndup(&x->a, b.p, b.n) : NULL;
	buf_free(&b);
	return text;
}

/* Whether plan-check accepts the plan with so many rows: 1, 0 or -1. */
static int plan_sample(struct estimate *x, double share, struct err *e)
{
	const char *argv[WORDS] = {"plan-check"}, *rows = sizes_text(x, share);
	struct rusage took;
	size_t n = 1;
	int status;

	if (rows == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < x->nwords && n < WORDS - 7; i++)
		argv[n++] = x->words[i];
	argv[n++] = "--run";
	argv[n++] = x->dir;
	argv[n++] = "--shards";
	argv[n++] = "1";
	argv[n++] = "--rows";
	argv[n] = rows;
	if ((status = call(x, "plan-check", argv, &took, e)) == -1)
		return -1;
	return status == 0;
}

/* Bytes and rows that a stage has made. */
static int count(struct estimate *x, struct sample *s, struct err *e)
{
	struct rundir dir = {0};

	if (rundir_open(&dir, x->dir, &x->a, e) == -1)
		return -1;
	for (uint32_t i = 0; i < x->p->ntables; i++) {
		struct plan_table t = x->p->tables[i];
		struct stage_cost *c = &s->of[stage_of(&t)];
		const char *path;
		struct stat st;

		if (t.existing)
			continue;
		t.shards = 1;
		if ((path = data_path(&dir, &t, 0, DATA_CSV, false)) == NULL)
			return err_nomem(e);
		if (stat(path, &st) == -1)
			return err_sys(e, "--estimate: %s", path);
		c->rows += (double)sampled(&t, s->share);
		c->bytes += (double)st.st_size;
	}
	s->of[EVAL].rows = s->of[PARENTS].rows + s->of[CHILDREN].rows;
	s->of[EVAL].bytes = s->of[PARENTS].bytes + s->of[CHILDREN].bytes;
	return 0;
}

static int run_stages(struct estimate *x, struct sample *s, struct err *e)
{
	for (int i = 0; i < STAGES; i++) {
		const char *argv[] = {
			stages[i], "--run", x->dir, i == EVAL ? "--no-strict" : NULL, NULL};
		struct rusage took;
		int status = call(x, stages[i], argv, &took, e);

		if (status == -1)
			return -1;
		if (status != 0)
			return err_set(e, status == 75 ? ERR_TEMP : ERR_INPUT,
				"--estimate: %s of a sample ends with status %d", stages[i],
				status);
		s->of[i].seconds = seconds_of(&took);
		s->of[i].kib = (double)took.ru_maxrss;
	}
	return count(x, s, e);
}

/* 1: taken; 0: the plan does not allow for so few rows; -1. */
static int take_sample(struct estimate *x, double share, struct sample *s, struct err *e)
{
	int rc;

	*s = (struct sample){.share = share};
	x->dir = NULL;
	rc = make_folder(x, e);
	if (rc == 0)
		rc = plan_sample(x, share, e);
	if (rc == 1 && run_stages(x, s, e) == -1)
		rc = -1;
	if (x->dir != NULL)
		remove_folder(x->dir);
	return rc;
}

static double all_seconds(const struct sample *s)
{
	return s->of[PARENTS].seconds + s->of[CHILDREN].seconds + s->of[EVAL].seconds;
}

/* ---- the whole run --------------------------------------------------------------------------- */

static double rows_of(const struct plan *p, int stage)
{
	double rows = 0;

	for (uint32_t i = 0; i < p->ntables; i++)
		if (!p->tables[i].existing && (stage == EVAL || stage_of(&p->tables[i]) == stage))
			rows += (double)p->tables[i].rows;
	return rows;
}

/* A straight line through two points, at ${x}; it does not fall. */
static double line(double x1, double y1, double x2, double y2, double x)
{
	double slope = x2 > x1 ? (y2 - y1) / (x2 - x1) : 0;

	return y2 + (slope > 0 ? slope : 0) * (x - x2);
}

static void say_line(const struct plan *p, int i, const struct sample *a, const struct sample *b)
{
	const struct stage_cost *s = &a->of[i], *t = &b->of[i];
	double rows = rows_of(p, i);
	double kib = line(s->rows, s->kib, t->rows, t->kib, rows);

	if (i == EVAL && kib > t->kib + EVAL_KEYS)
		kib = t->kib + EVAL_KEYS;
	stage_say("%-13s %15s %12.1f %10.1f %8.0f", stages[i], num_people((uint64_t)rows).s,
		line(s->rows, s->bytes, t->rows, t->bytes, rows) / 1e6,
		line(s->rows, s->seconds, t->rows, t->seconds, rows), kib / 1024);
}

static void say_estimate(const struct plan *p, const struct sample *a, const struct sample *b)
{
	double seconds = all_seconds(b) + (a->share < b->share ? all_seconds(a) : 0);

	stage_say("estimate: %s of %s rows were made and audited in %.1f s of one core%s",
		num_people((uint64_t)b->of[EVAL].rows).s, num_people((uint64_t)rows_of(p, EVAL)).s,
		seconds, b->share < 1 ? ", the rest in proportion" : "");
	stage_say("%-13s %15s %12s %10s %8s", "stage", "rows", "MB of CSV", "CPU s", "MiB");
	for (int i = 0; i < STAGES; i++)
		say_line(p, i, a, b);
	stage_say("MiB of generators are mostly mapped key snapshots, which the kernel can take "
		  "back; what load costs is the server's");
}

/*
 * The smallest sample of at least ${rows} rows that the plan allows for. Numbers of children that
 * are bound to those of parents are kept by round shares of round numbers, and by few others.
 */
static int next_sample(struct estimate *x, double rows, struct sample *s, struct err *e)
{
	static const double round[] = {
		1e5, 5e4, 2e4, 1e4, 5e3, 2e3, 1e3, 500, 200, 100, 50, 20, 10, 5, 2};
	double all = rows_of(x->p, EVAL);

	for (size_t i = 0; i < sizeof(round) / sizeof(round[0]); i++) {
		int taken = all / round[i] < rows ? 0 : take_sample(x, 1 / round[i], s, e);

		if (taken != 0)
			return taken;
	}
	if (all > MOST_ROWS)
		return err_set(e, ERR_NO,
			"--estimate: the plan is accepted, but not with a half, a tenth or a "
			"hundredth of its rows: give it rounder numbers of rows, or run it");
	return take_sample(x, 1, s, e);
}

static int samples(struct estimate *x, struct err *e)
{
	struct sample a, b;

	if (next_sample(x, FIRST_ROWS, &a, e) == -1)
		return -1;
	b = a;
	if (a.share < 1 && next_sample(x, a.of[EVAL].rows * 2, &b, e) == -1)
		return -1;
	/* longer, where it was too short to say much */
	if (b.share < 1 && all_seconds(&b) < SECONDS / 2.0 &&
		next_sample(x, b.of[EVAL].rows * SECONDS / all_seconds(&b), &b, e) == -1)
		return -1;
	say_estimate(x->p, &a, &b);
	return 0;
}

/* The folder of this program, where the other stages are. */
static const char *folder_of_stages(struct arena *a, struct err *e)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n == -1) {
		err_sys(e, "--estimate: /proc/self/exe");
		return NULL;
	}
	path[n] = '\0';
	if ((slash = strrchr(path, '/')) != NULL)
		*slash = '\0';
	slash = arena_strdup(a, path);
	if (slash == NULL)
		err_nomem(e);
	return slash;
}

int estimate_run(const struct rundir *run, const struct plan *p, const char *const *words,
	size_t nwords, struct err *e)
{
	struct estimate x = {.run = run, .p = p, .words = words, .nwords = nwords, .a = ARENA_INIT};
	int rc = -1;

	for (uint32_t i = 0; i < p->ntables; i++)
		if (p->tables[i].existing || p->tables[i].append) {
			err_set(e, ERR_INPUT,
				"--estimate: %s.%s has rows in the database, of which no sample "
				"can "
				"be made",
				p->tables[i].table->schema, p->tables[i].table->name);
			return -1;
		}
	if ((x.bin = folder_of_stages(&x.a, e)) != NULL)
		rc = samples(&x, e);
	arena_free(&x.a);
	return rc;
}
