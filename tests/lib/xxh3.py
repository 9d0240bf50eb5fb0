"""XXH3-64 in plain Python, from its specification: python3-msgpack alone then writes snapshots.

xxh3(data) gives the canonical eight bytes.
"""
import struct

M32, M64 = (1 << 32) - 1, (1 << 64) - 1
P32 = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
P64 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63,
       0x27D4EB2F165667C5)
SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
    "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
    "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
    "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
    "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e")


def r32(b, at):
    return int.from_bytes(b[at:at + 4], "little")


def r64(b, at):
    return int.from_bytes(b[at:at + 8], "little")


def rotl(x, n):
    return (x << n | x >> (64 - n)) & M64


def fold(a, b):
    p = a * b
    return (p & M64) ^ (p >> 64)


def avalanche(h):
    h = (h ^ h >> 37) * 0x165667919E3779F9 & M64
    return h ^ h >> 32


def avalanche64(h):
    h = (h ^ h >> 33) * P64[1] & M64
    h = (h ^ h >> 29) * P64[2] & M64
    return h ^ h >> 32


def mix16(d, at, s):
    return fold(r64(d, at) ^ r64(SECRET, s), r64(d, at + 8) ^ r64(SECRET, s + 8))


def upto16(d, n):
    if n == 0:
        return avalanche64(r64(SECRET, 56) ^ r64(SECRET, 64))
    if n <= 3:
        both = d[0] << 16 | d[n >> 1] << 24 | d[n - 1] | n << 8
        return avalanche64(both ^ r32(SECRET, 0) ^ r32(SECRET, 4))
    if n <= 8:
        h = (r32(d, n - 4) + (r32(d, 0) << 32)) ^ r64(SECRET, 8) ^ r64(SECRET, 16)
        h = (h ^ rotl(h, 49) ^ rotl(h, 24)) * 0x9FB21C651E98DF25 & M64
        h = (h ^ (h >> 35) + n) * 0x9FB21C651E98DF25 & M64
        return h ^ h >> 28
    low = r64(d, 0) ^ r64(SECRET, 24) ^ r64(SECRET, 32)
    high = r64(d, n - 8) ^ r64(SECRET, 40) ^ r64(SECRET, 48)
    swapped = int.from_bytes(low.to_bytes(8, "little"), "big")
    return avalanche((n + swapped + high + fold(low, high)) & M64)


def upto240(d, n):
    acc = n * P64[0]
    if n <= 128:
        for i in range((n - 1) // 32 + 1):
            acc += mix16(d, 16 * i, 32 * i) + mix16(d, n - 16 * (i + 1), 32 * i + 16)
        return avalanche(acc & M64)
    acc = avalanche((acc + sum(mix16(d, 16 * i, 16 * i) for i in range(8))) & M64)
    acc += sum(mix16(d, 16 * i, 16 * (i - 8) + 3) for i in range(8, n // 16))
    return avalanche((acc + mix16(d, n - 16, 136 - 17)) & M64)


def stripe(acc, d, at, s):
    data, keys = struct.unpack_from("<8Q", d, at), struct.unpack_from("<8Q", SECRET, s)
    for i in range(8):
        key = data[i] ^ keys[i]
        acc[i ^ 1] = (acc[i ^ 1] + data[i]) & M64
        acc[i] = (acc[i] + (key & M32) * (key >> 32)) & M64


def longer(d, n):
    acc = [P32[2], P64[0], P64[1], P64[2], P64[3], P32[1], P64[4], P32[0]]
    for i in range((n - 1) // 64):
        stripe(acc, d, 64 * i, 8 * (i % 16))
        if i % 16 == 15:
            acc = [((a ^ a >> 47) ^ r64(SECRET, 128 + 8 * k)) * P32[0] & M64
                   for k, a in enumerate(acc)]
    stripe(acc, d, n - 64, 192 - 64 - 7)
    h = n * P64[0] + sum(fold(acc[2 * i] ^ r64(SECRET, 11 + 16 * i),
                              acc[2 * i + 1] ^ r64(SECRET, 19 + 16 * i)) for i in range(4))
    return avalanche(h & M64)


def xxh3(data):
    n = len(data)
    h = upto16(data, n) if n <= 16 else upto240(data, n) if n <= 240 else longer(data, n)
    return h.to_bytes(8, "big")
