/* SPDX-License-Identifier: MIT */
/*
 * Random texts of the look of secrets: hashes of passwords, tokens, keys, digests.  None is made
 * from a password or a message, so that there is nothing to be found out.
 *
 * A look is a row of pieces: a text that is always there, and characters of an alphabet.  The
 * first characters are digits of the index, so that different indexes give different texts; when
 * they have used it up, the others are digits of random numbers that depend on it.  The last
 * character of base64 stands for fewer than six bits where the bytes do not fill it, and so is one
 * of few.
 */
#include "common/generators/gen_narrow.h"

#include <string.h>

#include "common/base/divide.h"
#include "common/base/err.h"
#include "common/base/rng.h"

#define HEX	 "0123456789abcdef"
#define LETTERS	 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define BASE64	 LETTERS "+/"
#define BASE64U	 LETTERS "-_"
#define BCRYPT64 "./" LETTERS

enum { PIECES = 6, ALL = UINT16_MAX, TOKEN_USUAL = 43, TOKEN_LEAST = 6 };

struct piece {
	const char *before, *alphabet;
	uint16_t n;   /* characters; ALL: as many as the column takes, TOKEN_USUAL at most */
	uint8_t step; /* of the last character: its number in the alphabet is a multiple; 0: any */
};

struct look {
	const char *what, *algorithm; /* what ids make; the value of the parameter, or NULL */
	struct piece piece[PIECES];   /* ended by before == NULL */
};

/*
 * For each thing in the order of preference.  bcrypt: 128 bits of salt and 184 of hash; Argon2id
 * (RFC 9106) with the parameters of its authors' library; uuids of version 4.
 */
static const struct look looks[] = {
	{"password", "bcrypt", {{"$2b$12$", BCRYPT64, 22, 16}, {"", BCRYPT64, 31, 4}}},
	{"password", "argon2id",
		{{"$argon2id$v=19$m=65536,t=3,p=4$", BASE64, 22, 16}, {"$", BASE64, 43, 4}}},
	{"password", "sha256", {{"", HEX, 64, 0}}},
	{"password", "sha1", {{"", HEX, 40, 0}}},
	{"password", "md5", {{"", HEX, 32, 0}}},
	{"token", NULL, {{"", BASE64U, TOKEN_USUAL, 4}}},
	{"token", NULL, {{"", HEX, 64, 0}}},
	{"token", NULL, {{"", HEX, 40, 0}}},
	{"token", NULL, {{"", HEX, 32, 0}}},
	{"token", NULL, {{"", HEX, 128, 0}}},
	{"token", NULL,
		{{"", HEX, 8, 0}, {"-", HEX, 4, 0}, {"-4", HEX, 3, 0}, {"-", "89ab", 1, 0},
			{"", HEX, 3, 0}, {"-", HEX, 12, 0}}},
	{"token", NULL, {{"", BASE64U, ALL, 0}}},
	{"key", NULL, {{"key_", LETTERS, 32, 0}}},
	{"key", NULL, {{"key_", LETTERS, 24, 0}}},
	{"key", NULL, {{"", HEX, 32, 0}}},
	{"key", NULL, {{"", LETTERS, ALL, 0}}},
	{"digest", "sha256", {{"", HEX, 64, 0}}},
	{"digest", "sha1", {{"", HEX, 40, 0}}},
	{"digest", "md5", {{"", HEX, 32, 0}}},
	{"digest", "sha512", {{"", HEX, 128, 0}}},
};

enum { LOOKS = sizeof(looks) / sizeof(looks[0]) };

/* A piece as it is made: how many values a character has, and the last one. */
struct made {
	const char *before, *alphabet;
	uint32_t nbefore, n, step;
	struct divisor each, last;
};

struct secret_state {
	struct gen_draw draw;
	uint32_t n, len;
	struct made piece[PIECES];
};

/* ---- making ---------------------------------------------------------------------------------- */

enum { DRAWN_BITS = 62 };

/* A number that characters are taken from: the index, then draws of its own. */
struct source {
	uint64_t key, idx, draws, x;
	uint64_t below; /* x is */
};

static void draw(struct source *s)
{
	s->x = rng_at(rng_subkey(s->key, s->draws++), s->idx) >> (64 - DRAWN_BITS);
	s->below = UINT64_C(1) << DRAWN_BITS;
}

/*
 * The number of the next character.  What is left of a number, if it is less than a character
 * holds, decides which part of the alphabet the character is from, and a draw which of the part: so
 * the index can be read from the text, and all characters are drawn from.
 */
static inline uint64_t take(struct source *s, const struct divisor *radix)
{
	uint64_t rest = s->x, parts = s->below, d;

	if (parts < radix->d) {
		uint64_t of = radix->d / parts;

		draw(s);
		d = rest * of + s->x % of;
		s->x /= radix->d;
		s->below /= radix->d;
		return d;
	}
	s->x = divide_rest(radix, s->x, &d);
	s->below = divide(radix, s->below + radix->d - 1);
	return d;
}

static char *put_piece(const struct made *p, struct source *s, char *to)
{
	memcpy(to, p->before, p->nbefore);
	to += p->nbefore;
	for (uint32_t i = 1; i < p->n; i++)
		*to++ = p->alphabet[take(s, &p->each)];
	*to++ = p->alphabet[take(s, &p->last) * p->step];
	return to;
}

