/* SPDX-License-Identifier: MIT */
#include "common/snapshot/snap_int.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/str.h"

/*
 * Every value of a snapshot, looked at once.
 *
 * A digest proves that the bytes are those that were written, not that they are values: whoever
 * writes a file computes its digests.  So a value that its type does not have is found here, when
 * the file is opened, and nothing behind this asks again: formatters index tables by what they are
 * given, and texts are taken apart as UTF-8.
 *
 * It is done for every file, ours too, whose header and receipt anybody can copy.  It costs one
 * linear pass: the least and the greatest value of a chunk tell whether all are in range, and texts
 * are checked as one run of bytes, eight ASCII letters at a time.  10 million rows of a bigint, a
 * name, a date and a timestamp with NULLs take 0.2 s, and their digest, which a stage takes for its
 * receipt, 0.07 s.  Only where that pass finds something does a slow one look for the row, or for a
 * reason why it is none: infinite dates, or a NULL, whose place may hold anything.
 *
 * The tables of a run have parents in common. So a process remembers what the pass found in a file,
 * as long as the file is the same (common/io/file_memo.h), and passes over it once.
 */

/* The values that an ordinal type has: a range, and two beside it (the infinities). */
struct domain {
	int64_t least, most;
	int64_t also[2];
};

#define DIGITS_18 INT64_C(999999999999999999)

static const struct domain of_types[] = {
	[VT_BOOL] = {0, 1, {0, 1}},
	[VT_INT] = {INT64_MIN, INT64_MAX, {0, 0}},
	[VT_DEC] = {-DIGITS_18, DIGITS_18, {0, 0}},
	[VT_DATE] = {CAL_DATE_MIN, CAL_DATE_MAX, {CAL_DATE_NEG_INF, CAL_DATE_POS_INF}},
	[VT_TIME] = {0, CAL_DAY, {0, 0}},
	[VT_TS] = {CAL_TS_MIN, CAL_TS_MAX, {CAL_TS_NEG_INF, CAL_TS_POS_INF}},
	[VT_TSTZ] = {CAL_TS_MIN, CAL_TS_MAX, {CAL_TS_NEG_INF, CAL_TS_POS_INF}},
	[VT_ENUM] = {0, UINT32_MAX, {0, 0}},
};

static bool has_value(const struct domain *d, int64_t v)
{
	return (v >= d->least && v <= d->most) || v == d->also[0] || v == d->also[1];
}

/* A group being checked: its column is where what is found is noted. */
struct look {
	const struct snap *s;
	struct snap_column *col;
	const struct snap_group *g;
	const uint8_t *nulls; /* bitmap over the values, or NULL: all of them count */
	struct err *e;
};

static bool is_null(const uint8_t *nulls, uint64_t i)
{
	return nulls != NULL && (nulls[i / 8] >> i % 8 & 1) != 0;
}

/*
 * Value ${i} of the group is wrong: a row of the file, or a value that codes
 * stand for.
 */
static int bad_value(const struct look *l, uint64_t i, const char *what)
{
	bool coded = l->g->part[SNAP_DICT] != NULL;

	return err_set(l->e, ERR_INPUT, "%s: column %s: %s %llu: %s", l->s->path, l->col->name,
		coded ? "value" : "row", (unsigned long long)(coded ? i : l->g->row0 + i), what);
}

/* ---- numbers ---------------------------------------------------------------------- */

struct range {
	int64_t least, most;
};

/*
 * One little-endian integer. The width is a constant wherever this is called.
 */
static inline __attribute__((always_inline)) int64_t number(const uint8_t *p, uint32_t width)
{
	int64_t v8;
	int32_t v4;
	int16_t v2;

	if (width == 8)
		return memcpy(&v8, p, 8), v8;
	if (width == 4)
		return memcpy(&v4, p, 4), v4;
	if (width == 2)
		return memcpy(&v2, p, 2), v2;
	return (int8_t)*p;
}

/*
 * One more value, unless it is NULL; then it is replaced by one that changes
 * nothing, by arithmetic and not by a branch, which would be hard to predict.
 */
static inline __attribute__((always_inline)) void take(
	struct range *r, const uint8_t *p, uint64_t i, uint32_t width, const uint8_t *nulls)
{
	int64_t v = number(p + i * width, width);
	int64_t skip = nulls == NULL ? 0 : -(int64_t)(nulls[i / 8] >> i % 8 & 1);
	int64_t low = (v & ~skip) | (INT64_MAX & skip), high = (v & ~skip) | (INT64_MIN & skip);

	r->least = low < r->least ? low : r->least;
	r->most = high > r->most ? high : r->most;
}

/* The least and the greatest of n values.  A comparison waits for the one before it, so that two
 * rows of them go side by side. */
