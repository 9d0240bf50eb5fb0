/* SPDX-License-Identifier: MIT */
/*
 * Powers in fixed point, for laws like Zipf's that have to give the same
 * integers on every machine; pow() of the math library may differ in the last
 * bit between versions. A number has 32 bits of fraction. Logarithms are
 * computed one bit at a time by squaring (Knuth, The Art of Computer
 * Programming, volume 1, 1.2.2, exercise 25), powers by multiplying roots of 2
 * from a table.
 */
#include "common/base/fixed_point.h"

enum { FRACTION = 32 };

/* 2^-(1/2), 2^-(1/4) ... 2^-(1/2^32), times 2^64, rounded down */
static const uint64_t roots[FRACTION] = {
	UINT64_C(0xb504f333f9de6484),
	UINT64_C(0xd744fccad69d6af4),
	UINT64_C(0xeac0c6e7dd24392e),
	UINT64_C(0xf5257d152486cc2c),
	UINT64_C(0xfa83b2db722a033a),
	UINT64_C(0xfd3e0c0cf486c174),
	UINT64_C(0xfe9e115c7b8f884b),
	UINT64_C(0xff4ecb59511ec8a5),
	UINT64_C(0xffa756521c8daed1),
	UINT64_C(0xffd3a751c0f7e10b),
	UINT64_C(0xffe9d2b2f7db2755),
	UINT64_C(0xfff4e91bff1b8c3d),
	UINT64_C(0xfffa747ea0040664),
	UINT64_C(0xfffd3a3b7814eb53),
	UINT64_C(0xfffe9d1cc60ddab1),
	UINT64_C(0xffff4e8e25879bfa),
	UINT64_C(0xffffa7470363f451),
	UINT64_C(0xffffd3a37dda0313),
	UINT64_C(0xffffe9d1bdf703ae),
	UINT64_C(0xfffff4e8debe025e),
	UINT64_C(0xfffffa746f4fa150),
	UINT64_C(0xfffffd3a37a3f8b0),
	UINT64_C(0xfffffe9d1bd1065a),
	UINT64_C(0xffffff4e8de845ad),
	UINT64_C(0xffffffa746f41376),
	UINT64_C(0xffffffd3a37a05e3),
	UINT64_C(0xffffffe9d1bd01fb),
	UINT64_C(0xfffffff4e8de80c0),
	UINT64_C(0xfffffffa746f4050),
	UINT64_C(0xfffffffd3a37a024),
	UINT64_C(0xfffffffe9d1bd011),
	UINT64_C(0xffffffff4e8de808),
};

/* log2(x) * 2^32, x > 0.  One bit of the fraction at a time: a mantissa whose square reaches 2 has
 * it set. */
static uint64_t fix_log2(uint64_t x)
{
	unsigned n = 63 - (unsigned)__builtin_clzll(x);
	uint64_t m = x << (63 - n), log = n;

	for (int i = 0; i < FRACTION; i++) {
		unsigned __int128 sq = (unsigned __int128)m * m;
		bool two = sq >> 127 != 0;

		m = (uint64_t)(sq >> (two ? 64 : 63));
		log = log << 1 | two;
	}
	return log;
}

/*
 * 2^-e, as a fraction of 2^64, from the table of roots: one multiplication for
 * each bit of the fraction of ${e} that is set, the highest first. The loop goes from one set bit
 * to the next, because a test of each of the 32 bits is a branch that a processor cannot
 * foresee.
 */
uint64_t fix_exp2_minus(uint64_t e)
{
	uint64_t whole = e >> FRACTION, v;
	uint32_t bits = (uint32_t)e;
	unsigned i;

	if (whole >= FIX_ONE_BITS)
		return 0;
	if (bits == 0)
		return FIX_ONE >> whole;
	i = (unsigned)__builtin_clz(bits);
	v = roots[i];
	while ((bits &= ~(UINT32_C(0x80000000) >> i)) != 0) {
		i = (unsigned)__builtin_clz(bits);
		v = (uint64_t)((unsigned __int128)(v >> 1) * roots[i] >> 63);
	}
	return v >> (64 - FIX_ONE_BITS) >> whole;
}

/* x^-(thousandths / 1000). The logarithm is below 2^38: its quotient and its rest by 1,000 are
 * multiplied apart, so that both products have 64 bits and no division of 128 bits is needed. */
uint64_t fix_power_minus(uint64_t x, uint32_t thousandths)
{
	uint64_t log = fix_log2(x);

	return fix_exp2_minus(log / 1000 * thousandths + log % 1000 * thousandths / 1000);
}
