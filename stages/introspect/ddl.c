/* SPDX-License-Identifier: MIT */
#include "stages/introspect/ddl.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/pg/pg.h"
#include "stages/introspect/sqltext.h"

extern char **environ;

/* ---- the server ------------------------------------------------------------------ */

static const char script_name[] = "postgres_local.sh";

/* The folder of this executable. */
static const char *own_folder(struct arena *a)
{
	char path[4096], *slash;
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL)
		return NULL;
	*slash = '\0';
	return arena_strdup(a, path);
}

static int find_script(struct ddl *d, struct arena *a, struct err *e)
{
	static const char *const beside[] = {
		"../libexec/datalchemy", "../scripts", "../../../scripts"};
	const char *libexec = getenv("DATALCHEMY_LIBEXEC"), *own = own_folder(a);
	char *path;

	if (libexec != NULL && libexec[0] != '\0') {
		path = arena_printf(a, "%s/%s", libexec, script_name);
		if (path == NULL)
			return err_nomem(e);
		if (access(path, R_OK) != 0)
			return err_sys(e, "DATALCHEMY_LIBEXEC: %s", path);
		d->script = path;
		return 0;
	}
	for (size_t i = 0; own != NULL && i < sizeof(beside) / sizeof(beside[0]); i++) {
		path = arena_printf(a, "%s/%s/%s", own, beside[i], script_name);
		if (path != NULL && access(path, R_OK) == 0) {
			d->script = path;
			return 0;
		}
	}
	d->script = "scripts/postgres_local.sh";
	if (access(d->script, R_OK) == 0)
		return 0;
	return err_set(e, ERR_INPUT, "%s is not found: name its folder in DATALCHEMY_LIBEXEC",
		script_name);
}

/* Read all of ${fd}, at most ${size} - 1 bytes of it, without the newline at the end. */
static void read_line(int fd, char *to, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n + 1 < size &&
		((got = read(fd, to + n, size - 1 - n)) > 0 || (got == -1 && errno == EINTR)))
		n += got > 0 ? (size_t)got : 0;
	to[n] = '\0';
	to[strcspn(to, "\n")] = '\0';
}

static int wait_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Run the script; what it prints goes to ${out}, one line. */
static int run_script(const char *const argv[], char *out, size_t size, struct err *e)
{
	posix_spawn_file_actions_t actions;
	int fd[2], rc;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) != 0)
		return err_sys(e, "pipe");
	rc = posix_spawn_file_actions_init(&actions);
	if (rc == 0) {
		rc = posix_spawn_file_actions_adddup2(&actions, fd[1], STDOUT_FILENO);
		if (rc == 0)
			rc = posix_spawnp(&pid, argv[0], &actions, NULL,
				(char *const *)(uintptr_t)argv, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	close(fd[1]);
	if (rc != 0) {
		close(fd[0]);
		errno = rc;
		return err_sys(e, "%s", argv[0]);
	}
	read_line(fd[0], out, size);
	close(fd[0]);
	rc = wait_status(pid);
	if (rc == 0)
		return 0;
	return err_set(
		e, rc == ERR_TEMP ? ERR_TEMP : ERR_INPUT, "the throwaway PostgreSQL did not start");
}

int ddl_start(struct ddl *d, struct arena *a, struct err *e)
{
	char dir[] = "/tmp/dlpg.XXXXXX", url[256], pid[24];

	if (find_script(d, a, e) != 0)
		return -1;
	if (mkdtemp(dir) == NULL)
		return err_sys(e, "%s", dir);
	(void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	if (run_script((const char *const[]){"bash", d->script, "start", dir, pid, NULL}, url,
		    sizeof(url), e) != 0) {
		(void)rmdir(dir);
		return -1;
	}
	d->dir = arena_strdup(a, dir);
	d->url = arena_strdup(a, url);
	return d->dir != NULL && d->url != NULL ? 0 : err_nomem(e);
}

void ddl_stop(const struct ddl *d)
{
	struct err ignored = {0};
	char out[16];

	if (d->dir != NULL)
		(void)run_script((const char *const[]){"bash", d->script, "stop", d->dir, NULL},
			out, sizeof(out), &ignored);
}

/* ---- the text --------------------------------------------------------------------- */

/* If the error is of a role that is not there (a dump names its owners): make it. */
static bool make_role(struct pg *pg, const struct err *e)
{
	static const char before[] = "role \"", after[] = "\" does not exist";
	const char *from = strstr(e->msg, before), *to = strstr(e->msg, after);
	struct err ignored = {0};
	struct buf sql = BUF_INIT;
	char name[128];
	bool made = false;

	if (from == NULL || to == NULL || to <= from + strlen(before))
		return false;
	from += strlen(before);
	if ((size_t)(to - from) >= sizeof(name))
		return false;
	memcpy(name, from, (size_t)(to - from));
	name[to - from] = '\0';
	buf_adds(&sql, "CREATE ROLE ");
	pg_ident(&sql, name);
	if (buf_ok(&sql))
		made = pg_exec(pg, sql.p, &ignored) == 0;
	buf_free(&sql);
	return made;
}

static int run_statement(struct pg *pg, struct view stmt, struct err *e)
{
	struct buf sql = BUF_INIT;
	int rc;

	buf_add(&sql, stmt.p, stmt.n);
	if (!buf_ok(&sql)) {
		buf_free(&sql);
		return err_nomem(e);
	}
	do
		rc = pg_exec(pg, sql.p, e);
	while (rc != 0 && make_role(pg, e));
	buf_free(&sql);
	return rc;
}

int ddl_run(const struct ddl *d, const char *name, const struct buf *text, struct err *e)
{
	struct sqltext t = sqltext_of(text->p != NULL ? text->p : "", text->n);
	struct pg *pg = pg_connect(d->url, "introspect", e);
	struct view stmt;
	uint32_t line;
	int more, rc = -1;

	if (pg == NULL)
		return -1;
	/* a script expects a session as psql has it, not the one that reads catalogues */
	if (pg_exec(pg, "RESET ALL; SET client_min_messages = 'error'", e) != 0)
		goto out;
	while ((more = sqltext_next(&t, &stmt, &line, e)) == 1)
		if (run_statement(pg, stmt, e) != 0) {
			err_wrap(e, "%s:%u", name, line);
			goto out;
		}
	rc = more;
	if (rc != 0)
		err_wrap(e, "%s", name);
out:
	pg_close(pg);
	return rc;
}
