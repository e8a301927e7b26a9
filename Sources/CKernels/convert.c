// Elements of a dataset to float32.
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

void ck_widen_half(const void *source, float *destination, size_t count, ck_instruction_set set) {
    CK_DISPATCH(widen_half, set, (source, destination, count));
}

CK_BODY void narrow_double_body(const char *source, float *destination, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double value;
        memcpy(&value, source + 8 * i, sizeof value);
        destination[i] = (float)value;
    }
}

CK_VARIANTS(narrow_double, (const char *source, float *destination, size_t count), (source, destination, count))

void ck_narrow_double(const void *source, float *destination, size_t count, ck_instruction_set set) {
    CK_DISPATCH(narrow_double, set, (source, destination, count));
}
