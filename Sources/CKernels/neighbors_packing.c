// Rows laid out for the search for nearest neighbours.
#include "variants.h"

#include <string.h>

CK_BODY void spread_rows_body(
    const float *rows, size_t count, size_t columns, const float *factors, float *spread) {
    const size_t stride = ck_row_stride(columns);
    for (size_t r = 0; r < count; r++) {
        const float *row = rows + r * columns;
        float *copy = spread + r * stride;
        if (factors) {
            const float factor = factors[r];
            for (size_t e = 0; e < columns; e++) copy[e] = row[e] * factor;
        } else {
            memcpy(copy, row, columns * sizeof *row);
        }
        memset(copy + columns, 0, (stride - columns) * sizeof *copy);
    }
    memset(spread + count * stride, 0, (ck_tallest_tile - 1) * stride * sizeof *spread);
}

CK_VARIANTS(
    spread_rows, (const float *rows, size_t count, size_t columns, const float *factors, float *spread),
    (rows, count, columns, factors, spread))

void ck_spread_rows(
    const float *rows, size_t count, size_t columns, const float *factors, float *spread, ck_instruction_set set) {
    CK_DISPATCH(spread_rows, set, (rows, count, columns, factors, spread));
}

CK_BODY void subtract_origin_body(float *rows, size_t count, size_t columns, const float *origin) {
    for (size_t r = 0; r < count; r++)
        for (size_t e = 0; e < columns; e++) rows[r * ck_row_stride(columns) + e] -= origin[e];
}

CK_VARIANTS(
    subtract_origin, (float *rows, size_t count, size_t columns, const float *origin), (rows, count, columns, origin))

void ck_subtract_origin(
    float *rows, size_t count, size_t columns, const float *origin, ck_instruction_set set) {
    CK_DISPATCH(subtract_origin, set, (rows, count, columns, origin));
}
