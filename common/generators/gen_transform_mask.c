/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_kit.h"

#include <string.h>

#include "common/base/digest.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/perm.h"
#include "common/base/rng.h"
#include "common/base/str.h"
#include "common/generators/gen_transform.h"
#include "common/io/msgpack.h"

/*
 * transform.mask.  A hash is HMAC-SHA-256 under the salt, so that nobody without
 * it can try all CPFs.  Where the column is unique, a format-preserving mask
 * stands a token of the row, through a bijection, in place of the mask
 * characters: distinct rows stay distinct.
 */
enum mode { HASH, REDACT, PRESERVE };

enum { HEX = 64, TOKEN = 8, UNIQUE_HEX = 16, CPF = 11, CNPJ = 14, MAX_ADDED = 32 };

#define TOKENS	  UINT64_C(2821109907456) /* 36^8 */
#define CPF_ROWS  UINT64_C(1000000000)
#define CNPJ_ROWS UINT64_C(1000000000000)

struct mask_state {
	enum mode mode;
	char mark[4]; /* the mask character, UTF-8 */
	uint32_t nmark, limit;
	struct perm token, cpf, cnpj;
};

/* Masks make texts; how many bytes they may have depends on the mode. */
static int prepare_mask(struct transform *x, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	static const char *const modes[] = {"hash", "redact", "format_preserving"};
	struct mask_state *s = arena_alloc(a, sizeof(*s));
	const char *mode = NULL, *mark = "*";

	if (s == NULL || (gen_arg_string(params, "mode", a, &mode) && mode == NULL) ||
		(gen_arg_string(params, "mask_char", a, &mark) && mark == NULL))
		return err_nomem(e);
	while (s->mode <= PRESERVE && (mode == NULL || strcmp(mode, modes[s->mode]) != 0))
		s->mode++;
	if (s->mode > PRESERVE)
		return err_set(e, ERR_NO, "%s: mode is none of hash, redact, format_preserving",
			x->op->id);
	if (transform_wants_text(x, e) == -1 ||
		(s->mode == REDACT && transform_not_unique(x, e) == -1))
		return -1;
	mark = *mark == '\0' ? "*" : mark;
	s->nmark = (uint32_t)utf8_cut(mark, strlen(mark), 1);
	memcpy(s->mark, mark, s->nmark);
	s->limit = transform_limit(c);
	if (c->unique && s->limit < UNIQUE_HEX)
		return err_set(e, ERR_NO,
			"%s: %u characters are too few to keep unique values "
			"distinct under a mask",
			x->op->id, s->limit);
	if (c->unique && c->rows > CPF_ROWS)
		return err_set(
			e, ERR_NO, "%s: more than a thousand million unique rows", x->op->id);
	perm_init(&s->token, x->key, TOKENS);
	perm_init(&s->cpf, x->key, CPF_ROWS);
	perm_init(&s->cnpj, x->key, CNPJ_ROWS);
	x->max_bytes = s->mode == HASH ? HEX : s->mode == REDACT ? 3 : 4 * x->in_bytes + MAX_ADDED;
	x->state = s;
	return 0;
}

/* The HMAC in hexadecimal (RFC 2104), as much of it as fits. */
static char *put_hash(const struct transform *x, const struct vtext *t, char *to)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t md[SHA256_BYTES];

	digest_hmac_sha256(&x->salt, sizeof(x->salt), t->p, t->n, md);
	for (unsigned i = 0; i < HEX / 2; i++) {
		*to++ = hex[md[i] >> 4];
		*to++ = hex[md[i] & 15];
	}
	return to;
}

/* ---- format-preserving -------------------------------------------------------------------------
 */

static char *put_marks(const struct mask_state *s, size_t n, char *to)
{
	for (; n > 0; n--) {
		memcpy(to, s->mark, s->nmark);
		to += s->nmark;
	}
	return to;
}

/* Eight characters that are distinct for distinct rows. */
static char *put_token(const struct mask_state *s, uint64_t row, char *to)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	uint64_t v = perm_at(&s->token, row);

	for (int i = 0; i < TOKEN; i++, v /= 36)
		*to++ = digits[v % 36];
	return to;
}

/* The first and last character stay; a text of two or fewer is masked whole. */
static char *keep_edges(
	const struct mask_state *s, const struct vtext *t, bool unique, uint64_t row, char *to)
{
	size_t len = utf8_len(t->p, t->n), first = utf8_cut(t->p, t->n, 1), last;

	if (len <= 2)
		return unique ? put_token(s, row, to) : put_marks(s, len, to);
	last = utf8_cut(t->p, t->n, len - 1);
	memcpy(to, t->p, first);
	to += first;
	to = unique ? put_token(s, row, to) : put_marks(s, len - 2, to);
	memcpy(to, t->p + last, t->n - last);
	return to + t->n - last;
}

