/* SPDX-License-Identifier: MIT */
/*
 * The main program of every stage: options, help, errors and the exit status.
 *
 * A stage is data (struct stage): its name, what it reads and writes, a table
 * of options, and a function. stage_main() reads the options into the variables
 * that the table names, calls the function, prints the error if there is one,
 * and chooses the exit status by its kind. Nothing else in common/ prints or
 * exits.
 *
 * Arguments may hold a password (in a connection string). They are copied, and
 * what ps(1) shows is overwritten at once.
 */
#include "common/stage/stage.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/str.h"
#include "common/base/visible.h"
#include "common/stage/stage_help.h"
#include "common/stage/stage_memory.h"

enum { OPTS = 64 };

/*
 * A walk over the arguments. Options point into copies: argv itself is what
 * ps(1) sees.
 */
struct walk {
	const struct stage *s;
	int argc, i;
	char **argv, **copy;
	bool seen[OPTS];
	size_t nargs;
	bool help, version;
};

/* ---- secrets ------------------------------------------------------------- */

/* Whether an argument may hold a password. */
static bool is_connection(const char *arg)
{
	return strstr(arg, "://") != NULL || strstr(arg, "password=") != NULL;
}

/* Overwrites what ps(1) shows of argument ${i}, from that byte on. */
static void hide(const struct walk *w, int i, size_t from)
{
	char *arg = w->argv[i];
	size_t n = strlen(arg);

	if (from < n)
		memset(arg + from, 'x', n - from);
}

/* One block: the stage's name, then the copies of the arguments.  Lives as long as the process.
 * The list of copies is the caller's to free, also when memory is out. */
static bool copy_args(struct walk *w)
{
	size_t name = strlen(w->s->name) + 1, n = name;
	char *p;

	for (int i = 0; i < w->argc; i++)
		n += strlen(w->argv[i]) + 1;
	if ((w->copy = calloc((size_t)w->argc + 1, sizeof(*w->copy))) == NULL)
		return false;
	if ((p = malloc(n)) == NULL)
		return false;
	program_invocation_short_name = memcpy(p, w->s->name, name);
	p += name;
	for (int i = 0; i < w->argc; i++) {
		size_t len = strlen(w->argv[i]) + 1;

		w->copy[i] = memcpy(p, w->argv[i], len);
		p += len;
		if (i > 0 && is_connection(w->argv[i])) {
			const char *eq = strchr(w->argv[i], '=');
			bool named = w->argv[i][0] == '-' && eq != NULL;

			hide(w, i, named ? (size_t)(eq - w->argv[i]) + 1 : 0);
		}
	}
	return true;
}

/* ---- options ------------------------------------------------------------- */

static int set_flag(const struct opt *o, const char *v, struct err *e)
{
	(void)v;
	(void)e;
	*(bool *)o->to = true;
	return 0;
}

static int set_str(const struct opt *o, const char *v, struct err *e)
{
	(void)e;
	*(const char **)o->to = v;
	return 0;
}

/* A whole number, with a suffix if one likes: 10k, 5m. */
static int set_u64(const struct opt *o, const char *v, struct err *e)
{
	uint64_t u;

	if (!num_parse_count(v, strlen(v), &u))
		return err_set(e, ERR_INPUT, "--%s: not a whole number: %s", o->name, v);
	*(uint64_t *)o->to = u;
	return 0;
}

static int set_u32(const struct opt *o, const char *v, struct err *e)
{
	uint64_t u;

	if (!num_parse_count(v, strlen(v), &u))
		return err_set(e, ERR_INPUT, "--%s: not a whole number: %s", o->name, v);
	if (u > UINT32_MAX)
		return err_set(e, ERR_INPUT, "--%s: too large: %s", o->name, v);
	*(uint32_t *)o->to = (uint32_t)u;
	return 0;
}

/* An option that may be given several times. */
static int set_list(const struct opt *o, const char *v, struct err *e)
{
	struct opt_list *l = o->to;

	if (l->n == sizeof(l->v) / sizeof(l->v[0]))
		return err_set(e, ERR_INPUT, "--%s: given more than %zu times", o->name, l->n);
	l->v[l->n++] = v;
	return 0;
}

static int (*const setters[])(const struct opt *, const char *, struct err *) = {
	[OPT_FLAG] = set_flag,
	[OPT_STR] = set_str,
	[OPT_U32] = set_u32,
	[OPT_U64] = set_u64,
	[OPT_LIST] = set_list,
};

