#include "CChecksums.h"

#include <string.h>

// Odd constants with as many ones as zeros; they only have to differ.
static const uint64_t keys[8] = {
    0xa0761d6478bd642full, 0xe7037ed1a0b428dbull, 0x8ebc6af09c88c6e3ull, 0x589965cc75374cc3ull,
    0x1d8e4e27c47d124full, 0xeb44accab455d165ull, 0xc2b2ae3d27d4eb4full, 0x9e3779b97f4a7c15ull,
};

// All 128 bits of the product, folded: a bit of either side moves half of the answer's.
static uint64_t fold(uint64_t left, uint64_t right) {
    const __uint128_t product = (__uint128_t)left * right;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load(const uint8_t *from) {
    uint64_t value;
    memcpy(&value, from, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

// Four chains of products that do not wait for each other, of sixteen bytes in each step; the product's latency would
// else be the speed. The digest depends on where bytes are cut into calls.
uint64_t cc_digest(uint64_t before, const void *bytes, size_t count) {
    enum { CHAINS = 4, STRIDE = 16 * CHAINS, AHEAD = 2048 };
    const uint8_t *next = bytes;
    uint64_t state[CHAINS];
    for (int chain = 0; chain < CHAINS; chain++) state[chain] = before ^ keys[CHAINS + chain];
    size_t left = count;
    for (; left >= STRIDE; left -= STRIDE, next += STRIDE) {
        __builtin_prefetch(next + AHEAD);
        for (int chain = 0; chain < CHAINS; chain++)
            state[chain] = fold(load(next + 16 * chain) ^ keys[chain], load(next + 16 * chain + 8) ^ state[chain]);
    }
    if (left > 0) {
        uint8_t last[STRIDE] = {0};
        memcpy(last, next, left);
        for (int chain = 0; chain < CHAINS; chain++)
            state[chain] = fold(load(last + 16 * chain) ^ keys[chain], load(last + 16 * chain + 8) ^ state[chain]);
    }
    // The count tells bytes that end in zeros from those with fewer of them.
    uint64_t digest = count ^ keys[7];
    for (int chain = 0; chain < CHAINS; chain++) digest = fold(digest ^ keys[chain], state[chain] ^ keys[CHAINS + chain]);
    return digest;
}