static void secret_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct secret_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		struct source from = {g->key, idx[i], 0, idx[i], UINT64_C(1) << DRAWN_BITS};
		char *p = gen_heap_take(h, s->len), *to = p;

		for (uint32_t k = 0; k < s->n; k++)
			to = put_piece(&s->piece[k], &from, to);
		out->v.t[i] = (struct vtext){p, s->len};
	}
}

/* ---- preparing ------------------------------------------------------------------------------- */

static struct made make_piece(const struct piece *p, struct gen_limits lim)
{
	uint32_t radix = (uint32_t)strlen(p->alphabet), n = p->n;

	if (n == ALL) {
		n = lim.max < TOKEN_USUAL ? lim.max : TOKEN_USUAL;
		n = lim.min > n ? lim.min : n;
	}
	return (struct made){.before = p->before,
		.alphabet = p->alphabet,
		.nbefore = (uint32_t)strlen(p->before),
		.n = n,
		.step = p->step > 0 ? p->step : 1,
		.each = divisor_of(radix),
		.last = divisor_of(p->step > 0 ? radix / p->step : radix)};
}

/* The look as a generator; ERR_NO where it does not fit the column. */
static int try_look(struct gen *g, const struct gen_column *c, const struct look *l,
	struct arena *a, struct err *e)
{
	struct gen_limits lim = gen_text_limits(c);
	struct secret_state *s = arena_alloc(a, sizeof(*s));

	if (s == NULL)
		return err_nomem(e);
	*s = (struct secret_state){{secret_value}, 0, 0, {{0}}};
	g->space = 1;
	for (; s->n < PIECES && l->piece[s->n].before != NULL; s->n++) {
		struct made *m = &s->piece[s->n];

		*m = make_piece(&l->piece[s->n], lim);
		s->len += m->nbefore + m->n;
		for (uint32_t i = 1; i < m->n && g->space < GEN_SPACE_MAX; i++)
			g->space = gen_mul(g->space, m->each.d);
		g->space = gen_mul(g->space, m->last.d);
	}
	g->state = s;
	g->max_bytes = s->len;
	if (s->len < TOKEN_LEAST || s->len < lim.min || s->len > lim.max)
		return err_set(e, ERR_NO,
			"%s: its texts have %u characters, and the column and its checks allow %u "
			"to %u",
			g->op->id, s->len, lim.min, lim.max);
	return gen_text_verify(g, c, a, e);
}

/* How long the texts of a look are; 0: as long as the column takes. */
static uint32_t look_len(const struct look *l)
{
	uint32_t n = 0;

	for (const struct piece *p = l->piece; p < l->piece + PIECES && p->before != NULL; p++) {
		if (p->n == ALL)
			return 0;
		n += (uint32_t)strlen(p->before) + p->n;
	}
	return n;
}

/* The first look that fills the column, or else the first that fits. */
static int make_secret(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	uint32_t most = gen_text_limits(c).max;
	const char *algorithm = NULL;
	struct err first = {0};

	if (gen_arg_string(params, "algorithm", a, &algorithm) && algorithm == NULL)
		return err_nomem(e);
	for (int fills = 1; fills >= 0; fills--)
		for (const struct look *l = looks; l < looks + LOOKS; l++) {
			if (strcmp(l->what, g->op->makes) != 0 ||
				(algorithm != NULL && strcmp(l->algorithm, algorithm) != 0) ||
				(look_len(l) == most) != fills)
				continue;
			if (try_look(g, c, l, a, e) == 0)
				return 0;
			if (e->kind != ERR_NO)
				return -1;
			if (first.kind == ERR_NONE)
				first = *e;
		}
	*e = first;
	return -1;
}

static int prepare_secret(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_secret, a, e);
}

/* ---- the generators -------------------------------------------------------------------------- */

static const struct gen_param password_params[] = {
	{"algorithm", GP_STRING, false, "by the column's length, bcrypt if it has none",
		"what the hash looks like", .one_of = "bcrypt argon2id sha256 sha1 md5"},
	GEN_NARROW_PARAMS,
	{0},
};

static const struct gen_param digest_params[] = {
	{"algorithm", GP_STRING, false, "by the column's length, sha256 if it has none",
		"how long the digest is", .one_of = "md5 sha1 sha256 sha512"},
	GEN_NARROW_PARAMS,
	{0},
};

#define SECRET(name, what, spec, text)                                                             \
	{                                                                                          \
		.id = (name), .makes = (what), .help = (text), .params = (spec),                   \
		.families = GF_TEXT, .prepare = prepare_secret, .value = gen_draw_value            \
	}

const struct gen_op gen_code_secret_ops[] = {
	SECRET("semantic.security.password_hash", "password", password_params,
		"what the hash of a password looks like, of no password: bcrypt; digits of 32, 40 "
		"or 64 characters in columns as long as that"),
	SECRET("semantic.security.token", "token", gen_narrow_params,
		"a random token: base64url, or hexadecimal where the column is as long as that"),
	SECRET("semantic.security.api_key", "key", gen_narrow_params,
		"a random key of an interface, which no service has given out"),
	SECRET("semantic.security.digest", "digest", digest_params,
		"what a digest looks like, in hexadecimal digits, of no message"),
	{0},
};
