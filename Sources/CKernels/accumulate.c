// Exact sums: every addend is rounded to a multiple of one quantum first, so that no addition after it rounds.
#include "variants.h"

CK_BODY void accumulate_body(
    const float *rows, size_t count, size_t columns, const int32_t *labels, double magic, double *sums,
    int64_t *counts) {
    for (size_t i = 0; i < count; i++) {
        const float *restrict row = rows + i * columns;
        double *restrict sum = sums + (size_t)labels[i] * columns;
        for (size_t e = 0; e < columns; e++) {
            const double shifted = (double)row[e] + magic;
            sum[e] += shifted - magic;
        }
        counts[labels[i]] += 1;
    }
}

CK_VARIANTS(
    accumulate,
    (const float *rows, size_t count, size_t columns, const int32_t *labels, double magic, double *sums,
     int64_t *counts),
    (rows, count, columns, labels, magic, sums, counts))

void ck_accumulate(
    const float *rows, size_t count, size_t columns, const int32_t *labels, double magic, double *sums, int64_t *counts,
    ck_instruction_set set) {
    CK_DISPATCH(accumulate, set, (rows, count, columns, labels, magic, sums, counts));
}
