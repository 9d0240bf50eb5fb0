/* SPDX-License-Identifier: MIT */
/*
 * The registry: every generator and transform by its id, in the order of ids
 * for lists, and the nearest id for a misspelt one. An id is searched for in one
 * family after the other: some microseconds, a few times for each column of a
 * plan. A list is sorted once.
 */
#include "common/generators/genreg.h"

#include <stdlib.h>
#include <string.h>

#include "common/generators/gen_children.h"
#include "common/generators/gen_expr.h"
#include "common/generators/gen_kit.h"

/* Families that make values by generators of the others, which they find by id. */
static const struct gen_op *const composed[] = {genreg_when_ops, gen_derive_tree_ops};

enum { NCOMPOSED = sizeof(composed) / sizeof(composed[0]) };

static const struct gen_op *family(size_t i)
{
	return i < NCOMPOSED ? composed[i] : genreg_plain(i - NCOMPOSED);
}

static const struct transform_op *const xfamilies[] = {
	gen_transform_choice_ops, gen_transform_mask_ops, gen_transform_ops};

enum { NXFAMILIES = sizeof(xfamilies) / sizeof(xfamilies[0]) };

/*
 * The generator of that id, or NULL. Ids of native.* are found too, which plans
 * do not use but plan-check writes.
 */
const struct gen_op *genreg_find(const char *id)
{
	const struct gen_op *op = NULL;

	for (size_t i = 0; op == NULL && i < NCOMPOSED; i++)
		op = genreg_find_in(composed[i], id);
	return op != NULL ? op : genreg_find_plain(id);
}

const struct gen_op *genreg_find_named(const char *id)
{
	const struct gen_op *op = NULL;

	for (size_t i = 0; op == NULL && family(i) != NULL; i++)
		op = genreg_find_in(family(i), id);
	return op;
}

static size_t count(void)
{
	size_t n = 0;

	for (size_t i = 0; family(i) != NULL; i++)
		for (const struct gen_op *op = family(i); op->id != NULL; op++)
			n++;
	return n;
}

static int by_id(const void *a, const void *b)
{
	const struct gen_op *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

const struct gen_op *const *genreg_list(struct arena *a, size_t *n)
{
	const struct gen_op **list = arena_array(a, count() + 1, sizeof(*list));

	*n = 0;
	if (list == NULL)
		return NULL;
	for (size_t i = 0; family(i) != NULL; i++)
		for (const struct gen_op *op = family(i); op->id != NULL; op++)
			list[(*n)++] = op;
	qsort(list, *n, sizeof(*list), by_id);
	return list;
}

const struct transform_op *transformreg_find(const char *id)
{
	for (size_t i = 0; i < NXFAMILIES; i++)
		for (const struct transform_op *op = xfamilies[i]; op->id != NULL; op++)
			if (strcmp(op->id, id) == 0)
				return op;
	return NULL;
}

static int by_transform_id(const void *a, const void *b)
{
	const struct transform_op *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

const struct transform_op *const *transformreg_list(struct arena *a, size_t *n)
{
	const struct transform_op **list;

	*n = 0;
	for (size_t i = 0; i < NXFAMILIES; i++)
		for (const struct transform_op *op = xfamilies[i]; op->id != NULL; op++)
			++*n;
	if ((list = arena_array(a, *n + 1, sizeof(*list))) == NULL)
		return NULL;
	*n = 0;
	for (size_t i = 0; i < NXFAMILIES; i++)
		for (const struct transform_op *op = xfamilies[i]; op->id != NULL; op++)
			list[(*n)++] = op;
	qsort(list, *n, sizeof(*list), by_transform_id);
	return list;
}

/*
 * The names of version 0.1 of the plan format. Of two rows with one name, the
 * first that can fill the column counts.
 */
static const struct {
	const char *name;
	unsigned families; /* of the column */
	const char *id;
} legacy[] = {
	{"uuid", GF_ANY, "primitive.uuid"},
	{"email", GF_ANY, "semantic.person.email"},
	{"name", GF_ANY, "semantic.person.name"},
	{"int_range", GF_ANY, "primitive.int"},
	{"date_range", GF_TS, "primitive.timestamp"},
	{"date_range", GF_TIME, "primitive.time"},
	{"date_range", GF_ANY, "primitive.date"},
	{"regex", GF_ANY, "primitive.text.pattern"},
};

const char *genreg_legacy_name(size_t i)
{
	return i < sizeof(legacy) / sizeof(legacy[0]) ? legacy[i].name : NULL;
}

const char *genreg_legacy(const char *name, unsigned family)
{
	for (size_t i = 0; i < sizeof(legacy) / sizeof(legacy[0]); i++)
		if ((legacy[i].families & family) != 0 && strcmp(legacy[i].name, name) == 0)
			return legacy[i].id;
	return NULL;
}

/* ---- hints ---------------------------------------------------------------------------- */

enum { LONGEST_ID = 64 };

/*
 * The edit distance (Levenshtein, 1965), with one row of the table at a time.
 */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST_ID + 1], na = strlen(a), nb = strlen(b);

	if (na > LONGEST_ID || nb > LONGEST_ID)
		return LONGEST_ID;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[nb];
}

/*
 * A hint that is too far off is none: at most about a third of the id may have
 * to change.
 */
static const char *near_enough(const char *id, const char *best, size_t d)
{
	return best != NULL && d * 3 <= strlen(id) + 2 ? best : NULL;
}

/*
 * The known id that differs least, as a hint for a misspelt one; NULL when none
 * is near.
 */
const char *genreg_nearest(const char *id)
{
	const char *best = NULL;
	size_t least = LONGEST_ID;

	for (size_t i = 0; family(i) != NULL; i++)
		for (const struct gen_op *op = family(i); op->id != NULL; op++) {
			size_t d = distance(id, op->id);

			if (d < least || (d == least && best != NULL && strcmp(op->id, best) < 0)) {
				least = d;
				best = op->id;
			}
		}
	return near_enough(id, best, least);
}

const char *transformreg_nearest(const char *id)
{
	const char *best = NULL;
	size_t least = LONGEST_ID;

	for (size_t i = 0; i < NXFAMILIES; i++)
		for (const struct transform_op *op = xfamilies[i]; op->id != NULL; op++) {
			size_t d = distance(id, op->id);

			if (d < least) {
				least = d;
				best = op->id;
			}
		}
	return near_enough(id, best, least);
}
