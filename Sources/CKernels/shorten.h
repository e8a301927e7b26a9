// Rows rounded to 16 bits.
#pragma once

#include "lanes.h"

#include <math.h>
#include <string.h>

// Σ(x·scale)², over eight lanes; the length is a multiple of eight.
CK_BODY double sum_of_squares(const float *x, size_t columns, double scale) {
    ck_lanes sum = (ck_lanes)(0.0);
    for (size_t e = 0; e < columns; e += 8) {
        const ck_lanes value = CK_WIDEN8(CK_LOAD8(x + e)) * (ck_lanes)(scale);
        sum += value * value;
    }
    double lane[8];
    for (int l = 0; l < 8; l++) lane[l] = sum[l];
    return ck_sum_lanes(lane);
}

// The step by which a row is rounded to 16 bits; 0 where it cannot be. Of its norm and not of its largest number, so that
// no sum of products reaches 2³¹.
CK_BODY float unit_of(double square) {
    const float unit = (float)(sqrt(square) / 32000);
    return unit >= 0x1p-100f && unit <= 0x1p100f ? unit : 0;
}

CK_BODY int16_t in_steps(float x, float inverse) {
    const float step = x * inverse;
    return (int16_t)(step + (step < 0 ? -0.5f : 0.5f));
}

// Half a step for every number of a row, as a vector, and a little for how steps are computed.
CK_BODY double rounding_of(float unit, size_t columns) { return 0.51 * (double)unit * sqrt((double)columns); }

// A row in 16 bits, its step and its bound, as of ck_shorten_rows.
CK_BODY void shorten_row(const float *row, float square, size_t columns, int16_t *values, float *unit, float *tail) {
    // The square is good to within a hundredth, so that no product reaches 2³¹ even so.
    *unit = unit_of(square);
    *tail = NAN;
    memset(values, 0, ck_short_stride(columns) * sizeof *values);
    if (*unit == 0) return;
    const float inverse = 1 / *unit;
    for (size_t e = 0; e < columns; e++) values[e] = in_steps(row[e], inverse);
    // (e(y)/‖y‖ + e(b)/‖b‖)·‖y‖·‖b‖ is at most the product of two such bounds, both rows being rounded by like steps.
    const double norm = sqrt(1.02 * (double)square), rounding = rounding_of(*unit, columns) + 0x1p-18 * norm;
    *tail = (float)(1.01 * sqrt(2.1 * rounding * norm));
}
