/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/init.h"

#include <stdio.h>
#include <unistd.h>

#include "common/calendar.h"
#include "common/err.h"
#include "common/file.h"
#include "common/jsonw.h"
#include "stages/plan-check/check.h"

enum { INIT_ROWS = 100, INIT_SEED = 42 };

/* Rows of a partitioned table go through its root. */
static bool wanted(const struct pg_table *t)
{
	return (t->kind == 'r' || t->kind == 'p') && t->partition_of == NULL;
}

static void put_schema_ref(struct jsonw *j, const struct schema *s)
{
	jw_key(j, "schema_ref");
	jw_object(j);
	jw_kstr(j, "schema_version", CHECK_SCHEMA_VERSION);
	if (s->fingerprint[0] != '\0')
		jw_kstr(j, "schema_fingerprint", s->fingerprint);
	jw_kstr(j, "engine", CHECK_ENGINE);
	jw_end(j);
}

static void put_targets(struct jsonw *j, const struct schema *s)
{
	jw_key(j, "targets");
	jw_array(j);
	for (uint32_t i = 0; i < s->ntables; i++) {
		if (!wanted(&s->tables[i]))
			continue;
		jw_object(j);
		jw_kstr(j, "schema", s->tables[i].schema);
		jw_kstr(j, "table", s->tables[i].name);
		jw_kuint(j, "rows", INIT_ROWS);
		jw_end(j);
	}
	jw_end(j);
}

static void put_plan(struct buf *b, const struct schema *s)
{
	char day[CAL_MAX];
	struct jsonw j;

	day[cal_fmt_date(day, s->introspected_on)] = '\0';
	jw_begin(&j, b, true);
	jw_object(&j);
	jw_kstr(&j, "plan_version", "0.2");
	jw_kuint(&j, "seed", INIT_SEED);
	put_schema_ref(&j, s);
	jw_key(&j, "global");
	jw_object(&j);
	jw_kstr(&j, "locale", "pt_BR");
	jw_kstr(&j, "as_of", day);
	jw_end(&j);
	put_targets(&j, s);
	jw_key(&j, "rules");
	jw_array(&j);
	jw_end(&j);
	jw_end(&j);
	buf_addc(b, '\n');
}

int init_plan(const struct schema *s, const char *path, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = 0;

	put_plan(&b, s);
	if (!buf_ok(&b))
		rc = err_nomem(e);
	else if (path == NULL && (fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0))
		rc = err_sys(e, "standard output");
	else if (path != NULL && access(path, F_OK) == 0)
		rc = err_set(e, ERR_INPUT, "%s exists already; --init does not overwrite it", path);
	else if (path != NULL)
		rc = file_replace(path, b.p, b.n, e);
	buf_free(&b);
	return rc;
}
