// Assignment: packing of centroids, or of rows that others are compared with, and the choice of the kernel.
#include "assign.h"

#include <math.h>

// Rows of eight numbers, so that a panel is written in whole vectors.
typedef float floats8 __attribute__((ext_vector_type(8)));
typedef float floats8_unaligned __attribute__((ext_vector_type(8), aligned(4)));

// Turns eight rows of eight into eight columns, by pairs, fours and eights.
CK_BODY void transpose_eight(floats8 rows[8]) {
    floats8 pairs[8], fours[8];
    for (int i = 0; i < 8; i += 2) {
        pairs[i] = __builtin_shufflevector(rows[i], rows[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        pairs[i + 1] = __builtin_shufflevector(rows[i], rows[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i++) {
        const int other = i ^ 2;
        fours[i] = i & 2 ? __builtin_shufflevector(pairs[other], pairs[i], 2, 3, 10, 11, 6, 7, 14, 15)
                         : __builtin_shufflevector(pairs[i], pairs[other], 0, 1, 8, 9, 4, 5, 12, 13);
    }
    for (int i = 0; i < 8; i++) {
        const int other = i ^ 4;
        rows[i] = i & 4 ? __builtin_shufflevector(fours[other], fours[i], 4, 5, 6, 7, 12, 13, 14, 15)
                        : __builtin_shufflevector(fours[i], fours[other], 0, 1, 2, 3, 8, 9, 10, 11);
    }
}

CK_BODY void pack_panels_body(
    const float *centroids, size_t stride, size_t clusters, size_t columns, float *panels) {
    for (size_t first = 0; first < clusters; first += ck_panel_columns) {
        float *panel = panels + first * columns;
        const size_t width = clusters - first < ck_panel_columns ? clusters - first : ck_panel_columns;
        const size_t whole = width == ck_panel_columns ? columns / 8 * 8 : 0;
        for (size_t start = 0; start < whole; start += 8)
            for (size_t j = 0; j < ck_panel_columns; j += 8) {
                floats8 block[8];
                for (int i = 0; i < 8; i++)
                    block[i] = *(const floats8_unaligned *)(centroids + (first + j + (size_t)i) * stride + start);
                transpose_eight(block);
                for (int i = 0; i < 8; i++)
                    *(floats8_unaligned *)(panel + (start + (size_t)i) * ck_panel_columns + j) = block[i];
            }
        for (size_t e = whole; e < columns; e++)
            for (size_t j = 0; j < ck_panel_columns; j++)
                panel[e * ck_panel_columns + j] = j < width ? centroids[(first + j) * stride + e] : 0.0f;
    }
}

CK_VARIANTS(
    pack_panels, (const float *centroids, size_t stride, size_t clusters, size_t columns, float *panels),
    (centroids, stride, clusters, columns, panels))

void ck_pack_panels(
    const float *centroids, size_t stride, size_t clusters, size_t columns, float *panels, ck_instruction_set set) {
    CK_DISPATCH(pack_panels, set, (centroids, stride, clusters, columns, panels));
}

int32_t ck_score_lanes(ck_instruction_set set) {
    switch (set) {
    case ck_avx512: return 16;
    case ck_avx2: return 8;
    case ck_portable: return 4;
    }
}

void ck_clear_scores(ck_workspace workspace) {
    for (size_t i = 0; i < ck_chunk_rows * ck_widest_vector; i++) {
        workspace.best_scores[i] = INFINITY;
        workspace.second_scores[i] = INFINITY;
        workspace.best_columns[i] = 0;
    }
}

void ck_propose(size_t count, ck_centroids centroids, ck_workspace workspace, ck_instruction_set set) {
    CK_DISPATCH(ck_propose, set, (count, &centroids, &workspace));
}
