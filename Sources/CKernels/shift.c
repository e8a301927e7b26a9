// Rows moved to where float32 tells them apart: less a common origin, and scaled to ordinary magnitudes.
#include "lanes.h"

#include <float.h>
#include <math.h>

enum { shift_lanes = 16 };
typedef float floats16 __attribute__((ext_vector_type(16)));
typedef float floats16_unaligned __attribute__((ext_vector_type(16), aligned(4)));

CK_BODY float sum_of_squares(float *lane, float rest) {
    for (int width = shift_lanes / 2; width > 0; width /= 2)
        for (int l = 0; l < width; l++) lane[l] += lane[l + width];
    return lane[0] + rest;
}

// x·factor is exact inside the FMA, so that y is rounded once.
CK_BODY float shift_float_row(const float *x, size_t columns, float factor, const float *origin, float *y) {
    floats16 squares = (floats16)(0.0f);
    const size_t whole = columns & ~(size_t)(shift_lanes - 1);
    for (size_t e = 0; e < whole; e += shift_lanes) {
        const floats16 value = *(const floats16_unaligned *)(x + e);
        const floats16 base = *(const floats16_unaligned *)(origin + e);
        const floats16 shifted = __builtin_elementwise_fma(value, (floats16)(factor), -base);
        *(floats16_unaligned *)(y + e) = shifted;
        squares = __builtin_elementwise_fma(shifted, shifted, squares);
    }
    float rest = 0;
    for (size_t e = whole; e < columns; e++) {
        y[e] = __builtin_elementwise_fma(x[e], factor, -origin[e]);
        rest += y[e] * y[e];
    }
    float lane[shift_lanes];
    for (int l = 0; l < shift_lanes; l++) lane[l] = squares[l];
    return sum_of_squares(lane, rest);
}

CK_BODY float shift_double_row(const double *x, size_t columns, double factor, const float *origin, float *y) {
    double squares = 0;
    for (size_t e = 0; e < columns; e++) {
        y[e] = (float)(x[e] * factor - (double)origin[e]);
        squares += (double)y[e] * (double)y[e];
    }
    return (float)squares;
}

CK_BODY void shift_rows_body(ck_picked picked, const float *origin, double scale, float *shifted, float *squares) {
    const ck_rows rows = picked.rows;
    const size_t stride = ck_row_stride(rows.columns);
    for (size_t i = 0; i < picked.count; i++) {
        const size_t row = ck_picked_row(&picked, i);
        const double factor = rows.factors ? rows.factors[row] * scale : scale;
        float *y = shifted + i * stride;
        squares[i] = rows.values
            ? shift_float_row(rows.values + row * rows.columns, rows.columns, (float)factor, origin, y)
            : shift_double_row(rows.wide + row * rows.columns, rows.columns, factor, origin, y);
        if (!(factor >= FLT_MIN && factor <= FLT_MAX)) squares[i] = NAN;
    }
}

CK_VARIANTS(
    shift_rows, (ck_picked rows, const float *origin, double scale, float *shifted, float *squares),
    (rows, origin, scale, shifted, squares))

void ck_shift_rows(
    ck_picked rows, const float *origin, double scale, float *shifted, float *squares, ck_instruction_set set) {
    CK_DISPATCH(shift_rows, set, (rows, origin, scale, shifted, squares));
}

void ck_measure_centroids(
    const float *values, const float *shifted, size_t clusters, size_t columns, const float *origin, double scale,
    double *squares, double *products) {
    const size_t stride = ck_row_stride(columns);
    for (size_t j = 0; j < clusters; j++) {
        double square[8] = {0}, product[8] = {0};
        for (size_t e = 0; e < columns; e++) {
            const double b = shifted[j * stride + e], o = origin[e];
            square[e % 8] += b * b;
            product[e % 8] += o * ((double)values[j * columns + e] * scale - o);
        }
        squares[j] = ck_sum_lanes(square);
        products[j] = ck_sum_lanes(product);
    }
}
