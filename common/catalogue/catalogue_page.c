/* SPDX-License-Identifier: MIT */
/*
 * The catalogue as pages: plans/GENERATORS.md, and the manual's section 7. Both
 * are made of the table, and checked to be what it says today.
 */
#include "common/catalogue/catalogue.h"

#include <string.h>

#include "common/base/err.h"
#include "common/catalogue/catalogue_words.h"

enum { SHOWN = 3 }; /* values of each generator */

/* The part of an id before its last dot. */
static size_t group_of(const char *id)
{
	return (size_t)(strrchr(id, '.') - id);
}

static bool same_group(const char *a, const char *b)
{
	size_t n = group_of(a);

	return group_of(b) == n && memcmp(a, b, n) == 0;
}

/* A text within a table's cell. */
static void put_cell(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '|' || p[i] == '<' || p[i] == '*' || p[i] == '_' || p[i] == '`' ||
			p[i] == '[')
			buf_addc(b, '\\');
		buf_addc(b, p[i] == '\n' ? ' ' : p[i]);
	}
}

static const char *sample_locale(const struct catalogue_entry *x)
{
	const struct gen_op *op = x->gen;

	if (op == NULL || op->locale == NULL)
		return NULL;
	if (strcmp(op->locale, GEN_LOCALES) != 0)
		return op->locale;
	return op->default_locale != NULL ? op->default_locale : "en_US";
}

static int put_values(
	struct buf *b, const struct catalogue_entry *x, struct arena *a, struct err *e)
{
	struct catalogue_options o = {.samples = SHOWN, .seed = 42};
	struct catalogue_sample s;

	if (catalogue_sample(x, &o, sample_locale(x), &s, a, e) == -1)
		return e->kind == ERR_NO ? 0 : -1;
	for (uint32_t i = 0; i < s.n; i++) {
		buf_adds(b, i > 0 ? "; " : "");
		if (s.v[i].p == NULL)
			buf_adds(b, "NULL");
		else
			put_cell(b, s.v[i].p,
				s.v[i].n < 60 ? s.v[i].n : utf8_cut(s.v[i].p, s.v[i].n, 57));
		if (s.v[i].p != NULL && s.v[i].n >= 60)
			buf_adds(b, "...");
	}
	return 0;
}

static void put_params(struct buf *b, const struct catalogue_entry *x)
{
	char range[CATALOGUE_WORDS];

	for (const struct gen_param *p = x->params; p != NULL && p->name != NULL; p++) {
		buf_addf(b, "%s`%s`", p == x->params ? "" : ", ", p->name);
		if (p->need != GP_OPTIONAL)
			buf_adds(b, p->need == GP_REQUIRED ? " (required)" : " (one of these)");
		if (*catalogue_range(p, range) != '\0') {
			buf_adds(b, " (");
			put_cell(b, range, strlen(range));
			buf_addc(b, ')');
		}
	}
}

/* ---- Markdown ---------------------------------------------------------------------------- */

static int put_row(struct buf *b, const struct catalogue_entry *x, struct arena *a, struct err *e)
{
	buf_addf(b, "| `%s` | ", x->id);
	put_cell(b, x->help, strlen(x->help));
	buf_adds(b, " | ");
	put_params(b, x);
	buf_adds(b, " | ");
	if (put_values(b, x, a, e) == -1)
		return -1;
	buf_adds(b, " |\n");
	return 0;
}

static void put_group(struct buf *b, const char *id)
{
	buf_adds(b, "\n## ");
	buf_add(b, id, group_of(id));
	buf_adds(b, "\n\n| id | what it makes | parameters | values |\n|---|---|---|---|\n");
}

int catalogue_page(struct buf *b, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct catalogue c;
	int rc = catalogue_open(&c, &a, e);

	buf_adds(b, "# Generators and transforms\n\n"
		    "This page is made by `make catalogue` from the table of generators.  "
		    "`datalchemy generators ID` says more of one:\n"
		    "which columns it may fill, what it reads, the defaults of its parameters, how "
		    "many different values it has, and as many\n"
		    "of them as you ask for.  The values here are made with the parameters of its "
		    "example.\n");
	for (size_t i = 0; rc == 0 && i < c.n; i++) {
		if (i == 0 || !same_group(c.v[i].id, c.v[i - 1].id))
			put_group(b, c.v[i].id);
		rc = put_row(b, &c.v[i], &a, e);
	}
	arena_free(&a);
	return rc != 0 || buf_ok(b) ? rc : err_nomem(e);
}

/* ---- the manual -------------------------------------------------------------------------- */

/* A line of text: nothing in it is a request of troff. */
static void put_roff(struct buf *b, const char *s)
{
	if (*s == '.' || *s == '\'')
		buf_adds(b, "\\&");
	for (; *s != '\0'; s++)
		if (*s == '\\')
			buf_adds(b, "\\e");
		else if (*s == '-')
			buf_adds(b, "\\-");
		else
			buf_addc(b, *s);
	buf_addc(b, '\n');
}

static void put_manual_param(struct buf *b, const struct gen_param *p)
{
	char range[CATALOGUE_WORDS];
	struct buf text = BUF_INIT;

	buf_addf(&text, "%s", gen_pkind_name(p->kind));
	if (*catalogue_range(p, range) != '\0')
		buf_addf(&text, ", %s", range);
	if (p->need != GP_OPTIONAL)
		buf_adds(&text, p->need == GP_REQUIRED ? ", required" : ", or another instead");
	if (p->deflt != NULL && *p->deflt != '\0')
		buf_addf(&text, ", %s when left out", p->deflt);
	if (p->help != NULL)
		buf_addf(&text, ": %s", p->help);
	buf_adds(b, ".TP 16\n.B ");
	put_roff(b, p->name);
	if (buf_ok(&text))
		put_roff(b, text.p);
	else
		b->failed = true;
	buf_free(&text);
}

int catalogue_manual(struct buf *b, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct catalogue c;
	char words[CATALOGUE_WORDS];
	int rc = catalogue_open(&c, &a, e);

	buf_adds(b, ".TH DATALCHEMY\\-GENERATORS 7 \"\" Datalchemy\n.SH NAME\n"
		    "datalchemy\\-generators \\- what a plan may fill columns with\n"
		    ".SH DESCRIPTION\nGenerators make the values of columns; transforms change "
		    "them.  A rule of a plan names them by their ids.\n"
		    ".BR datalchemy\\-generators (1)\nshows values that each makes.\n");
	for (size_t i = 0; rc == 0 && i < c.n; i++) {
		if (i == 0 || !same_group(c.v[i].id, c.v[i - 1].id)) {
			buf_adds(b, ".SH ");
			buf_add(b, c.v[i].id, group_of(c.v[i].id));
			buf_addc(b, '\n');
		}
		buf_adds(b, ".SS ");
		put_roff(b, c.v[i].id);
		put_roff(b, c.v[i].help);
		if (c.v[i].gen != NULL) {
			buf_adds(b, ".br\nColumns: ");
			put_roff(b, catalogue_columns(c.v[i].gen, words));
		}
		if (c.v[i].example != NULL) {
			buf_adds(b, ".br\nExample: ");
			put_roff(b, c.v[i].example);
		}
		for (const struct gen_param *p = c.v[i].params; p != NULL && p->name != NULL; p++)
			put_manual_param(b, p);
	}
	buf_adds(b, ".SH SEE ALSO\n.BR datalchemy (1),\n.BR datalchemy\\-plan\\-check (1)\n");
	arena_free(&a);
	return rc != 0 || buf_ok(b) ? rc : err_nomem(e);
}
