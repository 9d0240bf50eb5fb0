/* SPDX-License-Identifier: MIT */
/* progress: a line on a terminal, redrawn in place and gone at the end; nothing without one. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/stage/stage.h"
#include "tests/unit/check.h"

/* What is written to the terminal from now on. */
static const char *shown(int terminal)
{
	static char text[4096];
	ssize_t n;

	(void)fflush(stderr);
	n = read(terminal, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* stderr becomes a new terminal: our end of it, from which reading does not wait. */
static int terminal_open(void)
{
	int ours = posix_openpt(O_RDWR | O_NOCTTY), theirs;

	if (ours == -1 || grantpt(ours) == -1 || unlockpt(ours) == -1 ||
		(theirs = open(ptsname(ours), O_RDWR | O_NOCTTY)) == -1 ||
		dup2(theirs, STDERR_FILENO) == -1 || fcntl(ours, F_SETFL, O_NONBLOCK) == -1)
		return -1;
	(void)close(theirs);
	return ours;
}

static void there_is_none_without_a_terminal_that_can(int terminal)
{
	(void)setenv("TERM", "dumb", 1);
	CHECK(progress_start("gen-parents", 10) == NULL);
	(void)unsetenv("TERM");
	CHECK(progress_start("gen-parents", 10) == NULL);
	progress_add(NULL, 1);
	progress_tick(NULL);
	progress_end(NULL);
	CHECK_STR(shown(terminal), "");
}

/* Workers add to it, the parent draws. */
static void the_line_tells_what_workers_have_done(int terminal)
{
	struct progress *p;
	const char *line;
	pid_t worker;

	(void)setenv("TERM", "xterm", 1);
	p = progress_start("gen-children", 4000000);
	CHECK(p != NULL);
	worker = fork();
	if (worker == 0) {
		progress_add(p, 1234567);
		_exit(0);
	}
	(void)waitpid(worker, NULL, 0);
	progress_tick(p);
	line = shown(terminal);
	CHECK(strstr(line, "\r\033[Kgen-children   30 %  1,234,567 of 4,000,000  (") == line);
	CHECK(strstr(line, "/s)") != NULL && strchr(line, '\n') == NULL);
	progress_add(p, 1);
	progress_tick(p); /* too soon after the last */
	CHECK_STR(shown(terminal), "");
	progress_end(p);
	CHECK_STR(shown(terminal), "\r\033[K");
}

static void without_a_total_there_is_no_share(int terminal)
{
	struct progress *p = progress_start("load", 0);

	progress_add(p, 999);
	progress_tick(p);
	CHECK(strncmp(shown(terminal), "\r\033[Kload  999  (", 16) == 0);
	progress_end(p);
	(void)shown(terminal);
}

/* A pipeline that collects what is said on stderr hands the terminal on under another number. */
static void it_may_be_drawn_on_another_descriptor(int terminal, int elsewhere)
{
	int other = dup(STDERR_FILENO);
	char number[16];
	struct progress *p;

	(void)snprintf(number, sizeof(number), "%d", other);
	(void)dup2(elsewhere, STDERR_FILENO);
	CHECK(isatty(STDERR_FILENO) || progress_start("load", 0) == NULL);
	(void)setenv("DATALCHEMY_PROGRESS_FD", "nine", 1);
	CHECK(isatty(STDERR_FILENO) || progress_start("load", 0) == NULL);
	(void)setenv("DATALCHEMY_PROGRESS_FD", number, 1);
	p = progress_start("load", 0);
	(void)dup2(other, STDERR_FILENO);
	CHECK(p != NULL);
	progress_tick(p);
	CHECK(strncmp(shown(terminal), "\r\033[Kload  0  (", 14) == 0);
	progress_end(p);
	(void)shown(terminal);
	(void)close(other);
}

int main(void)
{
	int terminal, elsewhere, before = dup(STDERR_FILENO);

	CHECK(!isatty(STDERR_FILENO) ? progress_start("x", 1) == NULL : true);
	if ((terminal = terminal_open()) == -1)
		return 2;
	there_is_none_without_a_terminal_that_can(terminal);
	the_line_tells_what_workers_have_done(terminal);
	without_a_total_there_is_no_share(terminal);
	if ((elsewhere = open("/dev/null", O_WRONLY)) != -1)
		it_may_be_drawn_on_another_descriptor(terminal, elsewhere);
	(void)dup2(before, STDERR_FILENO);
	if (check_failed > 0)
		fprintf(stderr, "what failed was said on the terminal\n");
	return check_done();
}
