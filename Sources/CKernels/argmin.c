// The least score of each row, after a matrix product has left the dot products in memory.
#include "variants.h"

#include <math.h>

enum { width = 16 };
typedef float floats __attribute__((ext_vector_type(width)));
typedef float floats_unaligned __attribute__((ext_vector_type(width), aligned(4)));
typedef int32_t integers __attribute__((ext_vector_type(width)));

// Within a lane columns rise and only a strictly lower score replaces, so each lane holds its lowest winning column;
// among lanes that tie, the lowest column is taken, and a score is replaced only by a strictly lower one.
CK_BODY void argmin_row(
    const float *dots, size_t columns, const float *half_norms, int32_t first_label, int32_t *label, float *score) {
    floats best = (floats)(INFINITY);
    integers found = (integers)(0);
    size_t j = 0;
    for (; j + width <= columns; j += width) {
        const floats value = *(const floats_unaligned *)(half_norms + j) - *(const floats_unaligned *)(dots + j);
        const integers lower = value < best;
        best = lower ? value : best;
        found = lower ? (integers)((int32_t)j) : found;
    }
    float least = INFINITY;
    int32_t column = 0;
    for (int32_t l = 0; l < width; l++)
        if (best[l] < least || (best[l] == least && found[l] + l < column)) {
            least = best[l];
            column = found[l] + l;
        }
    for (; j < columns; j++)
        if (half_norms[j] - dots[j] < least) {
            least = half_norms[j] - dots[j];
            column = (int32_t)j;
        }
    if (least < *score) {
        *score = least;
        *label = first_label + column;
    }
}

CK_BODY void argmin_rows_body(
    const float *dots, size_t rows, size_t columns, const float *half_norms, int32_t first_label, int32_t *labels,
    float *scores) {
    for (size_t i = 0; i < rows; i++)
        argmin_row(dots + i * columns, columns, half_norms, first_label, labels + i, scores + i);
}

CK_VARIANTS(
    argmin_rows,
    (const float *dots, size_t rows, size_t columns, const float *half_norms, int32_t first_label, int32_t *labels,
     float *scores),
    (dots, rows, columns, half_norms, first_label, labels, scores))

void ck_argmin_rows(
    const float *dots, size_t rows, size_t columns, const float *half_norms, int32_t first_label, int32_t *labels,
    float *scores, ck_instruction_set set) {
    CK_DISPATCH(argmin_rows, set, (dots, rows, columns, half_norms, first_label, labels, scores));
}
