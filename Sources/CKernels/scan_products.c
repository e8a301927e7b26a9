// The scores of a workspace, after a matrix product has left the dot products in memory.
#include "variants.h"

enum { width = ck_product_lanes };
typedef float floats __attribute__((ext_vector_type(width)));
typedef float floats_unaligned __attribute__((ext_vector_type(width), aligned(4)));
typedef int32_t integers __attribute__((ext_vector_type(width)));
typedef int32_t integers_unaligned __attribute__((ext_vector_type(width), aligned(4)));

_Static_assert(ck_product_lanes == ck_widest_vector, "a row's lanes fill its place in the workspace");

CK_BODY void scan_row(
    const float *dots, size_t columns, const float *bases, int32_t first, float *best_scores, float *second_scores,
    int32_t *best_columns) {
    floats best = *(const floats_unaligned *)best_scores, second = *(const floats_unaligned *)second_scores;
    integers found = *(const integers_unaligned *)best_columns, index;
    for (int l = 0; l < width; l++) index[l] = first + l;
    const size_t whole = columns / width * width;
    for (size_t j = 0; j < whole; j += width, index += (integers)(width)) {
        const floats score = *(const floats_unaligned *)(bases + j) - *(const floats_unaligned *)(dots + j);
        const integers lower = score < best;
        const floats beaten = lower ? best : score;
        second = beaten < second ? beaten : second;
        best = lower ? score : best;
        found = lower ? index : found;
    }
    for (size_t j = whole; j < columns; j++) {
        const size_t l = j - whole;
        const float score = bases[j] - dots[j];
        const float beaten = score < best[l] ? best[l] : score;
        if (beaten < second[l]) second[l] = beaten;
        if (score < best[l]) {
            best[l] = score;
            found[l] = first + (int32_t)j;
        }
    }
    *(floats_unaligned *)best_scores = best;
    *(floats_unaligned *)second_scores = second;
    *(integers_unaligned *)best_columns = found;
}

CK_BODY void scan_products_body(
    const float *dots, size_t count, size_t columns, const float *bases, int32_t first, ck_workspace workspace) {
    for (size_t r = 0; r < count; r++)
        scan_row(
            dots + r * columns, columns, bases, first, workspace.best_scores + r * width,
            workspace.second_scores + r * width, workspace.best_columns + r * width);
}

CK_VARIANTS(
    scan_products,
    (const float *dots, size_t count, size_t columns, const float *bases, int32_t first, ck_workspace workspace),
    (dots, count, columns, bases, first, workspace))

void ck_scan_products(
    const float *dots, size_t count, size_t columns, const float *bases, int32_t first, ck_workspace workspace,
    ck_instruction_set set) {
    CK_DISPATCH(scan_products, set, (dots, count, columns, bases, first, workspace));
}
