/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GENREG_H
#define COMMON_GENREG_H

#include <stdbool.h>
#include <stddef.h>

#include "common/generators/gen.h"

/*
 * genreg: the catalogue: every generator and transform id, sorted.
 */

extern const struct gen_op genreg_when_ops[];

/** genreg_plain(i): the families of generators, one after the other, each ended by an op without an
 *  id; NULL behind the last. */
const struct gen_op *genreg_plain(size_t i);

/** genreg_find_in(op, id): the generator of one family, or NULL.  genreg_find_plain(id): any but
 * one that chooses among rules; also native.*, which columns of rarer types get by default and
 * plans may not name. */
const struct gen_op *genreg_find_in(const struct gen_op *op, const char *id);
const struct gen_op *genreg_find_plain(const char *id);

/** genreg_find(id): the generator, or NULL. */
const struct gen_op *genreg_find(const char *id);

/** genreg_find_named(id): the same, without native.*, which plans may not name. */
const struct gen_op *genreg_find_named(const char *id);

/** genreg_has_locale(op, locale): whether a rule that names the locale gets values of it: the
 * generator has all of them, or no other. */
bool genreg_has_locale(const struct gen_op *op, const char *locale);

/** genreg_legacy(name, family): the id that a name of plans 0.1 (uuid, email, name ...) stands for
 *  in a column of that family, a GF_ bit; or NULL. */
const char *genreg_legacy(const char *name, unsigned family);

/** genreg_legacy_name(i): the names of plans 0.1, one after the other; NULL at the end.  One that
 *  stands for several ids comes as often. */
const char *genreg_legacy_name(size_t i);

/** genreg_nearest(id): the known id closest to a mistyped one, for hints; or NULL. */
const char *genreg_nearest(const char *id);

/** genreg_facet(id): the generator of a record that makes the same kind of value, for rules with a
 *  `record`: "record.person.email" for "semantic.person.email"; of a record's generator, itself,
 * and of a document's number, which agrees with anybody; NULL where there is none. */
const char *genreg_facet(const char *id);

/** genreg_facet_number(id): of a document's number, the record's number of that kind; NULL: no
 * record has one. */
const char *genreg_facet_number(const char *id);

/** genreg_list(a, n): all of them, sorted by id, and how many; NULL when memory is out. */
const struct gen_op *const *genreg_list(struct arena *a, size_t *n);

const struct transform_op *transformreg_find(const char *id);
const char *transformreg_nearest(const char *id);
const struct transform_op *const *transformreg_list(struct arena *a, size_t *n);

/** gen_default_id(c, dom): the generator a column gets without a rule (spec: by type, and by what
 *  its checks say), or NULL when no generator can fill the type. */
const char *gen_default_id(const struct gen_column *c);

#endif
