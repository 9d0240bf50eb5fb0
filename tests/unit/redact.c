/* SPDX-License-Identifier: MIT */
#include "common/io/redact.h"
#include "tests/unit/check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *conn, *redacted, *engine, *user, *host, *database;
	int port;
} cases[] = {
	/* plain URIs */
	{"postgres://ana:S3CRET@db.example:5433/crm", "postgres://ana:***@db.example:5433/crm",
		"postgres", "ana", "db.example", "crm", 5433},
	{"postgresql://db/crm", "postgresql://db/crm", "postgresql", NULL, "db", "crm", -1},
	{"postgresql://ana@db", "postgresql://ana@db", "postgresql", "ana", "db", NULL, -1},
	{"postgresql://ana:@db", "postgresql://ana:@db", "postgresql", "ana", "db", NULL, -1},
	{"postgresql://", "postgresql://", "postgresql", NULL, NULL, NULL, -1},
	{"postgresql://[::1]:5432/crm", "postgresql://[::1]:5432/crm", "postgresql", NULL, "::1",
		"crm", 5432},
	{"postgresql://u:S3CRET@[::1]/crm", "postgresql://u:***@[::1]/crm", "postgresql", "u",
		"::1", "crm", -1},
	{"postgresql://a:1,b:2/crm", "postgresql://a:1,b:2/crm", "postgresql", NULL, "a:1,b:2",
		"crm", -1},
	{"mysql://u:S3CRET@h/d", "mysql://u:***@h/d", "mysql", "u", "h", "d", -1},
	{"postgresql://u%40x:S3CRET@h/a%20b", "postgresql://u%40x:***@h/a%20b", "postgresql", "u@x",
		"h", "a b", -1},
	{"postgresql://h:99999/d", "postgresql://h:99999/d", "postgresql", NULL, "h", "d", -1},
	/* passwords that were not percent-encoded */
	{"postgres://u:S3@CRET@h:1/d", "postgres://u:***@h:1/d", "postgres", "u", "h", "d", 1},
	{"postgres://u:S3/CRET@h/d", "postgres://u:***@h/d", "postgres", "u", "h", "d", -1},
	{"postgres://u:S3?CRET@h/d", "postgres://u:***@h/d", "postgres", "u", "h", "d", -1},
	{"postgres://u:S3?CRET@h/d?sslmode=require", "postgres://u:***@h/d?sslmode=require",
		"postgres", "u", "h", "d", -1},
	{"postgres://u:S3:CRET#@h/d", "postgres://u:***@h/d", "postgres", "u", "h", "d", -1},
	{"postgres://u:12/S3CRET@h/d", "postgres://u:***@h/d", "postgres", "u", "h", "d", -1},
	/* the query */
	{"postgres://h/d?password=S3CRET&sslmode=require",
		"postgres://h/d?password=***&sslmode=require", "postgres", NULL, "h", "d", -1},
	{"postgres://h/d?sslpassword=S3CRET&passfile=S3CRET&sslkey=S3CRET",
		"postgres://h/d?sslpassword=***&passfile=***&sslkey=***", "postgres", NULL, "h",
		"d", -1},
	{"postgres://h/d?p%61ssword=S3CRET", "postgres://h/d?p%61ssword=***", "postgres", NULL, "h",
		"d", -1},
	{"postgres://h/d?PASSWORD=S3CRET&Token=S3CRET", "postgres://h/d?PASSWORD=***&Token=***",
		"postgres", NULL, "h", "d", -1},
	{"postgres://h/d?unheard_of=S3CRET&password=", "postgres://h/d?unheard_of=***&password",
		"postgres", NULL, "h", "d", -1},
	{"postgres://h/d?password=S3CR@ET", "postgres://h/d?password=***", "postgres", NULL, "h",
		"d", -1},
	{"postgresql:///d?host=/tmp/x&user=ana&port=7",
		"postgresql:///d?host=/tmp/x&user=ana&port=7", "postgresql", "ana", "/tmp/x", "d",
		7},
	{"postgresql://h/d?S3CRET", "postgresql://h/d?***", "postgresql", NULL, "h", "d", -1},
	/* keyword=value */
	{"host=db port=5433 user=ana password=S3CRET dbname=crm",
		"host=db port=5433 user=ana password=*** dbname=crm", NULL, "ana", "db", "crm",
		5433},
	{"  host = 'my db'  password='S3\\'CRET S3CRET' ", "host='my db' password=***", NULL, NULL,
		"my db", NULL, -1},
	{"password=S3\\ CRET host=h", "password=*** host=h", NULL, NULL, "h", NULL, -1},
	{"host=h password='S3CRET", "host=h ***", NULL, NULL, "h", NULL, -1},
	{"host=h S3CRET", "host=h ***", NULL, NULL, "h", NULL, -1},
	{"sslpassword=S3CRET options=S3CRET unheard=S3CRET",
		"sslpassword=*** options=*** unheard=***", NULL, NULL, NULL, NULL, -1},
	{"application_name=http://x password=S3CRET", "application_name=http://x password=***",
		NULL, NULL, NULL, NULL, -1},
	/* neither */
	{"crm", "crm", NULL, NULL, NULL, "crm", -1},
	{"", "", NULL, NULL, NULL, NULL, -1},
};

static void same(const char *conn, const char *a, const char *b)
{
	bool eq = a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;

	CHECK(eq);
	if (!eq)
		fprintf(stderr, "  %s: %s, expected %s\n", conn, a ? a : "NULL", b ? b : "NULL");
}

/* Every string, cut at every length, is walked without a step beyond its end. */
static void cut(const char *conn, struct arena *a)
{
	char part[200];

	for (size_t n = 0; n <= strlen(conn); n++) {
		struct redacted r;

		snprintf(part, sizeof(part), "%.*s", (int)n, conn);
		CHECK(redact_conn(part, a, &r));
	}
}

int main(void)
{
	struct arena a = ARENA_INIT;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct redacted r;

		CHECK(redact_conn(cases[i].conn, &a, &r));
		same(cases[i].conn, r.redacted, cases[i].redacted);
		same(cases[i].conn, r.engine, cases[i].engine);
		same(cases[i].conn, r.user, cases[i].user);
		same(cases[i].conn, r.host, cases[i].host);
		same(cases[i].conn, r.database, cases[i].database);
		CHECK(r.port == cases[i].port);
		CHECK(strstr(r.redacted, "S3") == NULL && strstr(r.redacted, "CRET") == NULL);
		cut(cases[i].conn, &a);
	}
	arena_free(&a);
	return check_done();
}
