/* SPDX-License-Identifier: MIT */
/*
 * Lists are found by name, in the locale and then in what stands behind it. A
 * locale has some dozens, and a generator asks when it is prepared, so that a
 * linear search will do.
 */
#include "common/generators/locale.h"

#include <stdio.h>
#include <string.h>

/* The locale that compiled data has under the name, "any" included. */
static const struct locale *compiled(const char *name)
{
	for (size_t i = 0; locale_all[i] != NULL; i++)
		if (strcmp(locale_all[i]->name, name) == 0)
			return locale_all[i];
	return NULL;
}

/* Whether the data is that of a locale, and not what all of them share. */
static bool is_locale(const struct locale *l)
{
	return l != NULL && l->rest != NULL;
}

const struct locale *locale_find(const char *name)
{
	const struct locale *l = compiled(name);

	return is_locale(l) ? l : NULL;
}

const struct locale *locale_in(const struct locale_set *set, const char *name)
{
	for (uint32_t i = 0; set != NULL && i < set->n; i++)
		if (is_locale(&set->v[i]) && strcmp(set->v[i].name, name) == 0)
			return &set->v[i];
	return locale_find(name);
}

size_t locale_count(void)
{
	size_t n = 0;

	for (size_t i = 0; locale_all[i] != NULL; i++)
		n += is_locale(locale_all[i]);
	return n;
}

const struct locale *locale_at(size_t i)
{
	for (size_t k = 0; locale_all[k] != NULL; k++)
		if (is_locale(locale_all[k]) && i-- == 0)
			return locale_all[k];
	return NULL;
}

const char *locale_names(char *to)
{
	size_t n = 0, count = locale_count();

	to[0] = '\0';
	for (size_t i = 0; i < count && n < LOCALE_NAMES; i++)
		n += (size_t)snprintf(to + n, LOCALE_NAMES - n, "%s%s",
			i == 0		 ? ""
			: i + 1 == count ? " or "
					 : ", ",
			locale_at(i)->name);
	return to;
}

const struct locale_list *locale_list(const struct locale *l, const char *name)
{
	for (; l != NULL; l = l->rest)
		for (uint32_t i = 0; i < l->nlists; i++)
			if (strcmp(l->lists[i].name, name) == 0)
				return &l->lists[i];
	return NULL;
}

static bool has_key(const struct locale_list *forms, const char *key)
{
	for (uint32_t i = 0; i < forms->n; i++)
		if (strcmp(forms->v[i].p, key) == 0)
			return true;
	return false;
}

const struct locale_list *locale_forms(const struct locale *l, const char *key)
{
	for (; l != NULL; l = l->rest)
		for (uint32_t i = 0; i < l->nlists; i++)
			if (strcmp(l->lists[i].name, "forms") == 0 && has_key(&l->lists[i], key))
				return &l->lists[i];
	return NULL;
}

/* ---- cells ------------------------------------------------------------------------------ */

int locale_column(const struct locale_list *list, const char *name)
{
	size_t n = strlen(name);

	for (uint32_t i = 0; list->columns != NULL && i < list->ncolumns; i++) {
		const char *c = list->columns[i];

		if (strncmp(c, name, n) == 0 && (c[n] == '\0' || strcmp(c + n, "[]") == 0))
			return (int)i;
	}
	return -1;
}

bool locale_many(const struct locale_list *list, uint32_t column)
{
	return list->columns != NULL && strchr(list->columns[column], '[') != NULL;
}

bool locale_int(const struct locale_list *list, uint32_t row, uint32_t column, int64_t *out)
{
	return locale_fixed(list, row, column, 0, out);
}

/* The digits are read as a whole number, and zeros make up for decimals that are not there. */
bool locale_fixed(
	const struct locale_list *list, uint32_t row, uint32_t column, int scale, int64_t *out)
{
	struct vtext cell = locale_cell(list, row, column);
	size_t sign = cell.n > 0 && cell.p[0] == '-', digits = 0;
	int decimals = -1; /* until there is a point */
	int64_t x = 0;

	for (size_t i = sign; i < cell.n; i++) {
		if (cell.p[i] == '.' && decimals < 0 && digits > 0) {
			decimals = 0;
			continue;
		}
		if (cell.p[i] < '0' || cell.p[i] > '9' || digits == 15)
			return false;
		x = 10 * x + (cell.p[i] - '0');
		decimals += decimals >= 0;
		digits++;
	}
	if (digits == 0 || decimals > scale || scale > 3 + 15 - (int)digits)
		return false;
	for (int i = decimals < 0 ? 0 : decimals; i < scale; i++)
		x *= 10;
	*out = sign ? -x : x;
	return true;
}

struct vtext locale_fact(const struct locale *l, const char *name)
{
	const struct locale_list *facts = locale_list(l, "fact");

	for (uint32_t i = 0; facts != NULL && facts->ncolumns > 1 && i < facts->n; i++)
		if (strcmp(locale_cell(facts, i, 0).p, name) == 0)
			return locale_cell(facts, i, 1);
	return (struct vtext){"", 0};
}

const char *locale_of_language(const char *language)
{
	for (size_t i = 0; i < locale_count(); i++)
		if (strcmp(locale_fact(locale_at(i), "language").p, language) == 0)
			return locale_at(i)->name;
	return locale_at(0)->name;
}

struct vtext locale_value(struct vtext cell, uint32_t i)
{
	const char *p = cell.p, *end = cell.p + cell.n;

	for (; p < end; i--) {
		const char *blank = memchr(p, ' ', (size_t)(end - p));
		const char *stop = blank != NULL ? blank : end;

		if (i == 0)
			return (struct vtext){p, (size_t)(stop - p)};
		p = blank != NULL ? blank + 1 : end;
	}
	return (struct vtext){end, 0};
}
