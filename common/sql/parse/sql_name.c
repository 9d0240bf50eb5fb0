/* SPDX-License-Identifier: MIT */
#include "common/sql/sql.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include "common/base/str.h"

/* Whether PostgreSQL's scanner takes the word for a name: it asks the list of keywords of the
 * parser. */
static bool is_keyword(const char *word)
{
	PgQueryScanResult r = pg_query_scan(word);
	PgQuery__ScanResult *s = r.error != NULL ? NULL
						 : pg_query__scan_result__unpack(NULL, r.pbuf.len,
							   (const uint8_t *)r.pbuf.data);
	bool yes =
		s == NULL || s->n_tokens != 1 ||
		(s->tokens[0]->keyword_kind != PG_QUERY__KEYWORD_KIND__NO_KEYWORD &&
			s->tokens[0]->keyword_kind != PG_QUERY__KEYWORD_KIND__UNRESERVED_KEYWORD);

	if (s != NULL)
		pg_query__scan_result__free_unpacked(s, NULL);
	pg_query_free_scan_result(r);
	return yes;
}

static bool is_plain(const char *name)
{
	for (const char *p = name; *p != '\0'; p++)
		if (!((*p >= 'a' && *p <= 'z') || *p == '_' ||
			    (p > name && *p >= '0' && *p <= '9')))
			return false;
	return *name != '\0';
}

const char *sql_name(struct arena *a, const char *name)
{
	return is_plain(name) && !is_keyword(name) ? arena_strdup(a, name)
						   : str_quoted(a, '"', name);
}
