// Softmax over rows, forward and backward, with an exponential of its own: only FMA, products and bit operations, so that
// every machine gives the same bits.
#include "variants.h"

#include <math.h>
#include <string.h>

enum { width = 16 };
typedef float floats __attribute__((ext_vector_type(width)));
typedef float floats_unaligned __attribute__((ext_vector_type(width), aligned(4)));
typedef int32_t integers __attribute__((ext_vector_type(width)));

#define LOAD(pointer) (*(const floats_unaligned *)(pointer))
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)

// eˣ for x ≤ 0 (0 below −87). x = k·ln 2 + r with |r| ≤ ½ ln 2 and ln 2 in two parts; Taylor's series of eʳ to r⁷ leaves
// out less than 6·10⁻⁹.
CK_BODY void exponential(floats *value) {
    const floats lowest = (floats)(-87.0f), given = *value;
    const floats x = given < lowest ? lowest : given;
    const floats magic = (floats)(12582912.0f);  // 1.5·2²³: adding it rounds to an integer
    const floats k = FMA(x, (floats)(1.44269504f), magic) - magic;
    floats r = FMA(k, (floats)(-0.693359375f), x);
    r = FMA(k, (floats)(2.12194440e-4f), r);
    floats p = (floats)(1.0f / 5040);
    p = FMA(p, r, (floats)(1.0f / 720));
    p = FMA(p, r, (floats)(1.0f / 120));
    p = FMA(p, r, (floats)(1.0f / 24));
    p = FMA(p, r, (floats)(1.0f / 6));
    p = FMA(p, r, (floats)(0.5f));
    p = FMA(p, r, (floats)(1.0f));
    p = FMA(p, r, (floats)(1.0f));
    const integers shifted = (__builtin_convertvector(k, integers) + 127) << 23;
    floats power;
    memcpy(&power, &shifted, sizeof power);
    *value = given < lowest ? (floats)(0.0f) : p * power;
}

CK_BODY float sum_lanes(const floats *lanes) {
    floats sum = *lanes;
    for (int half = width / 2; half >= 1; half /= 2)
        for (int l = 0; l < half; l++) sum[l] += sum[l + half];
    return sum[0];
}

CK_BODY void softmax_row(float *x, size_t columns, float *maximum, float *total) {
    const size_t whole = columns / width * width, rest = columns - whole;
    float most = -INFINITY;
    for (size_t e = 0; e < columns; e++) most = x[e] > most ? x[e] : most;
    floats sum = (floats)(0.0f);
    for (size_t e = 0; e < whole; e += width) {
        floats value = LOAD(x + e) - most;
        exponential(&value);
        *(floats_unaligned *)(x + e) = value;
        sum += value;
    }
    if (rest > 0) {
        floats value = (floats)(-INFINITY);
        memcpy(&value, x + whole, rest * sizeof *x);
        value -= most;
        exponential(&value);
        memcpy(x + whole, &value, rest * sizeof *x);
        sum += value;
    }
    *maximum = most;
    *total = sum_lanes(&sum);
    const float factor = 1.0f / *total;
    for (size_t e = 0; e < columns; e++) x[e] *= factor;
}

CK_BODY void softmax_body(float *values, size_t rows, size_t columns, float *maxima, float *totals) {
    for (size_t i = 0; i < rows; i++) softmax_row(values + i * columns, columns, maxima + i, totals + i);
}

// g ← p ∘ (g − Σ p∘g), where g has first become g − factor·other + offsets.
CK_BODY void softmax_back_row(
    const float *restrict p, const float *restrict other, size_t columns, float factor, const float *restrict offsets,
    float *restrict g) {
    const size_t whole = columns / width * width, rest = columns - whole;
    for (size_t e = 0; e < columns; e++) g[e] = (g[e] + offsets[e]) - factor * other[e];
    floats sum = (floats)(0.0f);
    for (size_t e = 0; e < whole; e += width) sum += LOAD(p + e) * LOAD(g + e);
    if (rest > 0) {
        floats last_p = (floats)(0.0f), last_g = (floats)(0.0f);
        memcpy(&last_p, p + whole, rest * sizeof *p);
        memcpy(&last_g, g + whole, rest * sizeof *g);
        sum += last_p * last_g;
    }
    const float mean = sum_lanes(&sum);
    for (size_t e = 0; e < columns; e++) g[e] = p[e] * (g[e] - mean);
}

CK_BODY void softmax_back_body(
    const float *p, const float *other, size_t rows, size_t columns, const float *factors, const float *offsets,
    float *slopes) {
    for (size_t i = 0; i < rows; i++)
        softmax_back_row(
            p + i * columns, other + i * columns, columns, factors[i], offsets, slopes + i * columns);
}

CK_VARIANTS(
    softmax, (float *values, size_t rows, size_t columns, float *maxima, float *totals),
    (values, rows, columns, maxima, totals))
CK_VARIANTS(
    softmax_back,
    (const float *p, const float *other, size_t rows, size_t columns, const float *factors, const float *offsets,
     float *slopes),
    (p, other, rows, columns, factors, offsets, slopes))

void ck_softmax(
    float *values, size_t rows, size_t columns, float *maxima, float *totals, ck_instruction_set set) {
    CK_DISPATCH(softmax, set, (values, rows, columns, maxima, totals));
}

void ck_softmax_back(
    const float *p, const float *other, size_t rows, size_t columns, const float *factors, const float *offsets,
    float *slopes, ck_instruction_set set) {
    CK_DISPATCH(softmax_back, set, (p, other, rows, columns, factors, offsets, slopes));
}