static inline __attribute__((always_inline)) struct range scan(
	const uint8_t *p, uint64_t n, uint32_t width, const uint8_t *nulls)
{
	struct range even = {INT64_MAX, INT64_MIN}, odd = even;
	uint64_t i = 0;

	for (; n - i >= 2; i += 2) {
		take(&even, p, i, width, nulls);
		take(&odd, p, i + 1, width, nulls);
	}
	if (i < n)
		take(&even, p, i, width, nulls);
	return (struct range){even.least < odd.least ? even.least : odd.least,
		even.most > odd.most ? even.most : odd.most};
}

/* A loop of its own for every width, with NULLs and without. */
static struct range range_of(const uint8_t *p, uint64_t n, uint32_t width, const uint8_t *nulls)
{
	switch (width) {
	case 8:
		return nulls == NULL ? scan(p, n, 8, NULL) : scan(p, n, 8, nulls);
	case 4:
		return nulls == NULL ? scan(p, n, 4, NULL) : scan(p, n, 4, nulls);
	case 2:
		return nulls == NULL ? scan(p, n, 2, NULL) : scan(p, n, 2, nulls);
	default:
		return nulls == NULL ? scan(p, n, 1, NULL) : scan(p, n, 1, nulls);
	}
}

/* What the directory claims of the range holds, and the column's own range grows. */
static int note_range(const struct look *l, const struct snap_chunk *k, struct range r)
{
	if (r.least > r.most)
		return 0; /* every value is NULL */
	if (k->has_range && r.least < k->min)
		return snap_column_bad(l->s, k->column, "min: a value is less", l->e);
	if (k->has_range && r.most > k->max)
		return snap_column_bad(l->s, k->column, "max: a value is greater", l->e);
	if (!l->col->any || r.least < l->col->least)
		l->col->least = r.least;
	if (!l->col->any || r.most > l->col->most)
		l->col->most = r.most;
	l->col->any = true;
	return 0;
}

/*
 * Packed integers: their range, and if it is exceeded, whether by an infinity.
 */
static int check_packed(const struct look *l, const struct snap_chunk *k)
{
	const struct domain *d = &of_types[l->col->type];
	struct range r = range_of(k->p, k->rows, k->width, l->nulls);

	/* outside the range: an infinity, or the row to name */
	for (uint64_t i = 0; (r.least < d->least || r.most > d->most) && i < k->rows; i++)
		if (!is_null(l->nulls, i) &&
			!has_value(d, range_of(k->p + i * k->width, 1, k->width, NULL).least))
			return bad_value(l, i, "a value that its type does not have");
	return note_range(l, k, r);
}

/* A value in steps: its two ends tell of all between them. */
static int check_affine(const struct look *l, const struct snap_chunk *k)
{
	const struct domain *d = &of_types[l->col->type];
	int64_t first = k->start, last;

	if (k->rows - 1 > INT64_MAX ||
		__builtin_mul_overflow((int64_t)(k->rows - 1), k->step, &last) ||
		__builtin_add_overflow(last, first, &last))
		return snap_column_bad(l->s, k->column, "step: its values leave 64 bits", l->e);
	if (first < d->least || first > d->most)
		return bad_value(l, 0, "start: a value that its type does not have");
	if (last < d->least || last > d->most)
		return bad_value(l, k->rows - 1, "step: a value that its type does not have");
	return note_range(
		l, k, first < last ? (struct range){first, last} : (struct range){last, first});
}

/* ---- texts ------------------------------------------------------------------------ */

static uint64_t offset(const struct snap_chunk *k, uint64_t i)
{
	uint64_t v;

	memcpy(&v, k->p + 8 * i, 8);
	return v;
}

/* Offsets that never go back and stay inside the bytes; the longest text is noted. */
static int check_offsets(const struct look *l, const struct snap_chunk *k, uint64_t nbytes)
{
	uint64_t from = offset(k, 0), longest = l->col->longest;

	for (uint64_t i = 0; i < k->rows; i++) {
		uint64_t to = offset(k, i + 1);

		if (to < from || to > nbytes)
			return bad_value(l, i, "offsets that go back, or outside its bytes");
		longest = to - from > longest ? to - from : longest;
		from = to;
	}
	l->col->longest = longest;
	return 0;
}

/* Whether no offset is inside a character, given that all the bytes together are UTF-8. */
static bool offsets_between(const struct snap_chunk *k, const struct snap_chunk *bytes)
{
	bool between = true;

	for (uint64_t i = 0; i < k->rows; i++) {
		uint64_t at = offset(k, i);

		between &= at == bytes->len || (bytes->p[at] & 0xc0) != 0x80;
	}
	return between;
}

