/* SPDX-License-Identifier: MIT */
/*
 * Digests against what the standards print, and, for every length from nothing to several blocks,
 * against Python's hashlib: the digest of all digests of the first 0 to 300 bytes of a text.
 */
#include "common/base/digest.h"

#include "tests/unit/check.h"

enum { TEXT = 300, BIG = 1000000 };

static const char *hex(const uint8_t *p, size_t n)
{
	static char to[2 * SHA256_BYTES + 1];

	for (size_t i = 0; i < n; i++)
		(void)snprintf(to + 2 * i, 3, "%02x", p[i]);
	return to;
}

static const char *sha(const void *p, size_t n)
{
	static char to[2 * SHA256_BYTES + 1];

	digest_sha256_hex(p, n, to);
	return to;
}

static const char *of_md5(const void *p, size_t n)
{
	uint8_t md[MD5_BYTES];

	digest_md5(p, n, md);
	return hex(md, sizeof(md));
}

/* FIPS 180-4's examples, RFC 1321 A.5, RFC 4231 4.3. */
static void standards(void)
{
	const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	const char *what = "what do ya want for nothing?";
	uint8_t md[SHA256_BYTES];
	char *big = malloc(BIG);

	CHECK(big != NULL);
	memset(big, 'a', BIG);
	CHECK_STR(sha(NULL, 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	CHECK_STR(sha(two, 56), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	CHECK_STR(
		sha(big, BIG), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	CHECK_STR(of_md5(NULL, 0), "d41d8cd98f00b204e9800998ecf8427e");
	CHECK_STR(of_md5("message digest", 14), "f96b697d7cb7938d525a2f31aaf161d0");
	CHECK_STR(of_md5(big, BIG), "7707d6ae4e027c70eea2a935c2296f21");
	digest_hmac_sha256("Jefe", 4, what, 28, md);
	CHECK_STR(hex(md, sizeof(md)),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	free(big);
}

static void lengths(void)
{
	static char s[(TEXT + 1) * 2 * SHA256_BYTES + 1]; /* as hexadecimal digits */
	static uint8_t m[(TEXT + 1) * MD5_BYTES], h[(TEXT + 1) * SHA256_BYTES];
	uint8_t text[TEXT];

	for (unsigned i = 0; i < TEXT; i++)
		text[i] = (uint8_t)(i * 7 + 3);
	for (size_t n = 0; n <= TEXT; n++) {
		digest_sha256_hex(text, n, s + n * 2 * SHA256_BYTES);
		digest_md5(text, n, m + n * MD5_BYTES);
		digest_hmac_sha256("salt0123", 8, text, n, h + n * SHA256_BYTES);
	}
	CHECK_STR(sha(s, sizeof(s) - 1),
		"9ab015b3431ba48c0f99e81c5bb7d903f6bfea343d7d7b190120d07cc51e653b");
	CHECK_STR(sha(m, sizeof(m)),
		"59d6ff89c920860377680a7be092a5e6aab79bf5f96ae3796ee5febaa98dfc6a");
	CHECK_STR(sha(h, sizeof(h)),
		"3fb82d6098f1324d7e22d25a4540f704a26d307588e8d7c337b9a0a3deec5c57");
}

int main(void)
{
	standards();
	lengths();
	return check_done();
}
