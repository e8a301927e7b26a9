// What is done to every row when a dataset is first read.
#include "lanes.h"

#include <math.h>

enum { rows_at_once = 4 };  // independent chains of additions, so that one row's latency hides behind the others

// `number` rows side by side; a row's own order of additions does not depend on its neighbours.
CK_BODY void statistics_of(
    const int number, const float *rows, size_t columns, double *squared_norms, float *largest, float *least) {
    ck_lanes sum[rows_at_once];
    ck_floats8 most[rows_at_once];
    ck_floats8 fewest[rows_at_once];
    const ck_floats8 none = (ck_floats8)(INFINITY);
    for (int r = 0; r < number; r++) {
        sum[r] = (ck_lanes)(0.0);
        most[r] = (ck_floats8)(0.0f);
        fewest[r] = none;
    }
    const size_t whole = columns & ~(size_t)7;
    for (size_t e = 0; e < whole; e += 8)
        for (int r = 0; r < number; r++) {
            const ck_floats8 x = CK_LOAD8(rows + (size_t)r * columns + e);
            const ck_floats8 magnitude = __builtin_elementwise_abs(x);
            const ck_lanes wide = CK_WIDEN8(x);
            sum[r] += wide * wide;
            most[r] = magnitude > most[r] ? magnitude : most[r];
            const ck_floats8 some = magnitude > 0 ? magnitude : none;
            fewest[r] = some < fewest[r] ? some : fewest[r];
        }
    for (int r = 0; r < number; r++) {
        double lane[8];
        float top = 0;
        float bottom = INFINITY;
        for (int l = 0; l < 8; l++) {
            lane[l] = sum[r][l];
            top = most[r][l] > top ? most[r][l] : top;
            bottom = fewest[r][l] < bottom ? fewest[r][l] : bottom;
        }
        for (size_t e = whole; e < columns; e++) {
            const float x = rows[(size_t)r * columns + e];
            const float magnitude = fabsf(x);
            lane[e - whole] += (double)x * (double)x;
            top = magnitude > top ? magnitude : top;
            bottom = magnitude > 0 && magnitude < bottom ? magnitude : bottom;
        }
        squared_norms[r] = ck_sum_lanes(lane);
        // Squares of finite floats stay far below the largest double, so this norm is finite exactly when the row is.
        largest[r] = isfinite(squared_norms[r]) ? top : INFINITY;
        least[r] = bottom;
    }
}

CK_BODY void row_statistics_body(
    const float *rows, size_t count, size_t columns, double *squared_norms, float *largest, float *least) {
    size_t i = 0;
    for (; i + rows_at_once <= count; i += rows_at_once)
        statistics_of(rows_at_once, rows + i * columns, columns, squared_norms + i, largest + i, least + i);
    for (; i < count; i++) statistics_of(1, rows + i * columns, columns, squared_norms + i, largest + i, least + i);
}

CK_VARIANTS(
    row_statistics,
    (const float *rows, size_t count, size_t columns, double *squared_norms, float *largest, float *least),
    (rows, count, columns, squared_norms, largest, least))

void ck_row_statistics(
    const float *rows, size_t count, size_t columns, double *squared_norms, float *largest, float *least,
    ck_instruction_set set) {
    CK_DISPATCH(row_statistics, set, (rows, count, columns, squared_norms, largest, least));
}

CK_BODY void wide_norms_body(const double *rows, size_t count, size_t columns, double *squared_norms) {
    const size_t whole = columns & ~(size_t)7;
    for (size_t i = 0; i < count; i++) {
        const double *row = rows + i * columns;
        ck_lanes sum = (ck_lanes)(0.0);
        for (size_t e = 0; e < whole; e += 8) {
            const ck_lanes x = CK_LOAD8_WIDE(row + e);
            sum += x * x;
        }
        double lane[8];
        for (int l = 0; l < 8; l++) lane[l] = sum[l];
        for (size_t e = whole; e < columns; e++) lane[e - whole] += row[e] * row[e];
        squared_norms[i] = ck_sum_lanes(lane);
    }
}

CK_VARIANTS(
    wide_norms, (const double *rows, size_t count, size_t columns, double *squared_norms),
    (rows, count, columns, squared_norms))

void ck_wide_norms(
    const double *rows, size_t count, size_t columns, double *squared_norms, ck_instruction_set set) {
    CK_DISPATCH(wide_norms, set, (rows, count, columns, squared_norms));
}

CK_BODY void scale_rows_body(float *rows, size_t count, size_t columns, const float *factors) {
    for (size_t i = 0; i < count; i++) {
        const float factor = factors[i];
        for (size_t e = 0; e < columns; e++) rows[i * columns + e] *= factor;
    }
}

CK_VARIANTS(
    scale_rows, (float *rows, size_t count, size_t columns, const float *factors), (rows, count, columns, factors))

void ck_scale_rows(float *rows, size_t count, size_t columns, const float *factors, ck_instruction_set set) {
    CK_DISPATCH(scale_rows, set, (rows, count, columns, factors));
}
