/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_MEMO_H
#define COMMON_GEN_MEMO_H

#include <msgpack.h>

#include "common/base/arena.h"
#include "common/generators/locale.h"

/*
 * gen_memo: what the generators of a plan read and make once for all columns that ask for the same.
 * A schema of five hundred tables has hundreds of columns that hold names of people; the list of
 * names is read, measured and put together once.  A memo never changes a value: what is remembered
 * is what would be made again.  plan-check, which prepares the same generators many times, has one;
 * without one everything is made anew.
 */

struct gen_memo;

/** gen_memo_new(a): an empty one, or NULL if memory is out.  It grows in arena ${a}, and what it
 *  remembers lives as long: generators refer to it. */
struct gen_memo *gen_memo_new(struct arena *a);

/** gen_memo_data(m, data): locale_unpack() of the lists that a plan puts over those of the locales.
 *  NULL if memory is out or ${data} has another shape. */
const struct locale_set *gen_memo_data(struct gen_memo *m, const msgpack_object *data);

#endif
