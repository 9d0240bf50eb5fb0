/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_int.h"

#include <string.h>

/*
 * Registers: the values of a block of rows that an expression is being evaluated over, the memory
 * they are in, and errors of single rows.
 */

/* A free buffer of a register: values, then null flags. */
struct buffer {
	struct buffer *next;
	uint8_t *null;
	char v[];
};

size_t sql_kind_width(enum sql_kind k)
{
	static const uint8_t w[SQL_KINDS] = {[SQL_K_INT] = sizeof(int64_t),
		[SQL_K_F64] = sizeof(double),
		[SQL_K_NUM] = sizeof(struct sql_num),
		[SQL_K_STR] = sizeof(struct vtext),
		[SQL_K_IVL] = sizeof(struct sql_ivl),
		[SQL_K_PTR] = sizeof(void *)};

	return w[k];
}

/*
 * Memory that lives as long as the block. The sum is bounded by SQL_MAX_MADE,
 * so that repeat('x', 1000000) over a block fails cleanly instead of exhausting
 * the machine.
 */
void *sql_alloc(struct sql_eval *ev, size_t n)
{
	void *p = n <= SQL_MAX_MADE - ev->made ? arena_alloc(ev->tmp, n > 0 ? n : 1) : NULL;

	if (p == NULL)
		ev->nomem = true;
	else
		ev->made += n;
	return p;
}

/*
 * A register from the free list of its size, or a new one; its null flags are
 * clear and its values undefined.
 */
bool sql_reg_new(struct sql_eval *ev, enum sql_kind kind, struct sql_reg *out)
{
	int slot = sql_kind_width(kind) > 16;
	size_t bytes = (size_t)ev->n * (slot ? sizeof(struct sql_num) : 16);
	struct buffer *b = ev->pool[slot];

	if (b != NULL) {
		ev->pool[slot] = b->next;
	} else {
		/* the head is 16 bytes, so that values are as aligned as the arena's; zeroing
		 * 32 KB would take longer than a comparison of all rows */
		b = arena_raw(ev->tmp, sizeof *b + bytes + ev->n);
		if (b == NULL) {
			ev->nomem = true;
			return false;
		}
		b->null = (uint8_t *)b->v + bytes;
	}
	memset(b->null, 0, ev->n);
	*out = (struct sql_reg){.kind = kind, .mask = UINT32_MAX, .null = b->null, .own = b};
	out->v.p = (void **)(void *)b->v;
	return true;
}

/*
 * Gives a register back to its free list. Constants and columns used in place
 * have no buffer of ours, and nothing happens to them.
 */
void sql_reg_drop(struct sql_eval *ev, struct sql_reg *r)
{
	struct buffer *b = r->own;
	int slot = sql_kind_width(r->kind) > 16;

	if (b == NULL)
		return;
	b->next = ev->pool[slot];
	ev->pool[slot] = b;
	r->own = NULL;
}

void sql_reg_copy(struct sql_reg *to, uint32_t i, const struct sql_reg *from, uint32_t j)
{
	size_t w = sql_kind_width(to->kind);

	to->null[i] = sql_null(from, j);
	if (to->null[i] == 0)
		memcpy((char *)to->v.p + i * w, (const char *)from->v.p + (j & from->mask) * w, w);
}

const char sql_differing[] = "versions of PostgreSQL answer differently";

/*
 * Reasons are constant texts, and these words occur in those that name what
 * this evaluator cannot do and PostgreSQL may. So no kernel has to say which
 * kind of failure it reports.
 */
bool sql_is_limit(const char *why)
{
	static const char *const words[] = {"more than", "too costly", "unsupported", "not covered",
		"no input function", "cannot be computed", "does not hold", "out of memory",
		"is given 2 decimals"};

	for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
		if (strstr(why, words[k]) != NULL)
			return true;
	return why == sql_differing;
}

/*
 * Marks row ${i} as failed. The reason of the first row that failed is kept,
 * and of one row the first reason: that is the one PostgreSQL would have
 * reported.
 */
void sql_raise(struct sql_eval *ev, struct sql_reg *out, uint32_t i, const char *why)
{
	if (ev->why == NULL || i < ev->why_row) {
		ev->why = why;
		ev->why_row = i;
	}
	ev->err[i] = sql_is_limit(why) ? SQL_ERR_LIMIT : SQL_ERR_RAISED;
	out->null[i] = 1;
}
