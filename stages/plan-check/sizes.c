/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/sizes.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"

/* Names may hold dots: the table whose whole name it is, else the only one of that name. */
static const struct pg_table *named(
	const struct schema *s, const char *p, size_t n, uint32_t *candidates)
{
	const struct pg_table *alone = NULL;

	*candidates = 0;
	for (uint32_t i = 0; i < s->ntables; i++) {
		const struct pg_table *t = &s->tables[i];
		size_t k = strlen(t->schema), m = strlen(t->name);

		if (n == k + 1 + m && memcmp(p, t->schema, k) == 0 && p[k] == '.' &&
			memcmp(p + k + 1, t->name, m) == 0)
			return t;
		if (n == m && memcmp(p, t->name, m) == 0) {
			alone = t;
			++*candidates;
		}
	}
	return *candidates == 1 ? alone : NULL;
}

/* A part without a number for a table, or whose name says nothing: what to write instead. */
static int refuse_name(
	const char *option, const char *p, size_t n, uint32_t candidates, struct err *e)
{
	if (candidates > 1)
		return err_set(e, ERR_INPUT, "--%s: there are %u tables %.*s: write SCHEMA.%.*s",
			option, candidates, (int)n, p, (int)n, p);
	return err_set(e, ERR_INPUT, "--%s: there is no table %.*s: write SCHEMA.TABLE=N", option,
		(int)n, p);
}

static const char *last_equals(const char *p, size_t n)
{
	while (n > 0)
		if (p[--n] == '=')
			return p + n;
	return NULL;
}

static int parse_one(struct size_of *s, const char *option, const char *p, size_t n,
	const struct schema *schema, struct err *e)
{
	const char *eq = last_equals(p, n), *number = eq == NULL ? p : eq + 1;
	uint32_t candidates;

	s->table = NULL;
	if (eq != NULL && (s->table = named(schema, p, (size_t)(eq - p), &candidates)) == NULL)
		return refuse_name(option, p, (size_t)(eq - p), candidates, e);
	if (eq == NULL && named(schema, p, n, &candidates) != NULL)
		return err_set(e, ERR_INPUT,
			"--%s: \"%.*s\" has no number: write 'N;SCHEMA.TABLE=M'", option, (int)n,
			p);
	if (strcmp(option, "shards") == 0 && (size_t)(p + n - number) == strlen("auto") &&
		memcmp(number, "auto", strlen("auto")) == 0) {
		s->n = SIZE_AUTO;
		return 0;
	}
	if (!num_parse_count(number, (size_t)(p + n - number), &s->n) || s->n == 0)
		return err_set(e, ERR_INPUT,
			"--%s: \"%.*s\" is not a number above 0: write it as 1000, 10_000 or 10k",
			option, (int)(p + n - number), number);
	return 0;
}

int sizes_parse(struct sizes *s, const char *option, const char *text, const struct schema *schema,
	struct arena *a, struct err *e)
{
	size_t most = 1;

	*s = (struct sizes){NULL, 0};
	if (text == NULL)
		return 0;
	for (const char *p = text; *p != '\0'; p++)
		most += *p == ';';
	if ((s->v = arena_array(a, most, sizeof(*s->v))) == NULL)
		return err_nomem(e);
	for (const char *p = text;; p++) {
		size_t n = strcspn(p, ";");

		if (n > 0 && parse_one(&s->v[s->n++], option, p, n, schema, e) == -1)
			return -1;
		p += n;
		if (*p == '\0')
			return 0;
	}
}

/* The last number of those for exactly ${t}; NULL: for all. */
static bool last_of(const struct sizes *s, const struct pg_table *t, uint64_t *n)
{
	bool found = false;

	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].table != t)
			continue;
		*n = s->v[i].n;
		found = true;
	}
	return found;
}

bool sizes_of_all(const struct sizes *s, uint64_t *n)
{
	return last_of(s, NULL, n);
}

bool sizes_of_one(const struct sizes *s, const struct pg_table *t, uint64_t *n)
{
	return last_of(s, t, n);
}

bool sizes_get(const struct sizes *s, const struct pg_table *t, uint64_t *n)
{
	return sizes_of_one(s, t, n) || sizes_of_all(s, n);
}
