/* SPDX-License-Identifier: MIT */
/*
 * Codes: numbers with check digits (gen_faker_check.c), colours, and addresses of
 * machines. Each is written by one function, from an index; of several forms of a
 * code, the first that the column has room for is used. Networks are private or
 * kept for documentation (RFC 1918, RFC 3849), and machines have the bit that
 * manufacturers never set (IEEE 802), so that none is somebody's.
 */
#include "common/generators/gen_faker.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/generators/gen_faker_code.h"

/* What a code is made with. */
struct code_state {
	struct gen_draw draw;
	const struct code *code;
	bool small; /* hexadecimal digits in lower case, as the server writes its own types */
};

struct code {
	const char *name;
	uint64_t space;
	uint32_t min, max; /* characters */
	code_put *put;
};

/* ---- digits ---------------------------------------------------------------------------------- */

static const char *hex_digits(const struct gen *g)
{
	const struct code_state *s = g->state;

	return s->small ? "0123456789abcdef" : "0123456789ABCDEF";
}

static char *put_hex(const struct gen *g, char *to, uint64_t v, unsigned n)
{
	const char *digit = hex_digits(g);

	for (unsigned i = n; i-- > 0; v >>= 4)
		to[i] = digit[v & 15];
	return to + n;
}

/* ---- colours ----------------------------------------------------------------------------------
 */

enum { BYTE = 256, DEGREES = 360, PERCENTS = 101, RGB_SPACE = BYTE * BYTE * BYTE };
#define HSL_SPACE (UINT64_C(360) * PERCENTS * PERCENTS)

static char *put_hex_color(const struct gen *g, uint64_t idx, char *to)
{
	static const char digit[] = "0123456789abcdef";

	(void)g;
	*to++ = '#';
	for (int shift = 20; shift >= 0; shift -= 4)
		*to++ = digit[idx >> shift & 15];
	return to;
}

/* Three numbers below the bases, the second and third with ${unit} behind them. */
static char *put_three(char *to, uint64_t *idx, uint64_t b0, uint64_t b1, const char *unit)
{
	to += num_fmt_u64(to, *idx % b0);
	*idx /= b0;
	for (int i = 0; i < 2; i++, *idx /= b1) {
		to = stpcpy(to, ", ");
		to += num_fmt_u64(to, *idx % b1);
		to = stpcpy(to, unit);
	}
	return to;
}

/* ", 0.25)": how opaque a colour is, in hundredths. */
static char *put_alpha(char *to, uint64_t hundredths)
{
	to = stpcpy(to, ", ");
	to += num_fmt_dec(to, (int64_t)hundredths, 2);
	return stpcpy(to, ")");
}

static char *put_rgb(const struct gen *g, uint64_t idx, char *to)
{
	(void)g;
	return stpcpy(put_three(stpcpy(to, "rgb("), &idx, BYTE, BYTE, ""), ")");
}

static char *put_rgba(const struct gen *g, uint64_t idx, char *to)
{
	(void)g;
	to = put_three(stpcpy(to, "rgba("), &idx, BYTE, BYTE, "");
	return put_alpha(to, idx);
}

static char *put_hsl(const struct gen *g, uint64_t idx, char *to)
{
	(void)g;
	return stpcpy(put_three(stpcpy(to, "hsl("), &idx, DEGREES, PERCENTS, "%"), ")");
}

static char *put_hsla(const struct gen *g, uint64_t idx, char *to)
{
	(void)g;
	to = put_three(stpcpy(to, "hsla("), &idx, DEGREES, PERCENTS, "%");
	return put_alpha(to, idx);
}

/* ---- machines ---------------------------------------------------------------------------------
 */

enum { IPV4_BITS = 24, MAC_BITS = 40, GROUPS = 6, GROUP_BASE = 65535 };

/*
 * 2001:db8::/32 is kept for documentation. No group is 0, so that the text is the
 * one that PostgreSQL prints. What the index does not fill is a hash of it.
 */
