// The product of heads, written once. The including file defines
//   TILE_NAME(x)          x with the instruction set's suffix
//   TILE_TARGET           the target attribute
//   TILE_ROWS             rows in a register tile of TILE_ROWS × 2 vectors, which stay in registers over all columns
//   TILE_VECTOR           a vector of integers, and TILE_WIDTH 32-bit integers in it
//   TILE_LOAD(p)          a vector from memory
//   TILE_STORE(p, v)      and to it
//   TILE_PAIR(x)          a vector of one pair of 16-bit integers
//   TILE_ADD(sum, a, b)   sum + the sums of the products of pairs
#include "heads.h"

#include <string.h>

_Static_assert(ck_chunk_rows % TILE_ROWS == 0, "a chunk is a whole number of tiles");
_Static_assert(ck_panel_columns % (2 * TILE_WIDTH) == 0, "a panel is a whole number of tiles");

#define UNROLL _Pragma("clang loop unroll(full)")

TILE_TARGET CK_BODY void multiply_tile(
    const int rows, const int16_t *heads, const int16_t *panel, int32_t *dots, size_t width) {
    TILE_VECTOR sum[TILE_ROWS][2];
    UNROLL for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = (TILE_VECTOR){0};
    for (size_t e = 0; e < ck_head_columns; e += 2) {
        const TILE_VECTOR low = TILE_LOAD(panel), high = TILE_LOAD(panel + 2 * TILE_WIDTH);
        panel += 2 * ck_panel_columns;
        UNROLL for (int r = 0; r < rows; r++) {
            int32_t pair;
            memcpy(&pair, heads + (size_t)r * ck_head_columns + e, sizeof pair);
            const TILE_VECTOR value = TILE_PAIR(pair);
            sum[r][0] = TILE_ADD(sum[r][0], value, low);
            sum[r][1] = TILE_ADD(sum[r][1], value, high);
        }
    }
    UNROLL for (int r = 0; r < rows; r++) {
        TILE_STORE(dots + (size_t)r * width, sum[r][0]);
        TILE_STORE(dots + (size_t)r * width + TILE_WIDTH, sum[r][1]);
    }
}

TILE_TARGET void TILE_NAME(ck_multiply_heads)(
    const int16_t *heads, size_t count, const int16_t *panels, size_t width, int32_t *dots) {
    for (size_t first = 0; first < width; first += 2 * TILE_WIDTH) {
        const size_t place = first % ck_panel_columns;
        const int16_t *panel = panels + (first - place) * ck_head_columns + 2 * place;
        size_t r = 0;
        for (; r + TILE_ROWS <= count; r += TILE_ROWS)
            multiply_tile(TILE_ROWS, heads + r * ck_head_columns, panel, dots + r * width + first, width);
        for (; r < count; r++) multiply_tile(1, heads + r * ck_head_columns, panel, dots + r * width + first, width);
    }
}
