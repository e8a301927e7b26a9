// Elements of a dataset to float32 and to float64.
#include "variants.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A half's exponent and mantissa, shifted into a float's place, are its value times 2⁻¹¹², for subnormals too.
CK_BODY float widen_one_half(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16, magnitude = (uint32_t)(half & 0x7fff) << 13;
    uint32_t bits;
    if (magnitude >= 0x0f800000u) {
        const uint32_t quiet = magnitude > 0x0f800000u ? 0x00400000u : 0;
        bits = magnitude | 0x7f800000u | quiet;
    } else {
        float value;
        memcpy(&value, &magnitude, sizeof value);
        value *= 0x1p112f;
        memcpy(&bits, &value, sizeof bits);
    }
    bits |= sign;
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

static void widen_half_portable(const char *source, float *destination, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, source + 2 * i, sizeof half);
        destination[i] = widen_one_half(half);
    }
}

#if defined(__x86_64__)
CK_AVX2 static void widen_half_avx2(const char *source, float *destination, size_t count) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        _mm256_storeu_ps(destination + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(source + 2 * i))));
    widen_half_portable(source + 2 * i, destination + i, count - i);
}

CK_AVX512 static void widen_half_avx512(const char *source, float *destination, size_t count) {
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        const __m256i low = _mm256_loadu_si256((const __m256i *)(source + 2 * i));
        const __m256i high = _mm256_loadu_si256((const __m256i *)(source + 2 * i + 32));
        _mm512_storeu_ps(destination + i, _mm512_cvtph_ps(low));
        _mm512_storeu_ps(destination + i + 16, _mm512_cvtph_ps(high));
    }
    widen_half_avx2(source + 2 * i, destination + i, count - i);
}
#endif

CK_BODY float float_from(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

CK_BODY double double_from(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// One case of a switch: a loop over elements of `stored`, each loaded to `bits` at any alignment.
#define CONVERT(type, stored, value) \
    case type: \
        for (size_t i = 0; i < count; i++) { \
            stored bits; \
            memcpy(&bits, source + i * sizeof bits, sizeof bits); \
            destination[i] = (value); \
        } \
        break;

// All types, of which a value is exact in double; `number` is what it is cast to and rounded by.
#define CONVERT_ALL(number) \
    switch (type) { \
        CONVERT(ck_float16, uint16_t, (number)widen_one_half(bits)) \
        CONVERT(ck_float16_swapped, uint16_t, (number)widen_one_half(__builtin_bswap16(bits))) \
        CONVERT(ck_float32, uint32_t, (number)float_from(bits)) \
        CONVERT(ck_float32_swapped, uint32_t, (number)float_from(__builtin_bswap32(bits))) \
        CONVERT(ck_float64, uint64_t, (number)double_from(bits)) \
        CONVERT(ck_float64_swapped, uint64_t, (number)double_from(__builtin_bswap64(bits))) \
        CONVERT(ck_bfloat16, uint16_t, (number)float_from((uint32_t)bits << 16)) \
        CONVERT(ck_bool, uint8_t, (number)(bits != 0)) \
        CONVERT(ck_int8, int8_t, (number)bits) \
        CONVERT(ck_uint8, uint8_t, (number)bits) \
        CONVERT(ck_int16, int16_t, (number)bits) \
        CONVERT(ck_int16_swapped, uint16_t, (number)(int16_t)__builtin_bswap16(bits)) \
        CONVERT(ck_uint16, uint16_t, (number)bits) \
        CONVERT(ck_uint16_swapped, uint16_t, (number)__builtin_bswap16(bits)) \
        CONVERT(ck_int32, int32_t, (number)bits) \
        CONVERT(ck_int32_swapped, uint32_t, (number)(int32_t)__builtin_bswap32(bits)) \
        CONVERT(ck_uint32, uint32_t, (number)bits) \
        CONVERT(ck_uint32_swapped, uint32_t, (number)__builtin_bswap32(bits)) \
    }

CK_BODY void to_float_body(const char *source, float *destination, size_t count, ck_element_type type) {
    CONVERT_ALL(float)
}

CK_BODY void to_double_body(const char *source, double *destination, size_t count, ck_element_type type) {
    CONVERT_ALL(double)
}

CK_VARIANTS(
    to_float,
    (const char *source, float *destination, size_t count, ck_element_type type),
    (source, destination, count, type))
CK_VARIANTS(
    to_double,
    (const char *source, double *destination, size_t count, ck_element_type type),
    (source, destination, count, type))

void ck_to_float(
    const void *source, float *destination, size_t count, ck_element_type type, ck_instruction_set set) {
    if (type == ck_float16) {
        CK_DISPATCH(widen_half, set, (source, destination, count));
    } else {
        CK_DISPATCH(to_float, set, (source, destination, count, type));
    }
}

void ck_to_double(
    const void *source, double *destination, size_t count, ck_element_type type, ck_instruction_set set) {
    CK_DISPATCH(to_double, set, (source, destination, count, type));
}

// Columns whose numbers are put into one line of the destination's cache together; rows that are gone through before the
// next columns, so that what is read of each column is some pages and what is written stays in the cache.
enum { transposed_columns = 16, transposed_rows = 4096 };

#define TRANSPOSE(element) \
    for (size_t first_row = 0; first_row < rows; first_row += transposed_rows) { \
        const size_t last_row = rows - first_row < transposed_rows ? rows : first_row + transposed_rows; \
        for (size_t first = 0; first < columns; first += transposed_columns) { \
            const size_t last = columns - first < transposed_columns ? columns : first + transposed_columns; \
            for (size_t row = first_row; row < last_row; row++) \
                for (size_t column = first; column < last; column++) \
                    memcpy( \
                        to + (row * columns + column) * sizeof(element), \
                        from + (column * rows + row) * sizeof(element), \
                        sizeof(element)); \
        } \
    }

void ck_transpose(const void *source, void *destination, size_t rows, size_t columns, size_t element_bytes) {
    const char *from = source;
    char *to = destination;
    switch (element_bytes) {
    case 1: TRANSPOSE(uint8_t) break;
    case 2: TRANSPOSE(uint16_t) break;
    case 4: TRANSPOSE(uint32_t) break;
    case 8: TRANSPOSE(uint64_t) break;
    }
}
