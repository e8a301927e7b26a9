// Scores in double, which decide: of rows as a dataset holds them against centroids as they are.
#pragma once

#include "lanes.h"

#include <math.h>

enum { centroids_at_once = 4 };  // independent chains of additions, so that one's latency hides behind the others

// Scores of one row against `number` centroids; less is better. `wide` says which of the row's forms is there.
CK_BODY void score_exactly(
    const int number, const int is_cosine, const float *values, const double *wide, size_t columns,
    const float *const *c, double *scores) {
    ck_lanes sum[centroids_at_once];
    for (int k = 0; k < number; k++) sum[k] = (ck_lanes)(0.0);
    const size_t whole = columns & ~(size_t)7;
    for (size_t e = 0; e < whole; e += 8) {
        const ck_lanes x = wide ? CK_LOAD8_WIDE(wide + e) : CK_WIDEN8(CK_LOAD8(values + e));
        for (int k = 0; k < number; k++) {
            const ck_lanes centre = CK_WIDEN8(CK_LOAD8(c[k] + e));
            const ck_lanes difference = x - centre;
            sum[k] += is_cosine ? x * centre : difference * difference;
        }
    }
    for (int k = 0; k < number; k++) {
        double lane[8];
        for (int l = 0; l < 8; l++) lane[l] = sum[k][l];
        for (size_t e = whole; e < columns; e++) {
            const double x = wide ? wide[e] : (double)values[e], centre = c[k][e];
            lane[e - whole] += is_cosine ? x * centre : (x - centre) * (x - centre);
        }
        scores[k] = is_cosine ? -ck_sum_lanes(lane) : ck_sum_lanes(lane);
    }
}

CK_BODY void score_row(
    const int number, const ck_rows *rows, size_t row, const ck_centroids *centroids, const float *const *c,
    double *scores) {
    const size_t columns = rows->columns;
    const float *values = rows->values ? rows->values + row * columns : 0;
    const double *wide = rows->values ? 0 : rows->wide + row * columns;
    if (values && centroids->is_cosine)
        score_exactly(number, 1, values, 0, columns, c, scores);
    else if (values)
        score_exactly(number, 0, values, 0, columns, c, scores);
    else
        score_exactly(number, centroids->is_cosine, 0, wide, columns, c, scores);
}

// The best of some centroids for a row, ties to the lowest.
CK_BODY int32_t choose_exactly(
    const ck_rows *rows, size_t row, const ck_centroids *centroids, const int32_t *candidates, size_t count) {
    double least = INFINITY;
    int32_t label = INT32_MAX;
    for (size_t i = 0; i < count; i += centroids_at_once) {
        const size_t number = count - i < centroids_at_once ? count - i : centroids_at_once;
        const float *c[centroids_at_once];
        double scores[centroids_at_once];
        for (size_t k = 0; k < number; k++) c[k] = centroids->values + (size_t)candidates[i + k] * centroids->columns;
        if (number == centroids_at_once)
            score_row(centroids_at_once, rows, row, centroids, c, scores);
        else
            for (size_t k = 0; k < number; k++) score_row(1, rows, row, centroids, c + k, scores + k);
        for (size_t k = 0; k < number; k++)
            if (scores[k] < least || (scores[k] == least && candidates[i + k] < label)) {
                least = scores[k];
                label = candidates[i + k];
            }
    }
    return label;
}

// r: the share of a proposed score's error that belongs to the row.
CK_BODY double row_margin(const ck_centroids *centroids, double square) {
    const double reach = 2.1 * sqrt(square) + 2.0 * centroids->origin_norm;
    // Beyond, a float32 product could overflow.
    if (!(square <= 0x1p124)) return NAN;
    return centroids->square_margin * square + centroids->tail_margin * reach * reach + centroids->least_margin;
}
