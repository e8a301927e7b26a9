// Distances and dot products taken directly in double, without the cancellation of ‖x‖² − 2x·c + ‖c‖².
#include "lanes.h"

enum { rows_at_once = 4 };  // independent chains of additions, so that one row's latency hides behind the others

typedef enum { squared_distance, dot_product } measure;

CK_BODY double measure_one(const measure what, double x, double c) {
    return what == squared_distance ? (x - c) * (x - c) : x * c;
}

// `number` rows x[r] against centres c[r]; `shared` says that all centres are c[0]. The rows are of double where `wide` is
// there.
CK_BODY void measure_rows(
    const measure what, const int number, const int shared, const float *rows, const double *wide, size_t columns,
    const float *const *c, double *result) {
    ck_lanes sum[rows_at_once];
    for (int r = 0; r < number; r++) sum[r] = (ck_lanes)(0.0);
    const size_t whole = columns & ~(size_t)7;
    for (size_t e = 0; e < whole; e += 8)
        for (int r = 0; r < number; r++) {
            const size_t place = (size_t)r * columns + e;
            const ck_lanes x = wide ? CK_LOAD8_WIDE(wide + place) : CK_WIDEN8(CK_LOAD8(rows + place));
            const ck_lanes centre = CK_WIDEN8(CK_LOAD8(c[shared ? 0 : r] + e));
            const ck_lanes difference = x - centre;
            sum[r] += what == squared_distance ? difference * difference : x * centre;
        }
    for (int r = 0; r < number; r++) {
        double lane[8];
        for (int l = 0; l < 8; l++) lane[l] = sum[r][l];
        for (size_t e = whole; e < columns; e++) {
            const size_t place = (size_t)r * columns + e;
            lane[e - whole] += measure_one(what, wide ? wide[place] : (double)rows[place], c[shared ? 0 : r][e]);
        }
        result[r] = ck_sum_lanes(lane);
    }
}

CK_BODY void with_labelled(
    const measure what, const float *rows, const double *wide, size_t count, size_t columns, const int32_t *labels,
    const float *centres, double *result) {
    size_t i = 0;
    const float *c[rows_at_once];
    for (; i + rows_at_once <= count; i += rows_at_once) {
        const float *values = wide ? 0 : rows + i * columns;
        for (int r = 0; r < rows_at_once; r++) c[r] = centres + (size_t)labels[i + (size_t)r] * columns;
        measure_rows(what, rows_at_once, 0, values, wide ? wide + i * columns : 0, columns, c, result + i);
    }
    for (; i < count; i++) {
        c[0] = centres + (size_t)labels[i] * columns;
        measure_rows(
            what, 1, 1, wide ? 0 : rows + i * columns, wide ? wide + i * columns : 0, columns, c, result + i);
    }
}

CK_BODY void with_row(
    const measure what, const float *rows, size_t count, size_t columns, const float *row, double *result) {
    size_t i = 0;
    for (; i + rows_at_once <= count; i += rows_at_once)
        measure_rows(what, rows_at_once, 1, rows + i * columns, 0, columns, &row, result + i);
    for (; i < count; i++) measure_rows(what, 1, 1, rows + i * columns, 0, columns, &row, result + i);
}

#define LABELLED_PARAMETERS \
    (const float *rows, size_t count, size_t columns, const int32_t *labels, const float *centres, double *result)
#define WIDE_PARAMETERS \
    (const double *rows, size_t count, size_t columns, const int32_t *labels, const float *centres, double *result)
#define ROW_PARAMETERS (const float *rows, size_t count, size_t columns, const float *row, double *result)

CK_BODY void distances_to_labelled_body LABELLED_PARAMETERS {
    with_labelled(squared_distance, rows, 0, count, columns, labels, centres, result);
}
CK_BODY void products_with_labelled_body LABELLED_PARAMETERS {
    with_labelled(dot_product, rows, 0, count, columns, labels, centres, result);
}
CK_BODY void wide_distances_to_labelled_body WIDE_PARAMETERS {
    with_labelled(squared_distance, 0, rows, count, columns, labels, centres, result);
}
CK_BODY void wide_products_with_labelled_body WIDE_PARAMETERS {
    with_labelled(dot_product, 0, rows, count, columns, labels, centres, result);
}
CK_BODY void distances_to_row_body ROW_PARAMETERS { with_row(squared_distance, rows, count, columns, row, result); }
CK_BODY void products_with_row_body ROW_PARAMETERS { with_row(dot_product, rows, count, columns, row, result); }

CK_VARIANTS(distances_to_labelled, LABELLED_PARAMETERS, (rows, count, columns, labels, centres, result))
CK_VARIANTS(products_with_labelled, LABELLED_PARAMETERS, (rows, count, columns, labels, centres, result))
CK_VARIANTS(wide_distances_to_labelled, WIDE_PARAMETERS, (rows, count, columns, labels, centres, result))
CK_VARIANTS(wide_products_with_labelled, WIDE_PARAMETERS, (rows, count, columns, labels, centres, result))
CK_VARIANTS(distances_to_row, ROW_PARAMETERS, (rows, count, columns, row, result))
CK_VARIANTS(products_with_row, ROW_PARAMETERS, (rows, count, columns, row, result))

void ck_squared_distances_to_labelled(
    const float *rows, size_t count, size_t columns, const int32_t *labels, const float *centres, double *result,
    ck_instruction_set set) {
    CK_DISPATCH(distances_to_labelled, set, (rows, count, columns, labels, centres, result));
}

void ck_dot_products_with_labelled(
    const float *rows, size_t count, size_t columns, const int32_t *labels, const float *centres, double *result,
    ck_instruction_set set) {
    CK_DISPATCH(products_with_labelled, set, (rows, count, columns, labels, centres, result));
}

void ck_wide_squared_distances_to_labelled(
    const double *rows, size_t count, size_t columns, const int32_t *labels, const float *centres, double *result,
    ck_instruction_set set) {
    CK_DISPATCH(wide_distances_to_labelled, set, (rows, count, columns, labels, centres, result));
}

void ck_wide_dot_products_with_labelled(
    const double *rows, size_t count, size_t columns, const int32_t *labels, const float *centres, double *result,
    ck_instruction_set set) {
    CK_DISPATCH(wide_products_with_labelled, set, (rows, count, columns, labels, centres, result));
}

void ck_squared_distances_to_row(
    const float *rows, size_t count, size_t columns, const float *row, double *result, ck_instruction_set set) {
    CK_DISPATCH(distances_to_row, set, (rows, count, columns, row, result));
}

void ck_dot_products_with_row(
    const float *rows, size_t count, size_t columns, const float *row, double *result, ck_instruction_set set) {
    CK_DISPATCH(products_with_row, set, (rows, count, columns, row, result));
}
