/* SPDX-License-Identifier: MIT */
/*
 * Connection strings without their secrets, for messages and logs.
 *
 * Two forms are understood, those of libpq: URIs
 * (postgresql://user:password@host/db?key=value) and keyword=value pairs
 * (PostgreSQL's manual, 34.1.1). What is shown is what is known to be harmless;
 * every other value is masked, so that an unknown keyword cannot leak. A URI
 * that is ambiguous, because a password has an "@" or "?" in it, is read so
 * that rather too much is masked.
 */
#include "common/io/redact.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/str.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MASK	 "***"

/* Where a key's value goes besides the redacted string. */
enum field { F_HIDDEN, F_SHOWN, F_USER, F_HOST, F_PORT, F_DATABASE };

/* libpq's keywords (PostgreSQL 17), and what other drivers call a secret. */
static const struct key {
	const char *name;
	enum field field;
} keys[] = {
	{"user", F_USER},
	{"host", F_HOST},
	{"port", F_PORT},
	{"dbname", F_DATABASE},
	{"hostaddr", F_SHOWN},
	{"application_name", F_SHOWN},
	{"fallback_application_name", F_SHOWN},
	{"connect_timeout", F_SHOWN},
	{"client_encoding", F_SHOWN},
	{"keepalives", F_SHOWN},
	{"keepalives_idle", F_SHOWN},
	{"keepalives_interval", F_SHOWN},
	{"keepalives_count", F_SHOWN},
	{"tcp_user_timeout", F_SHOWN},
	{"replication", F_SHOWN},
	{"gssencmode", F_SHOWN},
	{"channel_binding", F_SHOWN},
	{"require_auth", F_SHOWN},
	{"sslmode", F_SHOWN},
	{"sslnegotiation", F_SHOWN},
	{"sslcompression", F_SHOWN},
	{"ssl_min_protocol_version", F_SHOWN},
	{"ssl_max_protocol_version", F_SHOWN},
	{"target_session_attrs", F_SHOWN},
	{"load_balance_hosts", F_SHOWN},
	{"password", F_HIDDEN},
	{"pass", F_HIDDEN},
	{"token", F_HIDDEN},
	{"api_key", F_HIDDEN},
	{"apikey", F_HIDDEN},
	{"sslpassword", F_HIDDEN},
	{"passfile", F_HIDDEN},
	{"sslkey", F_HIDDEN},
	{"sslcert", F_HIDDEN},
	{"sslrootcert", F_HIDDEN},
	{"sslcrl", F_HIDDEN},
	{"sslcrldir", F_HIDDEN},
	{"service", F_HIDDEN},
	{"options", F_HIDDEN},
	{"krbsrvname", F_HIDDEN},
	{"gsslib", F_HIDDEN},
};

static const struct key *key_named(const char *name)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcasecmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

/* One walk over a string: where it goes, and whether memory ran out. */
struct scan {
	struct arena *a;
	struct redacted *r;
	struct buf out;
	bool failed;
};

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *p = memchr(digits, c, sizeof(digits) - 1);

	if (p == NULL)
		return -1;
	return p - digits < 16 ? (int)(p - digits) : (int)(p - digits) - 6;
}

/* A copy with %XX decoded; NULL when memory is out. */
static char *decoded(struct scan *s, struct view v)
{
	char *copy = arena_alloc(s->a, v.n + 1), *to = copy;

	if (copy == NULL) {
		s->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < v.n; i++) {
		bool hex = v.p[i] == '%' && v.n - i > 2 && hex_digit(v.p[i + 1]) >= 0 &&
			   hex_digit(v.p[i + 2]) >= 0;

		*to++ = hex ? (char)(hex_digit(v.p[i + 1]) * 16 + hex_digit(v.p[i + 2])) : v.p[i];
		i += hex ? 2 : 0;
	}
	return copy;
}

static struct view span(const char *p, const char *end)
{
	return (struct view){p, (size_t)(end - p)};
}

static void add(struct scan *s, struct view v)
{
	buf_add(&s->out, v.p, v.n);
}

