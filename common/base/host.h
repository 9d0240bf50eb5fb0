/* SPDX-License-Identifier: MIT */
#ifndef COMMON_HOST_H
#define COMMON_HOST_H

/*
 * host: what a machine must be for this to be built for it.
 *
 * Key snapshots are used in place, through mmap: a number in a file is a number in memory.  The
 * files are little-endian (common/FORMATS), so on a big-endian machine every key and value would be
 * read wrongly, with every digest right; COPY BINARY turns numbers round on the same assumption.
 * Addresses have 64 bits because files of more than 4 GiB are mapped.  Anything else is refused
 * here, when it is compiled, rather than made work by conversions that nobody could test.
 */
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "datalchemy needs a little-endian machine: its files are used in place (common/FORMATS)"
#endif

_Static_assert(sizeof(void *) == 8, "datalchemy needs addresses of 64 bits: it maps large files");

#endif
