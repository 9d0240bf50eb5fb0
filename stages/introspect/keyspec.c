/* SPDX-License-Identifier: MIT */
#include "stages/introspect/keyspec.h"

#include <string.h>

#include "common/base/err.h"

struct reader {
	const char *p;
	struct arena *a;
	struct err *e;
};

static int bad(const struct reader *r, const char *what)
{
	if (*r->p == '\0')
		return err_set(r->e, ERR_INPUT, "--keys: %s, where it ends", what);
	return err_set(r->e, ERR_INPUT, "--keys: %s, at \"%.40s\"", what, r->p);
}

static void blanks(struct reader *r)
{
	r->p += strspn(r->p, " \t\n");
}

/* "a ""name""": the text between the quotes */
static int quoted(struct reader *r, const char **name)
{
	const char *p = r->p + 1;
	char *to = arena_alloc(r->a, strlen(p) + 1);
	size_t n = 0;

	if (to == NULL)
		return err_nomem(r->e);
	for (; *p != '\0' && (*p != '"' || p[1] == '"'); p++) {
		p += *p == '"';
		to[n++] = *p;
	}
	if (*p == '\0' || n == 0)
		return bad(r, *p == '\0' ? "a quote that nothing ends" : "an empty name");
	to[n] = '\0';
	r->p = p + 1;
	*name = to;
	return 0;
}

static int name(struct reader *r, const char **to)
{
	size_t n;

	blanks(r);
	if (*r->p == '"')
		return quoted(r, to);
	n = strcspn(r->p, ".,()\"");
	while (n > 0 && strchr(" \t\n", r->p[n - 1]) != NULL)
		n--;
	if (n == 0)
		return bad(r, "a name is missing");
	*to = arena_strndup(r->a, r->p, n);
	r->p += n;
	return *to == NULL ? err_nomem(r->e) : 0;
}

static int columns(struct reader *r, struct keyspec *k)
{
	size_t most = 1;

	for (const char *p = r->p; *p != '\0'; p++)
		most += *p == ',';
	if ((k->cols = arena_array(r->a, most, sizeof(*k->cols))) == NULL)
		return err_nomem(r->e);
	k->listed = true;
	do {
		r->p++; /* ( or , */
		blanks(r);
		if (*r->p == '*') {
			k->all = true;
			r->p++;
		} else if (name(r, &k->cols[k->ncols++]) == -1) {
			return -1;
		}
		blanks(r);
	} while (*r->p == ',');
	if (*r->p != ')')
		return bad(r, "the list of columns has no end");
	r->p++;
	return 0;
}

static int table(struct reader *r, struct keyspec *k)
{
	if (name(r, &k->schema) == -1)
		return -1;
	blanks(r);
	if (*r->p != '.')
		return bad(r, "write SCHEMA.TABLE or SCHEMA.TABLE(COLUMN,...)");
	r->p++;
	if (name(r, &k->table) == -1)
		return -1;
	blanks(r);
	if (*r->p == '(' && columns(r, k) == -1)
		return -1;
	blanks(r);
	return *r->p == ',' || *r->p == '\0' ? 0 : bad(r, "a comma is missing");
}

static bool there(const struct keyspec *v, uint32_t n, const struct keyspec *k)
{
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(v[i].schema, k->schema) == 0 && strcmp(v[i].table, k->table) == 0)
			return true;
	return false;
}

int keyspec_parse(const char *text, struct keyspec **v, uint32_t *n, struct arena *a, struct err *e)
{
	struct reader r = {.p = text, .a = a, .e = e};
	struct keyspec *all;
	size_t most = *n + 1UL;

	for (const char *p = text; *p != '\0'; p++)
		most += *p == ',';
	if ((all = arena_array(a, most, sizeof(*all))) == NULL)
		return err_nomem(e);
	if (*n > 0)
		memcpy(all, *v, *n * sizeof(*all));
	*v = all;
	for (;; r.p++) {
		if (table(&r, &all[*n]) == -1)
			return -1;
		if (there(all, *n, &all[*n]))
			return err_set(e, ERR_INPUT, "--keys: %s.%s is named twice", all[*n].schema,
				all[*n].table);
		++*n;
		if (*r.p == '\0')
			return 0;
	}
}
