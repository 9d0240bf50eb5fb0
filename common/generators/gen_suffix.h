/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_SUFFIX_H
#define COMMON_GEN_SUFFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/vec.h"

/*
 * gen_suffix: a number at the end of a text, that keeps texts of a unique column distinct and the
 * form of each: ana.souza2@example.com, blue-chair-2, Ana Souza 2.
 *
 * The number stands before the "@" of an e-mail address, where a letter needs nothing before it;
 * after a blank in a text with blanks; else after a hyphen.  So the digits at the end of a text
 * with a number are that number, and what is before them is the text without it: two texts with
 * different numbers are different, and so are two with one number whose texts were different.
 */

enum {
	GEN_SUFFIX_BYTES = 24, /* the most that a number adds to a text */
	GEN_SUFFIX_LEAST = 12, /* characters of the shortest column that has room for numbers */
};

/* Whose number it is. */
enum gen_suffix_kind {
	SUFFIX_OF_RANK, /* of a text among those that are equal: it has no leading zero */
	SUFFIX_OF_ROW,	/* of a row, in a column where others have ranks: with a zero before it */
};

/**
 * gen_suffix_put(to, t, kind, number, limit):
 * The text ${t} with a number, in ${to}, which has room for t.n + GEN_SUFFIX_BYTES bytes; where it
 * would be longer than ${limit} characters, or its local part than the 64 bytes of RFC 5321, the
 * text is made shorter, and not the number.  Returns its bytes; 0: there is no room for the number.
 */
size_t gen_suffix_put(
	char *to, struct vtext t, enum gen_suffix_kind kind, uint64_t number, uint32_t limit);

/** gen_suffix_fits(t, number, limit): whether the text, whole, has room for a number's digits and
 *  ends with a letter or digit, so that the number can be told from it. */
bool gen_suffix_fits(struct vtext t, uint64_t number, uint32_t limit);

/** gen_suffix_read(t, base, kind, number): whether gen_suffix_put() could have made ${t} of another
 *  text: if so that text, in ${base} (t.n bytes), its length returned, with whose number; else 0.
 */
size_t gen_suffix_read(struct vtext t, char *base, enum gen_suffix_kind *kind, uint64_t *number);

/** gen_suffix_hash(t, equiv, seed): a hash of the text as a unique key compares it (SQL_EQUIV_...),
 *  never 0: texts that the key takes for equal have equal ones. */
uint64_t gen_suffix_hash(struct vtext t, unsigned equiv, uint64_t seed);

/** gen_alike(p, n, to): what is left of the letter at ${p}, of ${n} bytes that are there, when its
 *  case is dropped, as one byte: letters that differ in case only have one; letters beyond Latin
 *  all have the same.  Returns the letter's bytes. */
size_t gen_alike(const char *p, size_t n, char *to);

#endif
