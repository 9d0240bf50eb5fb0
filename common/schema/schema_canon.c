/* SPDX-License-Identifier: MIT */
/*
 * One form for expressions that PostgreSQL prints in several ways. The same
 * CHECK (c IN ('a', 'b')) on a varchar column is printed as ARRAY['a'::varchar,
 * 'b'::varchar]::text[] or as ARRAY['a'::text, ...] depending on whether it was
 * restored from a dump. A fingerprint must not change by a dump and restore, so
 * casts of constant arrays are moved to their elements before it is computed.
 * Nothing is parsed but quotes and brackets.
 */
#include "common/schema/schema_canon.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/str.h"

/* The end of the quoted text that starts at ${p}: past the closing quote, or at the NUL. */
static const char *skip_quoted(const char *p)
{
	char q = *p++;

	while (*p != '\0' && (*p != q || p[1] == q))
		p += *p == q ? 2 : 1;
	return *p != '\0' ? p + 1 : p;
}

static bool is_quote(char c)
{
	return c == '\'' || c == '"';
}

/*
 * The end of the list element at ${p}: the comma or bracket that closes it, or NULL when
 * the text ends first.
 */
static const char *skip_element(const char *p)
{
	int depth = 0;

	while (*p != '\0') {
		if (is_quote(*p)) {
			p = skip_quoted(p);
			continue;
		}
		if (depth == 0 && (*p == ',' || *p == ']'))
			return p;
		if (*p == '(' || *p == '[')
			depth++;
		else if (*p == ')' || *p == ']')
			depth--;
		p++;
	}
	return NULL;
}

static const char array_open[] = "(ARRAY[", array_close[] = "])::";

/*
 * If "(ARRAY[...])::TYPE[]" is at ${p}: where it ends, where its list ends, and
 * what TYPE is. Otherwise NULL.
 */
static const char *cast_array(const char *p, const char **list_end, struct view *type)
{
	const char *q = p + strlen(array_open), *end;

	if (strncmp(p, array_open, strlen(array_open)) != 0 || *q == ']')
		return NULL;
	while ((q = skip_element(q)) != NULL && *q == ',')
		q++;
	if (q == NULL || strncmp(q, array_close, strlen(array_close)) != 0)
		return NULL;
	*list_end = q;
	type->p = q + strlen(array_close);
	end = strstr(type->p, "[]");
	if (end == NULL || memchr(type->p, ')', (size_t)(end - type->p)) != NULL)
		return NULL;
	type->n = (size_t)(end - type->p);
	return end + strlen("[]");
}

/* Appends the canonical form of the expression to ${b}. */
void schema_canon(const char *sql, struct buf *b)
{
	const char *p = sql;

	while (*p != '\0') {
		const char *list_end, *end, *from = p;
		struct view type;

		if (is_quote(*p)) {
			p = skip_quoted(p);
			buf_add(b, from, (size_t)(p - from));
			continue;
		}
		end = cast_array(p, &list_end, &type);
		if (end == NULL) {
			buf_addc(b, *p++);
			continue;
		}
		buf_adds(b, "ARRAY[");
		for (const char *q = p + strlen(array_open); q < list_end;) {
			const char *stop = skip_element(q);

			buf_addc(b, '(');
			buf_add(b, q, (size_t)(stop - q));
			buf_adds(b, ")::");
			buf_add(b, type.p, type.n);
			buf_adds(b, stop < list_end ? ", " : "]");
			q = stop + (stop < list_end ? 1 : 0);
			while (q < list_end && *q == ' ')
				q++;
		}
		p = end;
	}
}
