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
