// The fused assignment kernel, written once. The including file defines
//   TILE_NAME(x)   x with the instruction set's suffix
//   TILE_TARGET    the target attribute
//   TILE_WIDTH     floats in a vector
//   TILE_ROWS      rows in a register tile; a tile is TILE_ROWS × 2 vectors, which stay in registers over all columns
// A tile's dot products are complete when its scores are compared, so no dot product ever reaches memory.
#include "variants.h"

#include <math.h>
#include <string.h>

_Static_assert(ck_chunk_rows % TILE_ROWS == 0, "a chunk is a whole number of tiles");
_Static_assert(ck_panel_columns % (2 * TILE_WIDTH) == 0, "a panel is a whole number of tiles");

typedef float floats __attribute__((ext_vector_type(TILE_WIDTH)));
typedef float floats_unaligned __attribute__((ext_vector_type(TILE_WIDTH), aligned(4)));
typedef int32_t integers __attribute__((ext_vector_type(TILE_WIDTH)));
typedef int32_t integers_unaligned __attribute__((ext_vector_type(TILE_WIDTH), aligned(4)));

#define LOAD(pointer) (*(const floats_unaligned *)(pointer))
#define UNROLL _Pragma("clang loop unroll(full)")

// One tile: rows x[r · stride + e] against 2 · TILE_WIDTH centroids, the first of which is `first`. Lowers the best scores
// of the lanes, [TILE_ROWS][ck_widest_vector], where a score is strictly less, and keeps the second best beside them.
TILE_TARGET CK_BODY void score_tile(
    const float *x, size_t stride, const float *panel, size_t columns, const float *bases, int32_t first, float *best,
    float *second, int32_t *found) {
    floats sum[TILE_ROWS][2];
    UNROLL for (int r = 0; r < TILE_ROWS; r++) sum[r][0] = sum[r][1] = (floats)(0.0f);
    for (size_t e = 0; e < columns; e++) {
        const floats low = LOAD(panel), high = LOAD(panel + TILE_WIDTH);
        panel += ck_panel_columns;
        UNROLL for (int r = 0; r < TILE_ROWS; r++) {
            const floats value = (floats)(x[(size_t)r * stride + e]);
            sum[r][0] = __builtin_elementwise_fma(value, low, sum[r][0]);
            sum[r][1] = __builtin_elementwise_fma(value, high, sum[r][1]);
        }
    }
    integers low_index, high_index;
    UNROLL for (int l = 0; l < TILE_WIDTH; l++) {
        low_index[l] = first + l;
        high_index[l] = first + TILE_WIDTH + l;
    }
    const floats low_base = LOAD(bases), high_base = LOAD(bases + TILE_WIDTH);
    UNROLL for (int r = 0; r < TILE_ROWS; r++) {
        const floats low = low_base - sum[r][0], high = high_base - sum[r][1];
        const integers is_high = high < low;
        const floats score = is_high ? high : low;
        const floats other = is_high ? low : high;
        const integers index = is_high ? high_index : low_index;
        floats_unaligned *row_best = (floats_unaligned *)(best + r * ck_widest_vector);
        floats_unaligned *row_second = (floats_unaligned *)(second + r * ck_widest_vector);
        integers_unaligned *row_found = (integers_unaligned *)(found + r * ck_widest_vector);
        const floats before = *row_best;
        const integers lower = score < before;
        const floats beaten = lower ? before : score;
        const floats rest = other < beaten ? other : beaten;
        *row_second = rest < *row_second ? rest : *row_second;
        *row_best = lower ? score : before;
        *row_found = lower ? index : *row_found;
    }
}

// Scores all tiles of a chunk of rows, `stride` apart, against one panel. `count` is a whole number of tiles.
TILE_TARGET static void score_panel(
    const float *rows, size_t stride, size_t count, const ck_centroids *centroids, size_t first,
    const ck_workspace *workspace) {
    const float *panel = centroids->panels + first * centroids->columns;
    for (size_t c = 0; c < ck_panel_columns && first + c < centroids->clusters; c += 2 * TILE_WIDTH)
        for (size_t r = 0; r < count; r += TILE_ROWS)
            score_tile(
                rows + r * stride, stride, panel + c, centroids->columns, centroids->bases + first + c,
                (int32_t)(first + c), workspace->best_scores + r * ck_widest_vector,
                workspace->second_scores + r * ck_widest_vector, workspace->best_columns + r * ck_widest_vector);
}

TILE_TARGET void TILE_NAME(ck_propose)(size_t count, const ck_centroids *centroids, const ck_workspace *workspace) {
    const size_t stride = ck_row_stride(centroids->columns);
    const size_t tiles = (count + TILE_ROWS - 1) / TILE_ROWS;
    for (size_t r = count; r < tiles * TILE_ROWS; r++) memset(workspace->rows + r * stride, 0, stride * sizeof(float));
    for (size_t first = 0; first < centroids->clusters; first += ck_panel_columns)
        score_panel(workspace->rows, stride, tiles * TILE_ROWS, centroids, first, workspace);
}
