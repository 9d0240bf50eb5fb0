/* SPDX-License-Identifier: MIT */
/*
 * The help page, made from the same table of options that they are read by, so
 * that it cannot differ from them. The layout is that of GNU programs, and of
 * what help2man expects.
 */
#include "common/stage/stage_help.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/stage/stage.h"

enum { GAP = 2, WIDEST = 34 };

static const struct opt own[] = {
	{"help", 'h', OPT_FLAG, NULL, NULL, "print this page"},
	{"version", 0, OPT_FLAG, NULL, NULL, "print the version"},
};

static const char exit_status[] = "  0   done\n"
				  "  1   refused, or violations found\n"
				  "  2   usage or bad input: the same call will fail again\n"
				  "  75  temporary (disk full, server away): a retry may help\n";

/* Headings are bold where a person looks at them. */
static void heading(FILE *out, const char *title)
{
	bool bold = isatty(fileno(out)) && getenv("NO_COLOR") == NULL;

	(void)fprintf(out, bold ? "\n\033[1m%s\033[0m\n" : "\n%s\n", title);
}

/* Lines of text, each after so many spaces. */
static void indented(FILE *out, const char *text, int by)
{
	while (*text != '\0') {
		int n = (int)strcspn(text, "\n");

		(void)fprintf(out, "%*s%.*s\n", n > 0 ? by : 0, "", n, text);
		text += n + (text[n] == '\n');
	}
}

static int label_width(const struct opt *o)
{
	return (int)strlen(o->name) + (o->arg == NULL ? 0 : 1 + (int)strlen(o->arg));
}

/* The widest label of the options, which decides where their texts begin. */
static int widest(const struct opt *o, size_t n, int most)
{
	for (size_t i = 0; i < n; i++) {
		int w = label_width(&o[i]);

		if (o[i].help != NULL && w > most && w <= WIDEST)
			most = w;
	}
	return most;
}

/* One option; further lines of its text stand under the first. */
static void option(FILE *out, const struct opt *o, int width)
{
	static const char margin[] = "  -x, --";
	int first = (int)strcspn(o->help, "\n"), label = label_width(o);

	if (o->letter != 0)
		(void)fprintf(out, "  -%c, --%s", o->letter, o->name);
	else
		(void)fprintf(out, "      --%s", o->name);
	if (o->arg != NULL)
		(void)fprintf(out, " %s", o->arg);
	if (label > width) { /* too wide for the column: the text starts below */
		(void)fputc('\n', out);
		label = -(int)(sizeof(margin) - 1);
	}
	(void)fprintf(out, "%*s%.*s\n", width - label + GAP, "", first, o->help);
	if (o->help[first] == '\n')
		indented(out, o->help + first + 1, (int)sizeof(margin) - 1 + width + GAP);
}

static void files(FILE *out, const char *title, const char *what)
{
	if (what == NULL)
		return;
	heading(out, title);
	indented(out, what, 2);
}

/* The page: usage, options, what is read and written, exit status. */
void stage_help(const struct stage *s, FILE *out)
{
	size_t nown = sizeof(own) / sizeof(own[0]);
	int width = widest(own, nown, widest(s->opts, s->nopts, 0));

	(void)fprintf(
		out, "usage: %s %s\n\n%s\n", s->name, s->usage == NULL ? "" : s->usage, s->about);
	heading(out, "Options");
	for (size_t i = 0; i < s->nopts; i++)
		if (s->opts[i].help != NULL) /* not an old name */
			option(out, &s->opts[i], width);
	for (size_t i = 0; i < nown; i++)
		option(out, &own[i], width);
	files(out, "Reads", s->reads);
	files(out, "Writes", s->writes);
	files(out, "Examples", s->examples);
	heading(out, "Exit status");
	(void)fputs(exit_status, out);
}
