/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SNAP_LAYOUT_H
#define COMMON_SNAP_LAYOUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * snap_layout: the bytes of the envelope that its writer and its reader must agree
 * on.  common/FORMATS is the authority; these are its numbers.
 */

enum {
	SNAP_FORMAT = 1,     /* "v" of the header map, and the end of the magic */
	SNAP_COUNT_AT = 1,   /* of the array32: big-endian element count */
	SNAP_HEADER_AT = 14, /* dd NNNNNNNN a8 MAGIC */
	SNAP_ALIGN = 64,     /* of a payload's first byte */
	SNAP_BIN_HEAD = 5,   /* c6 LLLLLLLL */
	SNAP_TAIL = 34,	     /* c4 20, then: */
	SNAP_TAIL_OFF = 2,   /* u64 LE: where the footer starts */
	SNAP_TAIL_LEN = 10,  /* u64 LE: its bytes */
	SNAP_TAIL_XXH = 18,  /* its XXH3-64, canonical (big-endian) */
	SNAP_TAIL_MAGIC = 26,
	SNAP_FIXED = 5, /* elements beside chunks: magic, header, body, footer, tail */
};

#define SNAP_MAGIC     "DALCHM01" /* 8 bytes after a8 */
#define SNAP_END_MAGIC "DALCHMZ1"

/** names of encodings, in the order of enum snap_enc */
extern const char *const snap_enc_names[];

/** snap_gap(end): bytes of the filler element after ${end}, 1 to 64. */
static inline uint64_t snap_gap(uint64_t end)
{
	return SNAP_ALIGN - (end + SNAP_BIN_HEAD) % SNAP_ALIGN;
}

/** snap_filler(p, gap, len): the filler and the head of a bin32 of ${len} bytes; returns their
 * size. */
static inline size_t snap_filler(uint8_t p[SNAP_ALIGN + SNAP_BIN_HEAD], uint64_t gap, uint64_t len)
{
	uint8_t *bin = p + gap;

	memset(p, 0, gap);
	p[0] = gap == 1 ? 0xc0 : 0xc4; /* nil, or bin8 of zeros */
	if (gap > 1)
		p[1] = (uint8_t)(gap - 2);
	bin[0] = 0xc6;
	for (int i = 0; i < 4; i++)
		bin[1 + i] = (uint8_t)(len >> (24 - 8 * i));
	return gap + SNAP_BIN_HEAD;
}

static inline void snap_put64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static inline uint64_t snap_get64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

#endif