static char *put_ipv6(const struct gen *g, uint64_t idx, char *to)
{
	static const char digit[] = "0123456789abcdef";
	uint64_t more = rng_at(g->key, idx);

	to = stpcpy(to, "2001:db8");
	for (unsigned i = 0; i < GROUPS; i++) {
		uint64_t *from = i < GROUPS - 4 ? &more : &idx;
		unsigned v = (unsigned)(*from % GROUP_BASE) + 1;
		int shift = 12;

		*from /= GROUP_BASE;
		*to++ = ':';
		while (v >> shift == 0)
			shift -= 4;
		for (; shift >= 0; shift -= 4)
			*to++ = digit[v >> shift & 15];
	}
	return to;
}

/* One of 10.0.0.0/8, or of the documentation's IPv6 addresses. */
static char *put_ip(const struct gen *g, uint64_t idx, char *to)
{
	if (idx % 2 == 1)
		return put_ipv6(g, idx / 2, to);
	to = stpcpy(to, "10");
	for (int shift = IPV4_BITS - 8; shift >= 0; shift -= 8) {
		*to++ = '.';
		to += num_fmt_u64(to, idx / 2 >> shift & 255);
	}
	return to;
}

/* Locally administered: the second lowest bit of the first byte is set, the lowest is not. */
static char *put_mac(const struct gen *g, uint64_t idx, char *to)
{
	to = stpcpy(to, "02");
	for (int shift = MAC_BITS - 8; shift >= 0; shift -= 8) {
		*to++ = ':';
		to = put_hex(g, to, idx >> shift & 255, 2);
	}
	return to;
}

/* ---- the kinds --------------------------------------------------------------------------------
 */

static const struct code codes[] = {
	{"isbn10", CODE_ISBNS, 13, 13, code_put_isbn10_marked},
	{"isbn10", CODE_ISBNS, 10, 10, code_put_isbn10},
	{"isbn13", CODE_ISBNS, 17, 17, code_put_isbn13_marked},
	{"isbn13", CODE_ISBNS, 13, 13, code_put_isbn13},
	{"isbn", 2 * CODE_ISBNS, 13, 17, code_put_isbn_marked},
	{"isbn", 2 * CODE_ISBNS, 10, 13, code_put_isbn},
	{"card", CODE_CARDS, 15, 16, code_put_card},
	{"bic", CODE_BICS, 8, 8, code_put_bic},
	{"isin", CODE_ISINS, 12, 12, code_put_isin},
	{"hex_color", RGB_SPACE, 7, 7, put_hex_color},
	{"rgb", RGB_SPACE, 12, 18, put_rgb},
	{"rgba", UINT64_C(101) * RGB_SPACE, 19, 25, put_rgba},
	{"hsl", HSL_SPACE, 14, 20, put_hsl},
	{"hsla", HSL_SPACE *PERCENTS, 21, 27, put_hsla},
	{"ip", UINT64_C(2) << IPV4_BITS, 8, 38, put_ip},
	{"ipv6", GEN_SPACE_MAX, 20, 38, put_ipv6},
	{"mac", UINT64_C(1) << MAC_BITS, 17, 17, put_mac},
};

enum { NCODES = sizeof(codes) / sizeof(codes[0]) };

static void code_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct code_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes);
		uint32_t len = (uint32_t)(s->code->put(g, idx[i], p) - p);

		gen_heap_give(h, g->max_bytes - len);
		out->v.t[i] = (struct vtext){p, len};
	}
}

/* One form of a code. */
static int make_form(struct gen *g, const struct gen_column *c, const struct code *k,
	struct code_state *s, struct arena *a, struct err *e)
{
	struct gen_limits lim = gen_text_limits(c);

	s->draw.value = code_value;
	s->code = k;
	s->small = (gen_family(c->base) & GF_TEXT) == 0;
	g->state = s;
	g->space = k->space;
	g->max_bytes = k->max + NUM_MAX; /* numbers are written in steps */
	if (k->min < lim.min || k->max > lim.max)
		return err_set(e, ERR_NO,
			"%s: its texts have %u to %u characters, and the column and its checks "
			"allow %u to %u",
			g->op->id, k->min, k->max, lim.min, lim.max);
	return gen_text_verify(g, c, a, e);
}

