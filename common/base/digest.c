/* SPDX-License-Identifier: MIT */
/*
 * Digests by nettle, whose contexts are plain structures on the caller's stack: it allocates
 * nothing and its functions have no result that could tell of a failure.
 */
#include "common/base/digest.h"

#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/sha2.h>

_Static_assert((int)SHA256_BYTES == (int)SHA256_DIGEST_SIZE, "SHA-256 has 256 bits");
_Static_assert((int)MD5_BYTES == (int)MD5_DIGEST_SIZE, "MD5 has 128 bits");

static void sha256(const void *p, size_t n, uint8_t md[SHA256_BYTES])
{
	struct sha256_ctx c;

	sha256_init(&c);
	sha256_update(&c, n, p);
	sha256_digest(&c, SHA256_BYTES, md);
}

void digest_sha256_hex(const void *p, size_t n, char hex[2 * SHA256_BYTES + 1])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t md[SHA256_BYTES];

	sha256(p, n, md);
	for (unsigned i = 0; i < SHA256_BYTES; i++) {
		hex[2 * i] = digits[md[i] >> 4];
		hex[2 * i + 1] = digits[md[i] & 15];
	}
	hex[2 * SHA256_BYTES] = '\0';
}

void digest_hmac_sha256(
	const void *key, size_t nkey, const void *p, size_t n, uint8_t md[SHA256_BYTES])
{
	struct hmac_sha256_ctx c;

	hmac_sha256_set_key(&c, nkey, key);
	hmac_sha256_update(&c, n, p);
	hmac_sha256_digest(&c, SHA256_BYTES, md);
}

void digest_md5(const void *p, size_t n, uint8_t md[MD5_BYTES])
{
	struct md5_ctx c;

	md5_init(&c);
	md5_update(&c, n, p);
	md5_digest(&c, MD5_BYTES, md);
}
