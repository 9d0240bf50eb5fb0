/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_SEAL_H
#define COMMON_JSON_SEAL_H

#include <jansson.h>

struct err;
struct jsonw;

/*
 * json_seal: an object of JSON that says whether it is as it was written.  Its last member,
 * "digest", is the SHA-256 of the object without it, printed without blanks, keys sorted by bytes,
 * and what is not ASCII as \u escapes (jansson's JSON_COMPACT, JSON_SORT_KEYS, JSON_ENSURE_ASCII);
 * so the layout may change, and no value.  It proves that nothing was altered by accident or by
 * hand, not who wrote it.
 */

/** json_seal(j, e): write that member, the last of the document, whose outermost object is open. */
int json_seal(struct jsonw *j, struct err *e);

/** json_sealed(o, e): whether the digest is the object's; 0, also where there is none, as in files
 * of earlier versions; else -1 (ERR_INPUT). */
int json_sealed(const json_t *o, struct err *e);

#endif
