/* SPDX-License-Identifier: MIT */
/*
 * Whether a text of a plan is a value of a type whose values are kept as texts: addresses, json,
 * bits and wide numbers. Of other such types the server's input functions alone know the syntax.
 */
#include "common/generators/gen_choice_raw.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/io/json_read.h"
#include "common/sql/sql_num.h"

enum { ADDRESS_MAX = 64, MAC_GROUPS = 6, MAC8_GROUPS = 8, BITS_V4 = 32, BITS_V6 = 128 };

/* Whether no bit is set behind the first ${bits} of an address. */
static bool is_network(const unsigned char *at, int64_t bits, int64_t all)
{
	for (int64_t i = bits; i < all; i++)
		if ((at[i / 8] >> (7 - i % 8) & 1) != 0)
			return false;
	return true;
}

/* inet and cidr: an address, and perhaps how many of its bits are the network's. */
static bool is_address(struct vtext t, bool network)
{
	char text[ADDRESS_MAX + 1];
	unsigned char at[sizeof(struct in6_addr)];
	const char *slash = memchr(t.p, '/', t.n);
	size_t n = slash != NULL ? (size_t)(slash - t.p) : t.n;
	bool v6 = memchr(t.p, ':', n) != NULL;
	int64_t all = v6 ? BITS_V6 : BITS_V4, bits = all;

	if (n > ADDRESS_MAX)
		return false;
	memcpy(text, t.p, n);
	text[n] = '\0';
	return inet_pton(v6 ? AF_INET6 : AF_INET, text, at) == 1 &&
	       (slash == NULL || num_parse_i64(slash + 1, t.n - n - 1, &bits)) && bits >= 0 &&
	       bits <= all && (!network || is_network(at, bits, all));
}

/* macaddr and macaddr8: pairs of hexadecimal digits, with one separator between all. */
static bool is_mac(struct vtext t, size_t groups)
{
	if (t.n != groups * 3 - 1)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		bool between = i % 3 == 2;

		if (between ? (t.p[i] != ':' && t.p[i] != '-') || t.p[i] != t.p[2]
			    : strchr("0123456789abcdefABCDEF", t.p[i]) == NULL || t.p[i] == '\0')
			return false;
	}
	return true;
}

static bool is_json(struct vtext t)
{
	struct err e = {.kind = ERR_NONE};
	json_t *j = json_read_text(t.p, t.n, JSON_DECODE_ANY, NULL, &e);
	bool is = j != NULL;

	json_decref(j);
	return is;
}

static bool is_bits(const struct pg_base *b, struct vtext t)
{
	size_t n = (size_t)(b->typmod > 0 ? b->typmod : 1);

	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] != '0' && t.p[i] != '1')
			return false;
	return b->type->cls == PG_BIT ? t.n == n : b->typmod <= 0 || t.n <= n;
}

bool gen_choice_raw(const struct pg_base *b, struct vtext t)
{
	struct sql_num number;

	switch (b->type->cls) {
	case PG_INET:
	case PG_CIDR:
		return is_address(t, b->type->cls == PG_CIDR);
	case PG_MACADDR:
		return is_mac(t, MAC_GROUPS);
	case PG_MACADDR8:
		return is_mac(t, MAC8_GROUPS) || is_mac(t, MAC_GROUPS);
	case PG_JSON:
	case PG_JSONB:
		return is_json(t);
	case PG_BIT:
	case PG_VARBIT:
		return is_bits(b, t);
	case PG_NUMERIC:
		return sql_num_parse(t.p, t.n, &number);
	default:
		return true;
	}
}