/* The first byte of ${v} that is ${c}, or its end. */
static const char *find(struct view v, char c)
{
	const char *p = memchr(v.p, c, v.n);

	return p ? p : v.p + v.n;
}

static const char *find_last(struct view v, char c)
{
	const char *p = memrchr(v.p, c, v.n);

	return p ? p : v.p + v.n;
}

static int port_of(const char *text)
{
	size_t n = strspn(text, "0123456789");
	long port = n > 0 && n <= 5 && text[n] == '\0' ? strtol(text, NULL, 10) : 0;

	return port >= 1 && port <= 65535 ? (int)port : -1;
}

/* Remembers a value that may be shown, unless it is empty. */
static void keep(struct scan *s, enum field f, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	if (f == F_USER)
		s->r->user = value;
	else if (f == F_HOST)
		s->r->host = value;
	else if (f == F_DATABASE)
		s->r->database = value;
	else if (f == F_PORT)
		s->r->port = port_of(value);
}

/* ---- engine://user:password@host:port/database?key=value ------------------ */

/*
 * Where the "?" of the query is: before the first key that is known, else the
 * first one, unless an "@" behind it says that it belongs to a password.
 */
static const char *query_start(struct scan *s, struct view v)
{
	const char *end = v.p + v.n, *first = find(v, '?');

	for (const char *q = first; q < end; q = find(span(q + 1, end), '?')) {
		struct view rest = span(q + 1, end);
		char *name;

		rest.n = (size_t)(find(rest, '&') - rest.p);
		rest.n = (size_t)(find(rest, '=') - rest.p);
		name = decoded(s, rest);
		if (name != NULL && key_named(name) != NULL)
			return q;
	}
	return first < end && find(span(first, end), '@') == end ? first : end;
}

/*
 * Where the "@" behind user and password is, or the end. All up to the last "@"
 * is theirs, if an "@" or a ":" before the first "/" says that there is a user
 * at all.
 */
static const char *userinfo_end(struct view v)
{
	struct view authority = span(v.p, find(v, '/'));
	const char *end = authority.p + authority.n;

	if (find(authority, '@') == end && find(authority, ':') == end)
		return v.p + v.n;
	return find_last(v, '@');
}