/* The error for an option that there is not, with the nearest one as a hint. */
static int unknown(const struct walk *w, const char *name, size_t n, struct err *e)
{
	const char *near = NULL;
	size_t least = 3;

	for (size_t i = 0; i < w->s->nopts; i++) {
		size_t d = str_distance(name, n, w->s->opts[i].name);

		if (d < least && w->s->opts[i].help != NULL) {
			least = d;
			near = w->s->opts[i].name;
		}
	}
	if (near != NULL)
		return err_set(e, ERR_INPUT, "unknown option --%.*s (did you mean --%s?)", (int)n,
			name, near);
	return err_set(e, ERR_INPUT, "unknown option --%.*s (see --help)", (int)n, name);
}

/* The option that an old name stands for. */
static const struct opt *renamed(const struct walk *w, const struct opt *old)
{
	const struct opt *o = w->s->opts;

	while (strcmp(o->name, old->arg) != 0)
		o++;
	stage_warn(
		"--%s is called --%s now: the old name will not work for ever", old->name, o->name);
	return o;
}

/*
 * Option o is there; value is what stood in the same argument, from that byte of it,
 * or NULL: then it is the next argument.
 */
static int take(struct walk *w, const struct opt *o, const char *value, struct err *e)
{
	size_t from = 0, k;

	if (o->help == NULL)
		o = renamed(w, o);
	k = (size_t)(o - w->s->opts);
	if (w->seen[k] && o->kind != OPT_LIST)
		return err_set(e, ERR_INPUT, "--%s: given twice", o->name);
	w->seen[k] = true;
	if (o->kind == OPT_FLAG && value != NULL)
		return err_set(e, ERR_INPUT, "--%s: takes no value", o->name);
	if (o->kind != OPT_FLAG) {
		if (value != NULL)
			from = (size_t)(value - w->copy[w->i]);
		else if (w->i + 1 < w->argc)
			value = w->copy[++w->i];
		else
			return err_set(e, ERR_INPUT, "--%s: %s is missing", o->name, o->arg);
		if (o->arg != NULL && strcmp(o->arg, "URL") == 0)
			hide(w, w->i, from);
	}
	return setters[o->kind](o, value, e);
}

/* --name, --name=value or --name value. */
static int take_long(struct walk *w, const char *name, struct err *e)
{
	const char *eq = strchr(name, '=');
	size_t n = eq == NULL ? strlen(name) : (size_t)(eq - name);

	for (size_t i = 0; i < w->s->nopts; i++) {
		const struct opt *o = &w->s->opts[i];

		if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
			return take(w, o, eq == NULL ? NULL : eq + 1, e);
	}
	if (strcmp(name, "help") == 0)
		w->help = true;
	else if (strcmp(name, "version") == 0)
		w->version = true;
	else
		return unknown(w, name, n, e);
	return 0;
}

/* The option with that letter, or NULL. */
static const struct opt *by_letter(const struct stage *s, char c)
{
	for (size_t i = 0; i < s->nopts; i++)
		if (s->opts[i].letter == c)
			return &s->opts[i];
	return NULL;
}

/* "-nv", "-j4", "-j 4" */
static int take_short(struct walk *w, const char *letters, struct err *e)
{
	for (; *letters != '\0'; letters++) {
		const struct opt *o = by_letter(w->s, *letters);

		if (o == NULL && *letters == 'h')
			w->help = true;
		else if (o == NULL)
			return err_set(e, ERR_INPUT, "unknown option -%c (see --help)", *letters);
		else if (o->kind != OPT_FLAG)
			return take(w, o, letters[1] == '\0' ? NULL : letters + 1, e);
		else if (take(w, o, NULL, e) == -1)
			return -1;
	}
	return 0;
}

/* An argument that is no option. */
static int take_arg(struct walk *w, const char *arg, struct err *e)
{
	if (w->nargs == w->s->nargs)
		return err_set(e, ERR_INPUT, "unexpected argument %s (see --help)",
			is_connection(arg) ? "(a connection string: use --conn)" : arg);
	w->s->args[w->nargs++] = arg;
	return 0;
}

/* Options and arguments in any order; "--" ends the options. */
static int parse(struct walk *w, struct err *e)
{
	bool plain = false;

	for (w->i = 1; w->i < w->argc && !w->help && !w->version; w->i++) {
		const char *arg = w->copy[w->i];
		int rc = 0;

		if (plain || arg[0] != '-' || arg[1] == '\0')
			rc = take_arg(w, arg, e);
		else if (arg[1] != '-')
			rc = take_short(w, arg + 1, e);
		else if (arg[2] == '\0')
			plain = true;
		else
			rc = take_long(w, arg + 2, e);
		if (rc == -1)
			return -1;
	}
	return 0;
}

