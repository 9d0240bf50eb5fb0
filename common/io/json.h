/* SPDX-License-Identifier: MIT */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <msgpack.h>

#include "common/base/str.h"

/*
 * jsonw: JSON written to a buf.  Two-space indentation, or one line when
 * ${indent} is false.  Reals are the shortest text that reads back the same.  Bytes that are not
 * UTF-8 become U+FFFD; characters that cannot be seen (common/base/visible.h) are escaped.
 *
 *	jw_begin(&j, &b, true);
 *	jw_object(&j);
 *		jw_key(&j, "rows");  jw_uint(&j, 7);
 *		jw_kstr(&j, "name", NULL);	-- null
 *	jw_end(&j);
 */
struct jsonw {
	struct buf *b;
	bool indent;
	int depth;
	bool first, keyed;
	char close[64]; /* the bracket each open level ends with */
};

void jw_begin(struct jsonw *j, struct buf *b, bool indent);
void jw_object(struct jsonw *j);
void jw_array(struct jsonw *j);
void jw_end(struct jsonw *j); /* closes the innermost object or array */
void jw_key(struct jsonw *j, const char *key);
void jw_str(struct jsonw *j, const char *s); /* NULL writes null */
void jw_strn(struct jsonw *j, const char *s, size_t n);
void jw_int(struct jsonw *j, int64_t i);
void jw_uint(struct jsonw *j, uint64_t u);
void jw_bool(struct jsonw *j, bool v);
void jw_double(struct jsonw *j, double d); /* not finite: null */
void jw_null(struct jsonw *j);
void jw_raw(struct jsonw *j, const char *text, size_t n);    /* a value that is JSON already */
void jw_hex(struct jsonw *j, const void *p, size_t n);	     /* a string of hex digits */
void jw_object_of(struct jsonw *j, const msgpack_object *o); /* any msgpack tree; bin as hex */

void jw_kstr(struct jsonw *j, const char *key, const char *s);
void jw_kint(struct jsonw *j, const char *key, int64_t i);
void jw_kuint(struct jsonw *j, const char *key, uint64_t u);
void jw_kbool(struct jsonw *j, const char *key, bool v);
void jw_kdouble(struct jsonw *j, const char *key, double d);

#endif
