/* SPDX-License-Identifier: MIT */
/*
 * The bytes of all shards of a table, one after the other, in a window that
 * slides over them. Unread bytes are moved to the front when room is needed,
 * and the window doubles when one record does not fit it, up to DEC_MAX_ROW.
 */
#include "common/codec/dec_in.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/codec/dec.h"
#include "common/io/zio.h"

enum { WINDOW = 256 << 10 };

void dec_in_init(struct dec_in *in, const char *const *paths, uint32_t npaths)
{
	*in = (struct dec_in){.paths = paths, .npaths = npaths, .eof = true};
}

/* Room behind the unread bytes: slide them to the front, or double the window. */
static int make_room(struct dec_in *in, struct err *e)
{
	size_t unread = in->end - in->start;
	size_t cap;
	char *p;

	if (in->start > 0) {
		memmove(in->p, in->p + in->start, unread);
		in->start = 0;
		in->end = unread;
	}
	if (in->end < in->cap && in->end <= in->cap / 2)
		return 1;
	if (in->cap >= DEC_MAX_ROW)
		return in->end < in->cap ? 1 : 2;
	cap = in->cap == 0 ? WINDOW : in->cap * 2;
	p = realloc(in->p, cap);
	if (p == NULL)
		return err_nomem(e);
	in->p = p;
	in->cap = cap;
	return 1;
}

/* Reads more bytes of this shard; at its end sets eof. */
int dec_in_fill(struct dec_in *in, struct err *e)
{
	size_t got;
	int room;

	if (in->eof)
		return 0;
	room = make_room(in, e);
	if (room != 1)
		return room;
	if (zior_read(in->file, in->p + in->end, in->cap - in->end, &got, e) == -1)
		return -1;
	in->end += got;
	in->eof = got == 0;
	return got > 0 ? 1 : 0;
}

/* Opens the next shard: 1, or 0 when there is none. */
int dec_in_next(struct dec_in *in, struct err *e)
{
	zior_close(in->file);
	in->file = NULL;
	in->start = in->end = 0;
	in->eof = true;
	if (in->next == in->npaths)
		return 0;
	in->file = zior_open(in->paths[in->next], e);
	if (in->file == NULL)
		return -1;
	in->next++;
	in->eof = false;
	return 1;
}

void dec_in_close(struct dec_in *in)
{
	zior_close(in->file);
	free(in->p);
	*in = (struct dec_in){.eof = true};
}
