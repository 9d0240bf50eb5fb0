/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_SQLTABLE_H
#define TESTS_UNIT_SQLTABLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/schema/schema.h"

/*
 * A table for tests of expressions, from text: lines of name, type, typmod, and
 * nothing, a collation, "enum a,b" or "domain base", tab-separated.  The text is
 * cut up and has to stay.
 */
enum { SQLTABLE_MAX = 64 };

static struct arena sqltable_arena = ARENA_INIT;

static _Noreturn void sqltable_die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(2);
}

/* The next line or field, cut off in place. */
static char *sqltable_cut(char **p, char at)
{
	char *s = *p, *e;

	if (s == NULL || (at == '\n' && *s == '\0'))
		return NULL;
	e = strchr(s, at);
	*p = e != NULL ? e + 1 : NULL;
	if (e != NULL)
		*e = '\0';
	return s;
}

static struct pg_type *sqltable_type(struct schema *s, const char *name)
{
	struct pg_type *t;
	size_t n = strlen(name);

	for (uint32_t k = 0; k < s->ntypes; k++)
		if (strcmp(s->types[k].name, name) == 0)
			return &s->types[k];
	t = &s->types[s->ntypes++];
	*t = (struct pg_type){.schema = "pg_catalog", .name = name, .cls = PG_OTHER, .typmod = -1};
	if (n > 2 && strcmp(name + n - 2, "[]") == 0) {
		t->cls = PG_ARRAY;
		t->elem = sqltable_type(s, arena_strndup(&sqltable_arena, name, n - 2));
		return t;
	}
	for (int c = 0; c < PG_CLASS_COUNT; c++)
		if (strcmp(pg_class_name((enum pg_class)c), name) == 0)
			t->cls = (enum pg_class)c;
	if (strcmp(name, "int4range") == 0 || strcmp(name, "tsrange") == 0) {
		t->cls = PG_RANGE;
		t->elem = sqltable_type(s, name[0] == 'i' ? "int4" : "timestamp");
	}
	return t;
}

static void sqltable_labels(struct pg_type *t, char *labels)
{
	t->cls = PG_ENUM;
	t->schema = "public";
	t->labels = arena_array(&sqltable_arena, 16, sizeof *t->labels);
	for (char *l; t->nlabels < 16 && (l = sqltable_cut(&labels, ',')) != NULL;)
		t->labels[t->nlabels++] = l;
}

static void sqltable_read(struct schema *s, struct pg_table *t, char *text)
{
	t->columns = arena_array(&sqltable_arena, SQLTABLE_MAX, sizeof *t->columns);
	for (char *line; (line = sqltable_cut(&text, '\n')) != NULL;) {
		struct pg_column *c = &t->columns[t->ncolumns++];
		char *type, *typmod;

		c->name = sqltable_cut(&line, '\t');
		type = sqltable_cut(&line, '\t');
		typmod = sqltable_cut(&line, '\t');
		if (type == NULL || typmod == NULL || t->ncolumns == SQLTABLE_MAX)
			sqltable_die("bad columns file");
		struct pg_type *ty = sqltable_type(s, type);
		if (line != NULL && strncmp(line, "enum ", 5) == 0)
			sqltable_labels(ty, line + 5);
		else if (line != NULL && strncmp(line, "domain ", 7) == 0) {
			ty->cls = PG_DOMAIN;
			ty->elem = sqltable_type(s, line + 7);
		} else if (line != NULL && *line != '\0')
			c->collation = line;
		c->type = ty;
		c->typmod = (int32_t)strtol(typmod, NULL, 10);
		c->position = (int16_t)t->ncolumns;
	}
}

#endif