/* ---- main ---------------------------------------------------------------- */

/* Whether whoever read our stdout went away, as head(1) does. */
static bool reader_gone(void)
{
	struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLERR) != 0;
}

/*
 * Results that did not reach stdout are a failure, unless nobody wants them any
 * more.
 */
static int flush_results(int rc, struct err *e)
{
	bool lost = fflush(stdout) != 0;

	if (!lost && !ferror(stdout))
		return rc;
	if (reader_gone())
		return 0;
	return rc == -1 ? -1 : err_sys(e, "write results");
}

/*
 * Reads the arguments, shows help or version if that was asked for, and else
 * calls the stage.
 */
static int run(struct walk *w, struct err *e)
{
	assert(w->s->nopts <= OPTS);
	if (!copy_args(w))
		return err_nomem(e);
	if (parse(w, e) == -1)
		return -1;
	if (w->help)
		stage_help(w->s, stdout);
	else if (w->version)
		stage_say("%s (datalchemy) " STAGE_VERSION, w->s->name);
	else
		return w->s->run(e);
	return 0;
}

/*
 * What a program inherits beside its arguments, made what every program expects.
 *
 * Who ignores SIGCHLD (a daemon, a container's first process) hands that on, and then the kernel
 * forgets children as they end: waitpid() finds none, so that how a worker or a throwaway server
 * ended could not be known.  A limit on the size of files is to be an error of write(), which names
 * the file, as a full disk is.  Where one of the three standard descriptors is closed, the next
 * file opened would get its number, and messages would be written into that file: /dev/null takes
 * the place, for stdout one that cannot be written to, since results that are lost are an error.
 */
static void settle(void)
{
	static const int modes[] = {O_RDONLY, O_RDONLY, O_WRONLY};

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_IGN);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1)
			(void)!open("/dev/null", modes[fd]);
}

/*
 * A pipeline that calls a stage names itself, the stage's parent, in DATALCHEMY_PARENT.  When it is
 * killed, the stage ends too (prctl(2), PR_SET_PDEATHSIG): nobody would be left to stop a load that
 * nobody wants any more.  Another parent than the one named means that it was killed before that.
 */
static void end_with_pipeline(void)
{
	const char *named = getenv("DATALCHEMY_PARENT");
	int64_t pid;

	if (named == NULL || !num_parse_i64(named, strlen(named), &pid))
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (pid != getppid())
		_exit(ERR_TEMP);
	(void)unsetenv("DATALCHEMY_PARENT");
}

/*
 * One line for whoever has stopped the stage, and then the signal's own end, so that the caller
 * sees which it was. Only what may be called in a handler is (signal-safety(7)).
 */
static void stopped(int signal_number)
{
	static const char interrupt[] = ": stopped by SIGINT: call again to go on\n",
			  terminate[] = ": stopped by SIGTERM: call again to go on\n";
	const char *name = program_invocation_short_name;
	const char *what = signal_number == SIGINT ? interrupt : terminate;

	(void)!write(STDERR_FILENO, name, strlen(name));
	(void)!write(STDERR_FILENO, what, strlen(what));
	(void)raise(signal_number);
}

/* What is ignored already, as nohup(1) and a shell's & have it, stays so. */
static void say_when_stopped(void)
{
	static const int signals[] = {SIGINT, SIGTERM};
	struct sigaction was, now = {.sa_handler = stopped, .sa_flags = SA_RESETHAND | SA_NODEFER};

	(void)sigemptyset(&now.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &was) == 0 && was.sa_handler == SIG_DFL)
			(void)sigaction(signals[i], &now, NULL);
}

/* The exit status is the error's kind; the table is in stage.h. */
int stage_main(const struct stage *s, int argc, char **argv)
{
	struct walk w = {.s = s, .argc = argc, .argv = argv};
	struct err e = {.kind = ERR_NONE};
	char line[VISIBLE_GROWS * sizeof(e.msg)];
	int rc;

	settle();
	stage_memory();
	say_when_stopped();
	end_with_pipeline();
	rc = flush_results(run(&w, &e), &e);
	free(w.copy);
	if (rc == 0)
		return 0;
	(void)fprintf(stderr, "%s: %s\n", s->name, visible_line(line, sizeof(line), e.msg));
	assert(e.kind != ERR_NONE);
	return (int)e.kind;
}