/* The first form that fits; the error is that of the first. */
static int make_code(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct err first = {0};

	(void)params;
	for (size_t i = 0; i < NCODES; i++) {
		struct code_state *s = arena_alloc(a, sizeof(*s));
		struct gen try = *g;

		if (strcmp(codes[i].name, g->op->makes) != 0)
			continue;
		if (s == NULL)
			return err_nomem(e);
		if (make_form(&try, c, &codes[i], s, a, e) == 0) {
			*g = try;
			return 0;
		}
		if (e->kind != ERR_NO)
			return -1;
		if (first.kind == ERR_NONE)
			first = *e;
	}
	*e = first;
	return -1;
}

static int prepare_code(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_code, a, e);
}

/* The same for a type of addresses, whose name is what it makes for. */
static int prepare_address(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	bool mac = strcmp(g->op->makes, "mac") == 0;

	if (c->type != VT_TEXT && !gen_faker_is_type(c, mac ? "macaddr" : "inet"))
		return err_set(e, ERR_NO, "%s: of the types that are no text it fills %s only",
			g->op->id, mac ? "macaddr" : "inet");
	return gen_narrow(g, c, params, make_code, a, e);
}

static int prepare_ipv4(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	if (c->type != VT_TEXT && !gen_faker_is_type(c, "inet"))
		return err_set(e, ERR_NO, "%s: of the types that are no text it fills inet only",
			g->op->id);
	return gen_faker_words(g, c, params, a, e);
}

#define CODE(what, text)                                                                           \
	.makes = (what), .help = (text), .params = gen_narrow_params, .families = GF_TEXT,         \
	.prepare = prepare_code, .value = gen_draw_value
#define ADDRESS(what, text)                                                                        \
	.makes = (what), .help = (text), .params = gen_narrow_params,                              \
	.families = GF_TEXT | GF_RAW, .output = GF_TEXT, .pii = "pii.network",                     \
	.prepare = prepare_address, .value = gen_draw_value

const struct gen_op gen_faker_code_ops[] = {
	FAKER("faker.barcode.raw.Isbn",
		CODE("isbn", "the number of a book, of 10 or of 13 digits")),
	FAKER_AS("faker.barcode.raw.Isbn10", "semantic.barcode.isbn10",
		CODE("isbn10", "the number of a book, 10 digits, the last a check digit")),
	FAKER_AS("faker.barcode.raw.Isbn13", "semantic.barcode.isbn13",
		CODE("isbn13", "the number of a book, 13 digits, the last a check digit")),
	FAKER("faker.creditcard.raw.CreditCardNumber",
		CODE("card", "the number of a card for tests, with its check digit")),
	FAKER_AS("faker.finance.raw.Bic", "semantic.finance.bic",
		CODE("bic", "the code of a bank that is a test address (ISO 9362)")),
	FAKER_AS("faker.finance.raw.Isin", "semantic.finance.isin",
		CODE("isin", "the number of a security, with its check digit (ISO 6166)")),
	FAKER_AS("faker.color.raw.HexColor", "semantic.color.hex",
		CODE("hex_color", "a colour: #1f77b4")),
	FAKER_AS("faker.color.raw.RgbColor", "semantic.color.rgb",
		CODE("rgb", "a colour: rgb(31, 119, 180)")),
	FAKER("faker.color.raw.RgbaColor", CODE("rgba", "a colour: rgba(31, 119, 180, 0.50)")),
	FAKER_AS("faker.color.raw.HslColor", "semantic.color.hsl",
		CODE("hsl", "a colour: hsl(205, 71%, 41%)")),
	FAKER("faker.color.raw.HslaColor", CODE("hsla", "a colour: hsla(205, 71%, 41%, 0.50)")),
	FAKER("faker.internet.raw.IP", ADDRESS("ip", "an IPv4 or IPv6 address that is nobody's")),
	FAKER_AS("faker.internet.raw.IPv6", "semantic.internet.ipv6",
		ADDRESS("ipv6", "an IPv6 address of 2001:db8::/32")),
	FAKER_AS("faker.internet.raw.MACAddress", "semantic.internet.mac",
		ADDRESS("mac", "the address of a network card, locally administered")),
	FAKER_AS("faker.internet.raw.IPv4", "semantic.internet.ipv4", .makes = "ip",
		.help = "an IPv4 address of a private network or of documentation",
		.params = gen_narrow_params, .families = GF_TEXT | GF_RAW, .output = GF_TEXT,
		.pii = "pii.network", .prepare = prepare_ipv4, .value = gen_draw_value),
	{0},
};