/* Host, port and database; a host may be in brackets (IPv6). */
static void uri_host(struct scan *s, struct view v)
{
	const char *end = v.p + v.n, *slash = find(v, '/');
	struct view host = span(v.p, slash);
	const char *colon = find_last(host, ':');
	bool many = find(host, ',') != slash, bracketed = find(span(colon, slash), ']') != slash;

	add(s, v);
	if (slash < end)
		keep(s, F_DATABASE, decoded(s, span(slash + 1, end)));
	if (!many && !bracketed && colon < slash) {
		keep(s, F_PORT, decoded(s, span(colon + 1, slash)));
		host = span(v.p, colon);
	}
	if (!many && host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = span(host.p + 1, host.p + host.n - 1);
	keep(s, F_HOST, decoded(s, host));
}

/* key=value of the query; the value is masked unless the key is harmless. */
static void uri_pair(struct scan *s, struct view v)
{
	const char *end = v.p + v.n, *eq = find(v, '=');
	char *name = decoded(s, span(v.p, eq));
	const struct key *k = name ? key_named(name) : NULL;

	if (k == NULL && (eq == end || strpbrk(name ? name : "@", "@/:?") != NULL)) {
		buf_adds(&s->out, MASK);
		return;
	}
	add(s, span(v.p, eq));
	if (end - eq <= 1)
		return; /* an empty value: the key alone */
	buf_addc(&s->out, '=');
	if (k == NULL || k->field == F_HIDDEN) {
		buf_adds(&s->out, MASK);
		return;
	}
	add(s, span(eq + 1, end));
	keep(s, k->field, decoded(s, span(eq + 1, end)));
}

/* Pairs with "&" between. */
static void uri_query(struct scan *s, struct view v)
{
	const char *end = v.p + v.n, *p = v.p, *amp;

	buf_addc(&s->out, '?');
	for (;; p = amp + 1) {
		amp = find(span(p, end), '&');
		if (amp > p)
			uri_pair(s, span(p, amp));
		if (amp == end)
			return;
		buf_addc(&s->out, '&');
	}
}

/* All parts of a URI in order; the user is shown, a password never. */
static void uri(struct scan *s, struct view scheme, struct view v)
{
	const char *end = v.p + v.n, *query = query_start(s, v);
	struct view head = span(v.p, query);
	const char *at = userinfo_end(head);

	s->r->engine = decoded(s, scheme);
	add(s, scheme);
	buf_adds(&s->out, "://");
	if (at < query) {
		struct view info = span(v.p, at);
		const char *colon = find(info, ':');

		add(s, span(v.p, colon));
		if (colon < at)
			buf_addc(&s->out, ':');
		if (at - colon > 1)
			buf_adds(&s->out, MASK);
		buf_addc(&s->out, '@');
		keep(s, F_USER, decoded(s, span(v.p, colon)));
		head = span(at + 1, query);
	}
	uri_host(s, head);
	if (query < end)
		uri_query(s, span(query + 1, end));
}

/* ---- key=value key='a value' ---------------------------------------------- */

static const char *blanks(const char *p)
{
	return p + strspn(p, " \t\r\n\f\v");
}

/*
 * The value at ${p}, unquoted, into ${to}; returns where it ends, NULL without
 * a closing quote.
 */
static const char *dsn_value(const char *p, char *to)
{
	bool quoted = *p == '\'';

	for (p += quoted; *p != '\0' && (quoted ? *p != '\'' : blanks(p) == p); p++) {
		p += *p == '\\' && p[1] != '\0';
		*to++ = *p;
	}
	*to = '\0';
	if (quoted && *p == '\0')
		return NULL;
	return p + quoted;
}

/* Pairs of keyword and value; what cannot be parsed is masked up to the end. */
static void dsn(struct scan *s, const char *p)
{
	while (*(p = blanks(p)) != '\0') {
		size_t n = strcspn(p, "= \t\r\n\f\v");
		const char *name = decoded(s, (struct view){p, n}), *from = blanks(p + n);
		const struct key *k = name ? key_named(name) : NULL;
		char *value = arena_alloc(s->a, strlen(p) + 1);

		if (s->out.n > 0)
			buf_addc(&s->out, ' ');
		if (value == NULL || *from != '=' ||
			(p = dsn_value(blanks(from + 1), value)) == NULL) {
			s->failed |= value == NULL;
			buf_adds(&s->out, MASK); /* not a connection string: show no more of it */
			return;
		}
		/* a keyword is a word; what is none may be most of an URL */
		if (name != NULL && name[strspn(name, "abcdefghijklmnopqrstuvwxyz_")] == '\0')
			buf_adds(&s->out, name);
		else
			buf_adds(&s->out, MASK);
		buf_addc(&s->out, '=');
		if (k == NULL || k->field == F_HIDDEN) {
			buf_adds(&s->out, MASK);
			continue;
		}
		add(s, span(from = blanks(from + 1), p));
		keep(s, k->field, value);
	}
}

/* ---- either ---------------------------------------------------------------- */

/* False when out of memory. */
bool redact_conn(const char *conn, struct arena *a, struct redacted *r)
{
	struct scan s = {.a = a, .r = r, .out = BUF_INIT};
	const char *sep = strstr(conn, "://");

	*r = (struct redacted){.port = -1};
	/* a scheme has no = or blank before its ://, as in application_name=http://x */
	if (sep != NULL && strcspn(conn, "= \t\n'") > (size_t)(sep - conn)) {
		uri(&s, span(conn, sep), view_of(sep + 3));
	} else if (strchr(conn, '=') != NULL) {
		dsn(&s, conn);
	} else if (strpbrk(conn, "@:/") != NULL) { /* user:password@host, perhaps */
		buf_adds(&s.out, MASK);
	} else {
		keep(&s, F_DATABASE, decoded(&s, view_of(conn)));
		buf_adds(&s.out, conn);
	}
	r->redacted = arena_strndup(a, s.out.p ? s.out.p : "", s.out.n);
	if (!buf_ok(&s.out) || r->redacted == NULL)
		s.failed = true;
	buf_free(&s.out);
	return !s.failed;
}