/*
 * A CPF or CNPJ: all digits but the last two are masked, in the layout that
 * people write, or without punctuation where that does not fit.
 */
static char *put_registry(const struct mask_state *s, const char *digits, size_t n, bool unique,
	uint64_t row, char *to)
{
	const char *layout = n == CPF ? "###.###.###-##" : "##.###.###/####-##";
	uint64_t v = unique ? perm_at(n == CPF ? &s->cpf : &s->cnpj, row) : 0;
	bool bare = s->limit < strlen(layout);
	size_t at = 0;

	for (const char *p = layout; *p != '\0'; p++) {
		if (*p != '#') {
			if (!bare)
				*to++ = *p;
		} else if (at++ >= n - 2) {
			*to++ = digits[at - 1];
		} else if (unique) {
			*to++ = (char)('0' + v % 10);
			v /= 10;
		} else {
			to = put_marks(s, 1, to);
		}
	}
	return to;
}

/*
 * Keeps the shape: of an e-mail address its domain, of a registry number its
 * layout, of other texts the ends.
 */
static char *put_preserved(const struct transform *x, const struct vtext *t, uint64_t row, char *to)
{
	const struct mask_state *s = x->state;
	const char *at = memchr(t->p, '@', t->n);
	bool unique = x->col->unique;
	char digits[CNPJ + 1];
	size_t n = 0;

	if (at != NULL) {
		struct vtext local = {t->p, (size_t)(at - t->p)};

		to = keep_edges(s, &local, unique, row, to);
		memcpy(to, at, t->n - local.n);
		return to + t->n - local.n;
	}
	for (size_t i = 0; i < t->n && n <= CNPJ; i++)
		if (t->p[i] >= '0' && t->p[i] <= '9') {
			digits[n] = t->p[i];
			n++;
		}
	if (n == CPF || n == CNPJ)
		return put_registry(s, digits, n, unique, row, to);
	return keep_edges(s, t, unique, row, to);
}

/* Each text is replaced by its mask; NULL stays NULL. */
static void apply_mask(const struct transform *x, const uint64_t *row, uint32_t n, struct vec *v,
	struct gen_heap *h)
{
	const struct mask_state *s = x->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p, *to;
		size_t len;

		if (vec_is_null(v, i))
			continue;
		p = gen_heap_take(h, x->max_bytes);
		if (s->mode == HASH)
			to = put_hash(x, &v->v.t[i], p);
		else if (s->mode == REDACT)
			to = put_marks(&(struct mask_state){.mark = "*", .nmark = 1}, 3, p);
		else
			to = put_preserved(x, &v->v.t[i], row[i], p);
		len = (size_t)(to - p);
		if (len > s->limit)
			len = utf8_cut(p, len, s->limit);
		gen_heap_give(h, x->max_bytes - (uint32_t)(to - p));
		v->v.t[i] = (struct vtext){p, len};
	}
}

enum { HASH_LEAST = 16 /* hexadecimal digits, 64 bits */ };

/*
 * Hashes of 64 bits are taken to be distinct. Masks of the format are, if the
 * column's own row number stands in them in place of what is hidden.
 */
static bool mask_distinct(const struct transform *x, const msgpack_object *params,
	const struct transform_key *key, struct arena *a)
{
	struct view mode = mp_get_view(params, "mode");

	(void)a;
	if (view_eq(mode, view_of("hash")))
		return transform_limit(x->col) >= HASH_LEAST;
	return view_eq(mode, view_of("format_preserving")) && key->alone && x->col->unique;
}

/* "***" is one value. */
static bool mask_few(const msgpack_object *params)
{
	return params != NULL && view_eq(mp_get_view(params, "mode"), view_of("redact"));
}

static const struct gen_param mask_params[] = {
	{"mode", GP_STRING, true, NULL, "a salted hash, ***, or the value's shape",
		.one_of = "hash redact format_preserving"},
	{"mask_char", GP_STRING, false, "*", "in place of what is hidden"},
	{0},
};

const struct transform_op gen_transform_mask_ops[] = {
	{.id = "transform.mask",
		.help = "hide the value: salted hash, ***, or its shape",
		.params = mask_params,
		.example = "{\"mode\": \"format_preserving\"}",
		.few = mask_few,
		.distinct = mask_distinct,
		.prepare = prepare_mask,
		.before = transform_before_any,
		.apply = apply_mask},
	{0},
};
