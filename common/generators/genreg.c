/* SPDX-License-Identifier: MIT */
/*
 * The registry: every generator and transform by its id, in the order of ids
 * for lists, and the nearest id for a misspelt one. The tables are few and
 * short, so that a linear search will do; it runs once for each column of a
 * plan.
 */
#include "common/generators/genreg.h"

#include <string.h>

#include "common/generators/gen_children.h"
#include "common/generators/gen_expr.h"
#include "common/generators/gen_kit.h"

static const struct gen_op *family(size_t i)
{
	return i == 0 ? genreg_when_ops : genreg_plain[i - 1];
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
	const struct gen_op *op = genreg_find_in(genreg_when_ops, id);

	return op != NULL ? op : genreg_find_plain(id);
}

size_t genreg_count(void)
{
	size_t n = 0;

	for (size_t i = 0; family(i) != NULL; i++)
		for (const struct gen_op *op = family(i); op->id != NULL; op++)
			n++;
	return n;
}

/* How many ids come before this one in order. */
static size_t rank_of(const char *id)
{
	size_t n = 0;

	for (size_t i = 0; family(i) != NULL; i++)
		for (const struct gen_op *op = family(i); op->id != NULL; op++)
			n += strcmp(op->id, id) < 0;
	return n;
}

const struct gen_op *genreg_at(size_t i)
{
	for (size_t k = 0; family(k) != NULL; k++)
		for (const struct gen_op *op = family(k); op->id != NULL; op++)
			if (rank_of(op->id) == i)
				return op;
	return NULL;
}

const struct transform_op *transformreg_find(const char *id)
{
	for (size_t i = 0; i < NXFAMILIES; i++)
		for (const struct transform_op *op = xfamilies[i]; op->id != NULL; op++)
			if (strcmp(op->id, id) == 0)
				return op;
	return NULL;
}

size_t transformreg_count(void)
{
	size_t n = 0;

	for (size_t i = 0; i < NXFAMILIES; i++)
		for (const struct transform_op *op = xfamilies[i]; op->id != NULL; op++)
			n++;
	return n;
}

static size_t xrank_of(const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < NXFAMILIES; i++)
		for (const struct transform_op *op = xfamilies[i]; op->id != NULL; op++)
			n += strcmp(op->id, id) < 0;
	return n;
}

const struct transform_op *transformreg_at(size_t i)
{
	for (size_t k = 0; k < NXFAMILIES; k++)
		for (const struct transform_op *op = xfamilies[k]; op->id != NULL; op++)
			if (xrank_of(op->id) == i)
				return op;
	return NULL;
}

/* The id that an old plan's name stands for, or NULL. */
const char *genreg_legacy(const char *name)
{
	static const struct {
		const char *name, *id;
	} legacy[] = {
		{"uuid", "primitive.uuid"},
		{"email", "semantic.br.email.safe"},
		{"name", "semantic.br.name"},
		{"int_range", "primitive.int"},
		{"date_range", "primitive.date"},
		{"regex", "primitive.text.pattern"},
	};

	for (size_t i = 0; i < sizeof(legacy) / sizeof(legacy[0]); i++)
		if (strcmp(legacy[i].name, name) == 0)
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
