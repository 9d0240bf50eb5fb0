/* SPDX-License-Identifier: MIT */
/* Names and literals as SQL wants them. */
#include "common/pg/pg.h"

#include "common/base/str.h"

void pg_ident(struct buf *b, const char *name)
{
	buf_quoted(b, '"', name);
}

void pg_qname(struct buf *b, const char *schema, const char *name)
{
	pg_ident(b, schema);
	buf_addc(b, '.');
	pg_ident(b, name);
}

/*
 * A literal in single quotes; standard_conforming_strings is on, so that a
 * backslash is one.
 */
void pg_literal(struct buf *b, const char *s)
{
	buf_quoted(b, '\'', s);
}

/* An array literal of texts, every element in quotes. */
void pg_array(struct buf *b, const char *const *s, size_t n)
{
	buf_addc(b, '{');
	for (size_t i = 0; i < n; i++) {
		buf_adds(b, i == 0 ? "\"" : ",\"");
		for (const char *p = s[i]; *p != '\0'; p++) {
			if (*p == '"' || *p == '\\')
				buf_addc(b, '\\');
			buf_addc(b, *p);
		}
		buf_addc(b, '"');
	}
	buf_addc(b, '}');
}

void pg_own_rows(struct buf *b, char kind, const char *schema, const char *table)
{
	buf_adds(b, kind == 'p' ? "" : "ONLY ");
	pg_qname(b, schema, table);
}
