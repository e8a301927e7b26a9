#include "CChecksums.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

// The Castagnoli polynomial, bits reversed.
#define POLYNOMIAL 0x82f63b78u

// Long and short strides of the three-way loop. One instruction takes three cycles and one can start in each cycle, so
// three chains keep the unit busy.
enum { LONG_STRIDE = 8192, SHORT_STRIDE = 256 };

// tables[0] is the table of bytes; tables[k] that of a byte with k zero bytes after it (slicing by eight).
static uint32_t tables[8][256];
// What `LONG_STRIDE` or `SHORT_STRIDE` zero bytes make of each byte of a CRC.
static uint32_t long_shift[4][256], short_shift[4][256];

static uint32_t advance_by_zeros(uint32_t crc, size_t zeros) {
    while (zeros--) crc = tables[0][crc & 0xff] ^ (crc >> 8);
    return crc;
}

// A CRC over zeros is linear: the tables follow from what becomes of single bits.
static void make_shift(uint32_t shift[4][256], size_t zeros) {
    for (int byte = 0; byte < 4; byte++) {
        uint32_t bits[8];
        for (int bit = 0; bit < 8; bit++) bits[bit] = advance_by_zeros(1u << (8 * byte + bit), zeros);
        for (int value = 0; value < 256; value++) {
            uint32_t sum = 0;
            for (int bit = 0; bit < 8; bit++) sum ^= (value >> bit & 1) ? bits[bit] : 0;
            shift[byte][value] = sum;
        }
    }
}

// Runs when the library is loaded, before any thread can ask: no lock is needed later.
__attribute__((constructor)) static void make_tables(void) {
    for (uint32_t value = 0; value < 256; value++) {
        uint32_t crc = value;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
        tables[0][value] = crc;
    }
    for (int slice = 1; slice < 8; slice++)
        for (int value = 0; value < 256; value++)
            tables[slice][value] = advance_by_zeros(tables[slice - 1][value], 1);
    make_shift(long_shift, LONG_STRIDE);
    make_shift(short_shift, SHORT_STRIDE);
}

static uint64_t load(const uint8_t *from) {
    uint64_t value;
    memcpy(&value, from, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

uint32_t cc_crc32c_tables(uint32_t before, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint32_t crc = ~before;
    for (; count >= 8; count -= 8, next += 8) {
        const uint64_t word = load(next) ^ crc;
        crc = tables[7][word & 0xff] ^ tables[6][word >> 8 & 0xff] ^ tables[5][word >> 16 & 0xff]
            ^ tables[4][word >> 24 & 0xff] ^ tables[3][word >> 32 & 0xff] ^ tables[2][word >> 40 & 0xff]
            ^ tables[1][word >> 48 & 0xff] ^ tables[0][word >> 56];
    }
    for (; count > 0; count--) crc = tables[0][(crc ^ *next++) & 0xff] ^ (crc >> 8);
    return ~crc;
}

#if defined(__x86_64__)
#define CC_INSTRUCTION __attribute__((target("sse4.2")))
#define STEP_BYTE(crc, byte) _mm_crc32_u8(crc, byte)
#define STEP_WORD(crc, word) (uint32_t)_mm_crc32_u64(crc, word)
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#define CC_INSTRUCTION
#define STEP_BYTE(crc, byte) __crc32cb(crc, byte)
#define STEP_WORD(crc, word) __crc32cd(crc, word)
#endif

#if defined(CC_INSTRUCTION)
static uint32_t shifted(uint32_t shift[4][256], uint32_t crc) {
    return shift[0][crc & 0xff] ^ shift[1][crc >> 8 & 0xff] ^ shift[2][crc >> 16 & 0xff] ^ shift[3][crc >> 24];
}

// Three neighbouring strides at once, as three chains that do not wait for each other, joined at the end.
CC_INSTRUCTION static uint32_t three_strides(uint32_t crc, const uint8_t *next, size_t stride, uint32_t shift[4][256]) {
    uint32_t second = 0, third = 0;
    for (const uint8_t *end = next + stride; next < end; next += 8) {
        crc = STEP_WORD(crc, load(next));
        second = STEP_WORD(second, load(next + stride));
        third = STEP_WORD(third, load(next + 2 * stride));
    }
    return shifted(shift, shifted(shift, crc) ^ second) ^ third;
}

CC_INSTRUCTION static uint32_t crc32c_instruction(uint32_t before, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint32_t crc = ~before;
    for (; count >= 3 * LONG_STRIDE; count -= 3 * LONG_STRIDE, next += 3 * LONG_STRIDE)
        crc = three_strides(crc, next, LONG_STRIDE, long_shift);
    for (; count >= 3 * SHORT_STRIDE; count -= 3 * SHORT_STRIDE, next += 3 * SHORT_STRIDE)
        crc = three_strides(crc, next, SHORT_STRIDE, short_shift);
    for (; count >= 8; count -= 8, next += 8) crc = STEP_WORD(crc, load(next));
    for (; count > 0; count--) crc = STEP_BYTE(crc, *next++);
    return ~crc;
}
#endif

bool cc_has_instruction(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("sse4.2");
#elif defined(CC_INSTRUCTION)
    return true;
#else
    return false;
#endif
}

uint32_t cc_crc32c(uint32_t before, const void *bytes, size_t count) {
#if defined(CC_INSTRUCTION)
    if (cc_has_instruction()) return crc32c_instruction(before, bytes, count);
#endif
    return cc_crc32c_tables(before, bytes, count);
}

// The product of two polynomials modulo Castagnoli's; the highest bit stands for 1.
static uint32_t multiply(uint32_t left, uint32_t right) {
    uint32_t product = 0;
    for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
        if (left & bit) product ^= right;
        right = right & 1 ? right >> 1 ^ POLYNOMIAL : right >> 1;
    }
    return product;
}

// A byte that follows multiplies what a CRC is of by x^8, so `count` bytes do by its power.
uint32_t cc_crc32c_joined(uint32_t first, uint32_t second, size_t count) {
    uint32_t power = 1u << 31;
    for (uint32_t square = 1u << 23; count != 0; count >>= 1, square = multiply(square, square))
        if (count & 1) power = multiply(power, square);
    return multiply(power, first) ^ second;
}
