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

// One tile: rows x[r · stride + e] against 2 · TILE_WIDTH centroids, the first of which is `first`. Lowers
// best [TILE_ROWS][TILE_WIDTH], lane by lane, where a score is strictly less.
TILE_TARGET CK_BODY void score_tile(
    const float *x, size_t stride, const float *panel, size_t columns, const float *half_norms, int32_t first,
    float *best, int32_t *found) {
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
    const floats low_norm = LOAD(half_norms), high_norm = LOAD(half_norms + TILE_WIDTH);
    UNROLL for (int r = 0; r < TILE_ROWS; r++) {
        const floats low = low_norm - sum[r][0], high = high_norm - sum[r][1];
        const integers is_high = high < low;
        const floats score = is_high ? high : low;
        const integers index = is_high ? high_index : low_index;
        floats_unaligned *row_best = (floats_unaligned *)(best + r * TILE_WIDTH);
        integers_unaligned *row_found = (integers_unaligned *)(found + r * TILE_WIDTH);
        const integers lower = score < *row_best;
        *row_best = lower ? score : *row_best;
        *row_found = lower ? index : *row_found;
    }
}

// rows [count][columns] → copy [⌈count / TILE_ROWS⌉ · TILE_ROWS][ck_row_stride(columns)], zeros beyond the last row.
TILE_TARGET static void copy_rows(const float *rows, size_t count, size_t columns, float *copy) {
    const size_t stride = ck_row_stride(columns);
    for (size_t r = 0; r < count; r++) memcpy(copy + r * stride, rows + r * columns, columns * sizeof *rows);
    for (size_t r = count; r % TILE_ROWS != 0; r++) memset(copy + r * stride, 0, columns * sizeof *rows);
}

// Scores all tiles of a chunk of rows, `stride` apart, against one panel. There are at least TILE_ROWS rows in memory.
TILE_TARGET static void score_panel(
    const float *rows, size_t stride, size_t count, size_t columns, const float *panel, const float *half_norms,
    size_t first, size_t clusters, ck_workspace workspace) {
    for (size_t c = 0; c < ck_panel_columns && first + c < clusters; c += 2 * TILE_WIDTH)
        for (size_t r = 0; r < count; r += TILE_ROWS) {
            // Where there are enough rows, the last tile is moved up to end with them: scoring a row twice is harmless.
            const size_t row = r + TILE_ROWS <= count || count < TILE_ROWS ? r : count - TILE_ROWS;
            score_tile(
                rows + row * stride, stride, panel + c, columns, half_norms + c, (int32_t)(first + c),
                workspace.best_scores + row * TILE_WIDTH, workspace.best_columns + row * TILE_WIDTH);
        }
}

// The best lane of each row; lanes that tie give way to the lowest column.
TILE_TARGET static void choose_lanes(size_t count, ck_workspace workspace, int32_t *labels, float *scores) {
    for (size_t r = 0; r < count; r++) {
        const float *best = workspace.best_scores + r * TILE_WIDTH;
        const int32_t *found = workspace.best_columns + r * TILE_WIDTH;
        float score = best[0];
        for (int l = 1; l < TILE_WIDTH; l++) score = best[l] < score ? best[l] : score;
        int32_t label = INT32_MAX;
        for (int l = 0; l < TILE_WIDTH; l++) label = best[l] == score && found[l] < label ? found[l] : label;
        scores[r] = score;
        labels[r] = label;
    }
}

TILE_TARGET static void assign_chunk(
    const float *rows, size_t count, size_t columns, const float *panels, const float *half_norms, size_t clusters,
    ck_workspace workspace, int32_t *labels, float *scores) {
    const int is_copied = clusters >= ck_copying_clusters || count < TILE_ROWS;
    const float *source = is_copied ? workspace.rows : rows;
    const size_t stride = is_copied ? ck_row_stride(columns) : columns;
    if (is_copied) copy_rows(rows, count, columns, workspace.rows);
    for (size_t i = 0; i < ck_chunk_rows * TILE_WIDTH; i++) {
        workspace.best_scores[i] = INFINITY;
        workspace.best_columns[i] = 0;
    }
    for (size_t first = 0; first < clusters; first += ck_panel_columns)
        score_panel(
            source, stride, count, columns, panels + first * columns, half_norms + first, first, clusters, workspace);
    choose_lanes(count, workspace, labels, scores);
}

TILE_TARGET void TILE_NAME(ck_assign)(
    const float *rows, size_t count, size_t columns, const float *panels, const float *half_norms, size_t clusters,
    ck_workspace workspace, int32_t *labels, float *scores) {
    for (size_t i = 0; i < count; i += ck_chunk_rows) {
        const size_t chunk = count - i < ck_chunk_rows ? count - i : ck_chunk_rows;
        assign_chunk(
            rows + i * columns, chunk, columns, panels, half_norms, clusters, workspace, labels + i, scores + i);
    }
}