/* Offsets, then UTF-8 of all bytes at once. */
static int check_texts(const struct look *l, const struct snap_chunk *k)
{
	const struct snap_chunk *bytes = l->g->part[SNAP_BYTES];
	const char *p = (const char *)bytes->p;
	uint64_t first = offset(k, 0), end = offset(k, k->rows);

	if (check_offsets(l, k, bytes->len) == -1)
		return -1;
	if (l->col->type == VT_BYTES ||
		(utf8_valid(p + first, end - first) && offsets_between(k, bytes)))
		return 0;
	for (uint64_t i = 0; i < k->rows; i++) {
		uint64_t from = offset(k, i), to = offset(k, i + 1);

		if (!is_null(l->nulls, i) && !utf8_valid(p + from, to - from))
			return bad_value(l, i, "a text that is not UTF-8, or has a NUL");
	}
	return 0;
}

/* ---- codes and NULLs -------------------------------------------------------------- */

/* Codes point at values that are there. */
static int check_codes(const struct look *l, const struct snap_chunk *k, const uint8_t *nulls)
{
	const struct snap_chunk *of =
		l->g->part[l->g->part[SNAP_PACKED] != NULL ? SNAP_PACKED : SNAP_OFFSETS];

	for (uint64_t i = 0; i < k->rows; i++) {
		uint32_t code;

		memcpy(&code, k->p + 4 * i, 4);
		if (code >= of->rows && !is_null(nulls, i))
			return err_set(l->e, ERR_INPUT,
				"%s: column %s: row %llu: a code beyond its values", l->s->path,
				k->column, (unsigned long long)(l->g->row0 + i));
	}
	return 0;
}

/* The bitmap has as many NULLs as the directory says, in the entry of whichever part. */
static int count_nulls(const struct look *l, const struct snap_chunk *k)
{
	uint64_t n = 0, said = 0, i = 0;

	for (; k->rows - i >= 64; i += 64) {
		uint64_t word;

		memcpy(&word, k->p + i / 8, sizeof(word));
		n += (uint64_t)__builtin_popcountll(word);
	}
	for (; i < k->rows; i++)
		n += is_null(k->p, i);
	for (int enc = 0; enc <= SNAP_NULLS; enc++)
		if (l->g->part[enc] != NULL && l->g->part[enc]->nulls > said)
			said = l->g->part[enc]->nulls;
	if (n != said)
		return snap_column_bad(
			l->s, k->column, "nulls: the bitmap has more or fewer", l->e);
	l->col->nulls += n;
	return 0;
}

/* NULLs first, because the values in their places may be anything. */
static int check_group(struct look *l)
{
	const struct snap_chunk *const *part = l->g->part, *codes = part[SNAP_DICT];
	const uint8_t *nulls = part[SNAP_NULLS] != NULL ? part[SNAP_NULLS]->p : NULL;

	if (l->g->rows == 0)
		return 0;
	if (part[SNAP_NULLS] != NULL && count_nulls(l, part[SNAP_NULLS]) == -1)
		return -1;
	if (codes != NULL && check_codes(l, codes, nulls) == -1)
		return -1;
	l->nulls = codes != NULL ? NULL : nulls; /* the bitmap is of rows, not of what codes mean */
	if (part[SNAP_OFFSETS] != NULL)
		return check_texts(l, part[SNAP_OFFSETS]);
	if (part[SNAP_AFFINE] != NULL)
		return check_affine(l, part[SNAP_AFFINE]);
	/* every pattern of bits is a double, and a uuid */
	return vec_is_ordinal(l->col->type) ? check_packed(l, part[SNAP_PACKED]) : 0;
}

int snap_columns_check(struct snap *s, struct err *e)
{
	for (size_t i = 0; i < s->ncol; i++)
		for (size_t g = 0; g < s->col[i].ngroup; g++) {
			struct look l = {s, &s->col[i], &s->col[i].group[g], NULL, e};

			if (check_group(&l) == -1)
				return -1;
		}
	return 0;
}

/* ---- remembered ------------------------------------------------------------------- */

/* What the pass over a column's values finds. */
struct found {
	uint64_t nulls, longest;
	int64_t least, most;
	bool any;
};

size_t snap_columns_size(const struct snap *s)
{
	return (s->ncol + 1) * sizeof(struct found);
}

void snap_columns_note(const struct snap *s, void *to)
{
	struct found *f = to;

	for (size_t i = 0; f != NULL && i < s->ncol; i++) {
		const struct snap_column *c = &s->col[i];

		f[i] = (struct found){c->nulls, c->longest, c->least, c->most, c->any};
	}
}

bool snap_columns_recall(struct snap *s, const void *from)
{
	const struct found *f = from;

	for (size_t i = 0; f != NULL && i < s->ncol; i++) {
		struct snap_column *c = &s->col[i];

		c->nulls = f[i].nulls;
		c->longest = f[i].longest;
		c->least = f[i].least;
		c->most = f[i].most;
		c->any = f[i].any;
	}
	return f != NULL;
}
