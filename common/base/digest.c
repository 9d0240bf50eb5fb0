/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 (FIPS 180-4), HMAC over it (RFC 2104) and MD5 (RFC 1321).
 *
 * Both digests have the same frame, which Merkle and Damgard found: the text is cut into blocks of
 * 64 bytes, each block is mixed into a small state, and the text ends in a bit that is set, zeros,
 * and the number of its bits, so that no text is the beginning of another. They differ in the
 * state, in how a block is mixed in, and in the order of bytes. Nothing is allocated.
 */
#include "common/base/digest.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

enum { BLOCK = 64, LENGTH_AT = 56 };

typedef void mix_fn(uint32_t state[8], const uint8_t block[BLOCK]);

static uint32_t left(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint32_t right(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

/* Four bytes as a number, the most significant first. */
static uint32_t get_big(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_big(uint8_t *p, uint32_t x)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(x >> (24 - 8 * i));
}

/* The same, the least significant first. */
static uint32_t get_little(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void put_little(uint8_t *p, uint32_t x)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(x >> (8 * i));
}

/* ---- SHA-256 ----------------------------------------------------------------------------- */

/* The first 32 bits of the fractions of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
 */
static const uint32_t sha_k[64] = {
	0x428a2f98,
	0x71374491,
	0xb5c0fbcf,
	0xe9b5dba5,
	0x3956c25b,
	0x59f111f1,
	0x923f82a4,
	0xab1c5ed5,
	0xd807aa98,
	0x12835b01,
	0x243185be,
	0x550c7dc3,
	0x72be5d74,
	0x80deb1fe,
	0x9bdc06a7,
	0xc19bf174,
	0xe49b69c1,
	0xefbe4786,
	0x0fc19dc6,
	0x240ca1cc,
	0x2de92c6f,
	0x4a7484aa,
	0x5cb0a9dc,
	0x76f988da,
	0x983e5152,
	0xa831c66d,
	0xb00327c8,
	0xbf597fc7,
	0xc6e00bf3,
	0xd5a79147,
	0x06ca6351,
	0x14292967,
	0x27b70a85,
	0x2e1b2138,
	0x4d2c6dfc,
	0x53380d13,
	0x650a7354,
	0x766a0abb,
	0x81c2c92e,
	0x92722c85,
	0xa2bfe8a1,
	0xa81a664b,
	0xc24b8b70,
	0xc76c51a3,
	0xd192e819,
	0xd6990624,
	0xf40e3585,
	0x106aa070,
	0x19a4c116,
	0x1e376c08,
	0x2748774c,
	0x34b0bcb5,
	0x391c0cb3,
	0x4ed8aa4a,
	0x5b9cca4f,
	0x682e6ff3,
	0x748f82ee,
	0x78a5636f,
	0x84c87814,
	0x8cc70208,
	0x90befffa,
	0xa4506ceb,
	0xbef9a3f7,
	0xc67178f2,
};

/* The same of the square roots of the first eight primes (FIPS 180-4, 5.3.3). */
static const uint32_t sha_start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
	0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* The letters are those of the standard (FIPS 180-4, 6.2.2). */
static void sha_mix(uint32_t state[8], const uint8_t block[BLOCK])
{
	uint32_t w[64], s[8];

	for (unsigned t = 0; t < 16; t++)
		w[t] = get_big(block + 4UL * t);
	for (unsigned t = 16; t < 64; t++) {
		uint32_t x = w[t - 15], y = w[t - 2];

		w[t] = (right(y, 17) ^ right(y, 19) ^ y >> 10) + w[t - 7] +
		       (right(x, 7) ^ right(x, 18) ^ x >> 3) + w[t - 16];
	}
	memcpy(s, state, sizeof(s));
	for (unsigned t = 0; t < 64; t++) {
		uint32_t a = s[0], b = s[1], c = s[2], e = s[4];
		uint32_t t1 = s[7] + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) +
			      ((e & s[5]) ^ (~e & s[6])) + sha_k[t] + w[t];
		uint32_t t2 =
			(right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));

		memmove(s + 1, s, 7 * sizeof(s[0]));
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (unsigned i = 0; i < 8; i++)
		state[i] += s[i];
}

/* ---- MD5 ----------------------------------------------------------------------------------- */

/* floor(2^32 * |sin(i + 1)|) (RFC 1321, 3.4). */
static const uint32_t md5_k[64] = {
	0xd76aa478,
	0xe8c7b756,
	0x242070db,
	0xc1bdceee,
	0xf57c0faf,
	0x4787c62a,
	0xa8304613,
	0xfd469501,
	0x698098d8,
	0x8b44f7af,
	0xffff5bb1,
	0x895cd7be,
	0x6b901122,
	0xfd987193,
	0xa679438e,
	0x49b40821,
	0xf61e2562,
	0xc040b340,
	0x265e5a51,
	0xe9b6c7aa,
	0xd62f105d,
	0x02441453,
	0xd8a1e681,
	0xe7d3fbc8,
	0x21e1cde6,
	0xc33707d6,
	0xf4d50d87,
	0x455a14ed,
	0xa9e3e905,
	0xfcefa3f8,
	0x676f02d9,
	0x8d2a4c8a,
	0xfffa3942,
	0x8771f681,
	0x6d9d6122,
	0xfde5380c,
	0xa4beea44,
	0x4bdecfa9,
	0xf6bb4b60,
	0xbebfbc70,
	0x289b7ec6,
	0xeaa127fa,
	0xd4ef3085,
	0x04881d05,
	0xd9d4d039,
	0xe6db99e5,
	0x1fa27cf8,
	0xc4ac5665,
	0xf4292244,
	0x432aff97,
	0xab9423a7,
	0xfc93a039,
	0x655b59c3,
	0x8f0ccc92,
	0xffeff47d,
	0x85845dd1,
	0x6fa87e4f,
	0xfe2ce6e0,
	0xa3014314,
	0x4e0811a1,
	0xf7537e82,
	0xbd3af235,
	0x2ad7d2bb,
	0xeb86d391,
};

static const uint32_t md5_start[8] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

/* Of each of the four rounds: by how much its steps rotate, and which word a step takes. */
static const struct {
	uint8_t turn[4], times, from;
} md5_rounds[4] = {{{7, 12, 17, 22}, 1, 0}, {{5, 9, 14, 20}, 5, 1}, {{4, 11, 16, 23}, 3, 5},
	{{6, 10, 15, 21}, 7, 0}};

/* F, G, H and I of RFC 1321, 3.4. */
static uint32_t md5_choose(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
	switch (round) {
	case 0:
		return (b & c) | (~b & d);
	case 1:
		return (b & d) | (c & ~d);
	case 2:
		return b ^ c ^ d;
	default:
		return c ^ (b | ~d);
	}
}

static void md5_mix(uint32_t state[8], const uint8_t block[BLOCK])
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];

	for (unsigned t = 0; t < 64; t++) {
		unsigned r = t / 16, word = (md5_rounds[r].times * t + md5_rounds[r].from) % 16;
		uint32_t x = a + md5_choose(r, b, c, d) + md5_k[t] + get_little(block + 4UL * word);

		a = d;
		d = c;
		c = b;
		b += left(x, md5_rounds[r].turn[t % 4]);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

/* ---- the frame ------------------------------------------------------------------------------- */

/* A digest as it grows: the state, and the bytes that are no whole block yet. */
struct growing {
	mix_fn *mix;
	uint32_t state[8];
	uint8_t rest[BLOCK];
	uint64_t n; /* bytes so far */
};

static void add(struct growing *g, const void *from, size_t n)
{
	const uint8_t *p = from;

	while (n > 0) {
		size_t used = g->n % BLOCK, k = BLOCK - used < n ? BLOCK - used : n;

		if (k == BLOCK) {
			g->mix(g->state, p);
		} else {
			memcpy(g->rest + used, p, k);
			if (used + k == BLOCK)
				g->mix(g->state, g->rest);
		}
		g->n += k;
		p += k;
		n -= k;
	}
}

/* The end of the text: ${put} writes half of its number of bits. */
static void finish(struct growing *g, void (*put)(uint8_t *, uint32_t))
{
	static const uint8_t end[BLOCK] = {0x80};
	uint64_t bits = g->n * 8;
	size_t used = g->n % BLOCK;
	bool big = put == put_big;
	uint8_t length[8];

	add(g, end, used < LENGTH_AT ? LENGTH_AT - used : BLOCK + LENGTH_AT - used);
	put(length + (big ? 0 : 4), (uint32_t)(bits >> 32));
	put(length + (big ? 4 : 0), (uint32_t)bits);
	add(g, length, sizeof(length));
}

static void sha_begin(struct growing *g)
{
	g->mix = sha_mix;
	memcpy(g->state, sha_start, sizeof(sha_start));
	g->n = 0;
}

static void sha_end(struct growing *g, uint8_t md[SHA256_BYTES])
{
	finish(g, put_big);
	for (unsigned i = 0; i < 8; i++)
		put_big(md + 4UL * i, g->state[i]);
}

void digest_sha256(const void *p, size_t n, uint8_t md[SHA256_BYTES])
{
	struct growing g;

	sha_begin(&g);
	add(&g, p, n);
	sha_end(&g, md);
}

void digest_sha256_hex(const void *p, size_t n, char hex[2 * SHA256_BYTES + 1])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t md[SHA256_BYTES];

	digest_sha256(p, n, md);
	for (unsigned i = 0; i < SHA256_BYTES; i++) {
		hex[2 * i] = digits[md[i] >> 4];
		hex[2 * i + 1] = digits[md[i] & 15];
	}
	hex[2 * SHA256_BYTES] = '\0';
}

void digest_hmac_sha256(
	const void *key, size_t nkey, const void *p, size_t n, uint8_t md[SHA256_BYTES])
{
	uint8_t inner[BLOCK] = {0}, outer[BLOCK];
	struct growing g;

	assert(nkey <= BLOCK);
	memcpy(inner, key, nkey);
	for (unsigned i = 0; i < BLOCK; i++) {
		outer[i] = inner[i] ^ 0x5c;
		inner[i] ^= 0x36;
	}
	sha_begin(&g);
	add(&g, inner, BLOCK);
	add(&g, p, n);
	sha_end(&g, md);
	sha_begin(&g);
	add(&g, outer, BLOCK);
	add(&g, md, SHA256_BYTES);
	sha_end(&g, md);
}

void digest_md5(const void *p, size_t n, uint8_t md[MD5_BYTES])
{
	struct growing g = {.mix = md5_mix};

	memcpy(g.state, md5_start, sizeof(md5_start));
	add(&g, p, n);
	finish(&g, put_little);
	for (unsigned i = 0; i < MD5_BYTES / 4; i++)
		put_little(md + 4UL * i, g.state[i]);
}
