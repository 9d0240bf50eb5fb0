/* SPDX-License-Identifier: MIT */
#include "common/codec/dec_cell.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/num.h"
#include "common/base/str.h"

/* Values put into the vector of a column that is read back, whichever form they were read from. */

enum { CHUNK = 128 << 10 };

/* Bytes follow the head. */
struct dec_heap_chunk {
	struct dec_heap_chunk *next;
	size_t size;
	char p[];
};

/* NULL when out of memory. */
char *dec_heap_take(struct dec_heap *h, size_t n)
{
	struct dec_heap_chunk *c = h->cur;

	if (c != NULL && n <= c->size - h->used) {
		h->used += n;
		return c->p + h->used - n;
	}
	/* the next chunk of an earlier block, if it is large enough */
	if (c != NULL && c->next != NULL && c->next->size >= n) {
		h->cur = c->next;
	} else {
		size_t size = n > CHUNK ? n : CHUNK;
		struct dec_heap_chunk *fresh = malloc(sizeof(*fresh) + size);

		if (fresh == NULL) {
			h->failed = true;
			return NULL;
		}
		fresh->size = size;
		fresh->next = c != NULL ? c->next : NULL;
		if (c != NULL)
			c->next = fresh;
		else
			h->head = fresh;
		h->cur = fresh;
	}
	h->used = n;
	return h->cur->p;
}

/*
 * The chunks are kept for the next block, but those that were made for one huge
 * value are freed: their memory would be held until the end.
 */
void dec_heap_reset(struct dec_heap *h)
{
	/* one huge row must not hold its memory for ever */
	for (struct dec_heap_chunk **at = &h->head; *at != NULL;) {
		struct dec_heap_chunk *c = *at;

		if (c->size == CHUNK) {
			at = &c->next;
		} else {
			*at = c->next;
			free(c);
		}
	}
	h->cur = h->head;
	h->used = 0;
}

void dec_heap_free(struct dec_heap *h)
{
	for (struct dec_heap_chunk *c = h->head, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	*h = (struct dec_heap){0};
}

/* A NULL, with a defined value behind it. */
void dec_put_null(struct dec_col *c, uint32_t i)
{
	static const struct uuid nil;

	vec_set_null(&c->v, i);
	if (vec_is_ordinal(c->v.type))
		c->v.v.i[i] = 0;
	else if (c->v.type == VT_F64)
		c->v.v.f[i] = 0;
	else if (c->v.type == VT_UUID)
		c->v.v.u[i] = nil;
	else
		c->v.v.t[i] = (struct vtext){"", 0};
}

/* A value within the limits of its type. */
enum dec_fault dec_put_ordinal(struct dec_col *c, int64_t v, uint32_t i)
{
	if (v < c->lo || v > c->hi)
		return DEC_OUT_OF_RANGE;
	c->v.v.i[i] = v;
	return DEC_FINE;
}

/*
 * A number that does not fit 64 bits: out of the type's range, unless the type
 * has none; then it is beyond what can be held here.
 */
enum dec_fault dec_too_large(const struct dec_col *c)
{
	return c->any_size ? DEC_BEYOND : DEC_OUT_OF_RANGE;
}

/*
 * Where PostgreSQL keeps every digit (numeric without a scale), a rounded value
 * is not the value, and is reported.
 */
enum dec_fault dec_put_decimal(struct dec_col *c, int64_t v, bool rounded, uint32_t i)
{
	enum dec_fault f;

	if (rounded && c->any_scale) /* PostgreSQL keeps them all: this is not the value */
		return DEC_BEYOND;
	f = dec_put_ordinal(c, v, i);
	return f == DEC_FINE && rounded ? DEC_ROUNDED : f;
}

/* A number of a wide column: rounded to its scale, and the text that a generator makes of it. */
enum dec_fault dec_put_wide(
	struct dec_col *c, const struct sql_num *v, uint32_t i, struct dec_heap *h)
{
	char text[SQL_NUM_TEXT], *to;
	struct sql_num r = *v;
	int precision, scale;
	const char *why;
	size_t n;

	if (v->kind != SQL_NUM_FINITE)
		return DEC_BEYOND;
	pg_numeric_limits(c->base, &precision, &scale);
	if (precision >= 0 && !sql_num_fit(&r, precision, scale, &why))
		return DEC_OUT_OF_RANGE;
	n = sql_num_stored(text, &r, precision < 0);
	if ((to = dec_heap_take(h, n)) == NULL)
		return DEC_BAD_VALUE;
	memcpy(to, text, n);
	c->v.v.t[i] = (struct vtext){to, n};
	return sql_num_cmp(&r, v) == 0 ? DEC_FINE : DEC_ROUNDED;
}

/*
 * A time or timestamp, rounded to the digits that the type keeps; what lies
 * half-way goes to the later one.
 */
enum dec_fault dec_put_time(struct dec_col *c, int64_t v, uint32_t i)
{
	int64_t rest = c->unit > 1 && cal_ts_finite(v) ? v % c->unit : 0;

	if (rest < 0)
		rest += c->unit;
	c->v.v.i[i] = rest == 0 ? v : rest * 2 < c->unit ? v - rest : v - rest + c->unit;
	return rest == 0 ? DEC_FINE : DEC_ROUNDED;
}

/* The length of ${p} without the blanks at its end. */
static size_t without_blanks(const char *p, size_t n)
{
	while (n > 0 && p[n - 1] == ' ')
		n--;
	return n;
}

/*
 * Checks UTF-8 and the declared length. Blanks beyond the length are dropped,
 * and nothing else is, as in PostgreSQL.
 */
enum dec_fault dec_put_text(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	char *to;

	if (!utf8_valid(p, n))
		return DEC_BAD_UTF8;
	if (c->chars >= 0 && n > (size_t)c->chars) {
		size_t most = utf8_cut(p, n, (size_t)c->chars);

		/* PostgreSQL cuts off blanks, and nothing else */
		if (most < n && without_blanks(p + most, n - most) > 0)
			return DEC_TOO_LONG;
		n = most;
	}
	if (c->base.type->cls == PG_BPCHAR) /* blanks at the end mean nothing */
		n = without_blanks(p, n);
	to = dec_heap_take(h, n);
	if (to == NULL)
		return DEC_BAD_VALUE;
	memcpy(to, p, n);
	c->v.v.t[i] = (struct vtext){to, n};
	return DEC_FINE;
}
