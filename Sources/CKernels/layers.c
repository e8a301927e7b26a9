// What stands between the matrix products of a clustering head: sums over columns, batch normalisation, ReLU.
#include "variants.h"

CK_BODY void column_sums_body(
    const float *restrict a, const float *restrict b, size_t rows, size_t columns, double *restrict sums,
    double *restrict products) {
    for (size_t i = 0; i < rows; i++) {
        const float *x = a + i * columns, *y = b + i * columns;
        for (size_t e = 0; e < columns; e++) {
            const double value = (double)x[e], product = value * (double)y[e];
            sums[e] += value;
            products[e] += product;
        }
    }
}

CK_BODY void normalise_body(
    float *restrict values, size_t rows, size_t columns, const float *restrict means, const float *restrict scales) {
    for (size_t i = 0; i < rows; i++) {
        float *x = values + i * columns;
        for (size_t e = 0; e < columns; e++) x[e] = (x[e] - means[e]) * scales[e];
    }
}

CK_BODY void activate_body(
    const float *restrict values, size_t rows, size_t columns, const float *restrict gains,
    const float *restrict shifts, float *restrict result) {
    for (size_t i = 0; i < rows; i++) {
        const float *x = values + i * columns;
        float *y = result + i * columns;
        for (size_t e = 0; e < columns; e++) {
            const float product = gains[e] * x[e], value = product + shifts[e];
            y[e] = value > 0.0f ? value : 0.0f;
        }
    }
}

CK_BODY void gate_body(
    float *restrict slopes, const float *restrict values, size_t rows, size_t columns, const float *restrict gains,
    const float *restrict shifts) {
    for (size_t i = 0; i < rows; i++) {
        const float *x = values + i * columns;
        float *g = slopes + i * columns;
        for (size_t e = 0; e < columns; e++) {
            const float product = gains[e] * x[e], value = product + shifts[e];
            g[e] = value > 0.0f ? g[e] : 0.0f;
        }
    }
}

CK_BODY void normalise_back_body(
    float *restrict slopes, const float *restrict values, size_t rows, size_t columns, const float *restrict factors,
    const float *restrict offsets, const float *restrict tilts) {
    for (size_t i = 0; i < rows; i++) {
        const float *x = values + i * columns;
        float *g = slopes + i * columns;
        for (size_t e = 0; e < columns; e++) {
            const float tilt = x[e] * tilts[e], centred = g[e] - offsets[e];
            g[e] = factors[e] * (centred - tilt);
        }
    }
}

CK_BODY void add_row_body(float *restrict values, size_t rows, size_t columns, const float *restrict row) {
    for (size_t i = 0; i < rows; i++)
        for (size_t e = 0; e < columns; e++) values[i * columns + e] += row[e];
}

CK_VARIANTS(
    column_sums,
    (const float *a, const float *b, size_t rows, size_t columns, double *sums, double *products),
    (a, b, rows, columns, sums, products))
CK_VARIANTS(
    normalise, (float *values, size_t rows, size_t columns, const float *means, const float *scales),
    (values, rows, columns, means, scales))
CK_VARIANTS(
    activate,
    (const float *values, size_t rows, size_t columns, const float *gains, const float *shifts, float *result),
    (values, rows, columns, gains, shifts, result))
CK_VARIANTS(
    gate,
    (float *slopes, const float *values, size_t rows, size_t columns, const float *gains, const float *shifts),
    (slopes, values, rows, columns, gains, shifts))
CK_VARIANTS(
    normalise_back,
    (float *slopes, const float *values, size_t rows, size_t columns, const float *factors, const float *offsets,
     const float *tilts),
    (slopes, values, rows, columns, factors, offsets, tilts))
CK_VARIANTS(
    add_row, (float *values, size_t rows, size_t columns, const float *row), (values, rows, columns, row))

void ck_column_sums(
    const float *a, const float *b, size_t rows, size_t columns, double *sums, double *products,
    ck_instruction_set set) {
    CK_DISPATCH(column_sums, set, (a, b, rows, columns, sums, products));
}

void ck_normalise(
    float *values, size_t rows, size_t columns, const float *means, const float *scales, ck_instruction_set set) {
    CK_DISPATCH(normalise, set, (values, rows, columns, means, scales));
}

void ck_activate(
    const float *values, size_t rows, size_t columns, const float *gains, const float *shifts, float *result,
    ck_instruction_set set) {
    CK_DISPATCH(activate, set, (values, rows, columns, gains, shifts, result));
}

void ck_gate(
    float *slopes, const float *values, size_t rows, size_t columns, const float *gains, const float *shifts,
    ck_instruction_set set) {
    CK_DISPATCH(gate, set, (slopes, values, rows, columns, gains, shifts));
}

void ck_normalise_back(
    float *slopes, const float *values, size_t rows, size_t columns, const float *factors, const float *offsets,
    const float *tilts, ck_instruction_set set) {
    CK_DISPATCH(normalise_back, set, (slopes, values, rows, columns, factors, offsets, tilts));
}

void ck_add_row(float *values, size_t rows, size_t columns, const float *row, ck_instruction_set set) {
    CK_DISPATCH(add_row, set, (values, rows, columns, row));
}
