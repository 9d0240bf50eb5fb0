/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_NATIVE_JSON_H
#define COMMON_GEN_NATIVE_JSON_H

#include "common/generators/gen_native.h"

/*
 * gen_native_json: what checks ask of a json value, as a tree of the keys that they name, and
 * values that have it.
 */

/* Types by jsonb_typeof(), in the order in which a part that may have several gets one. */
enum {
	T_STRING = 1,
	T_NUMBER = 2,
	T_BOOLEAN = 4,
	T_OBJECT = 8,
	T_ARRAY = 16,
	T_NULL = 32,
	T_ANY = 63
};

enum { JSON_FACETS = 8 };

struct part {
	const char *key;
	struct part **kids;
	uint32_t nkids, room;
	bool absent; /* must not be there */
	const struct sql_member *facet[JSON_FACETS];
	uint32_t nfacets;
	struct native list; /* of a leaf: its texts */
};

/** json_arrange(root, d, b): puts all that ${d} knows of members into the tree of ${root}. */
int json_arrange(struct part *root, const struct sql_domain *d, const struct native_build *b);

/** json_listed(v, n, s): whether ${s} is one of ${n} texts; ${v} may be NULL. */
bool json_listed(const char *const *v, uint32_t n, const char *s);

/** json_has_kids(p): whether the part has a member that has to be there. */
bool json_has_kids(const struct part *p);

/** json_restricts(d): whether ${d} restricts values, and does not only say that there is one. */
bool json_restricts(const struct sql_domain *d);

/** json_facet(p, facet, values): what checks know of the part in this way, or NULL; with ${values},
 *  only what restricts its values. */
const struct sql_member *json_facet(const struct part *p, enum sql_facet facet, bool values);

/** json_types(p): the types that jsonb_typeof() may say of it, a mask. */
unsigned json_types(const struct part *p);

/** json_fill(p, object, n, b): makes the texts of all leaves; multiplies n->space by their numbers
 *  and adds to n->max what is the most that they take.  ${object}: it is one, though no member is
 *  asked for. */
int json_fill(struct part *p, bool object, struct native *n, const struct native_build *b);

/** json_add_text(p, s, n, b): one more text of a leaf, unless checks exclude it by name. */
int json_add_text(struct part *p, const char *s, size_t n, const struct native_build *b);

/** json_put_key(to, key): the key, quoted, with a colon and a blank. */
char *json_put_key(char *to, const char *key);

/** json_put_part(p, id, idx, to): the value of an index, which is read in mixed radix; its end.
 *  ${id}: the name of one more member of an object, which has what is left of the index; NULL. */
char *json_put_part(const struct part *p, const char *id, uint64_t *idx, char *to);

#endif
