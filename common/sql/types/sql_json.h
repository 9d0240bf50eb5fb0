/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_JSON_H
#define COMMON_SQL_JSON_H

#include "common/sql/sql_int.h"

/* sql_json: json and jsonb values as trees; depth is bounded. */

enum sql_json_kind {
	SQL_J_NULL,
	SQL_J_STRING,
	SQL_J_NUMBER,
	SQL_J_FALSE,
	SQL_J_TRUE,
	SQL_J_ARRAY,
	SQL_J_OBJECT
};

struct sql_json {
	enum sql_json_kind kind;
	uint32_t n;	    /* of an array or object */
	struct vtext raw;   /* as written */
	struct vtext text;  /* of a string, unescaped */
	struct sql_num num; /* of a number */
	struct sql_json **item;
	struct vtext *key; /* of an object: by length, then bytes, without doubles */
};

/** sql_json_parse(ev, s, jsonb): NULL: invalid JSON, or memory is out (ev->nomem). */
struct sql_json *sql_json_parse(struct sql_eval *ev, struct vtext s, bool jsonb);

/** sql_json_print(j, b): as jsonb_out. */
void sql_json_print(const struct sql_json *j, struct buf *b);

/** sql_json_cmp(l, r): compareJsonbContainers(). */
int sql_json_cmp(const void *l, const void *r);

/** sql_json_key_cmp(l, r): the order in which an object has its keys. */
int sql_json_key_cmp(struct vtext l, struct vtext r);

/** sql_json_contains(whole, part): @>. */
bool sql_json_contains(const struct sql_json *whole, const struct sql_json *part);

/** sql_json_key(j, key), sql_json_at(j, k): NULL when there is none; k < 0 from the end. */
const struct sql_json *sql_json_key(const struct sql_json *j, struct vtext key);
const struct sql_json *sql_json_at(const struct sql_json *j, int64_t k);

/** sql_json_printed(ev, j): its text, which lives as long as the block. */
struct vtext sql_json_printed(struct sql_eval *ev, const struct sql_json *j);

#endif
