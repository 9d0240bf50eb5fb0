/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/*
 * digest: SHA-256, HMAC over it, and MD5.  They must not fail, so that they are nettle's:
 * libcrypto allocates before it computes, and a digest could be missing, or wrong, only because
 * memory was out.  These functions allocate nothing and have no errors.
 */

enum { SHA256_BYTES = 32, MD5_BYTES = 16 };

/** digest_sha256_hex(p, n, hex): of ${n} bytes (FIPS 180-4), as 64 hexadecimal digits and a NUL.
 *  ${p} may be NULL if ${n} is 0. */
void digest_sha256_hex(const void *p, size_t n, char hex[2 * SHA256_BYTES + 1]);

/** digest_hmac_sha256(key, nkey, p, n, md): keyed (RFC 2104). */
void digest_hmac_sha256(
	const void *key, size_t nkey, const void *p, size_t n, uint8_t md[SHA256_BYTES]);

/** digest_md5(p, n, md): as PostgreSQL's md5() (RFC 1321), which is no protection against anybody.
 */
void digest_md5(const void *p, size_t n, uint8_t md[MD5_BYTES]);

#endif
