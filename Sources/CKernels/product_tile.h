// The matrix product, written once. The including file defines
//   TILE_NAME(x)   x with the instruction set's suffix
//   TILE_TARGET    the target attribute
//   TILE_WIDTH     floats in a vector
//   TILE_ROWS      rows in a register tile; a tile is TILE_ROWS × 2 vectors
// Every element is one chain of FMAs over the inner index in order. Cutting the inner index into depths only stores the
// chain and takes it up again, so neither the cut nor the tile changes a bit.
#include "variants.h"

#include <string.h>

_Static_assert(ck_product_rows % TILE_ROWS == 0, "a chunk is a whole number of tiles");
_Static_assert(ck_panel_columns % (2 * TILE_WIDTH) == 0, "a panel is a whole number of tiles");

typedef float floats __attribute__((ext_vector_type(TILE_WIDTH)));
typedef float floats_unaligned __attribute__((ext_vector_type(TILE_WIDTH), aligned(4)));

#define LOAD(pointer) (*(const floats_unaligned *)(pointer))
#define STORE(pointer) (*(floats_unaligned *)(pointer))
#define UNROLL _Pragma("clang loop unroll(full)")

enum {
    tile_columns = 2 * TILE_WIDTH,
    steps_ahead = 48,  // of its use, a panel is fetched into the first-level cache, which it is larger than
};

// c[r · c_stride + j] (+)= Σ_k x[r · row + k · step] · panel[k][j], for `height` × `vectors` · TILE_WIDTH elements.
TILE_TARGET CK_BODY void multiply_tile(
    const int height, const int vectors, const float *x, const size_t row, const size_t step, const float *panel,
    size_t depth, int continues, float *c, size_t c_stride) {
    floats sum[TILE_ROWS][2];
    UNROLL for (int r = 0; r < height; r++)
        UNROLL for (int v = 0; v < vectors; v++)
            sum[r][v] = continues ? LOAD(c + (size_t)r * c_stride + v * TILE_WIDTH) : (floats)(0.0f);
    for (size_t k = 0; k < depth; k++) {
        floats right[2];
        UNROLL for (int v = 0; v < vectors; v++) {
            right[v] = LOAD(panel + v * TILE_WIDTH);
            __builtin_prefetch(panel + steps_ahead * ck_panel_columns + v * TILE_WIDTH);
        }
        panel += ck_panel_columns;
        UNROLL for (int r = 0; r < height; r++) {
            const floats left = (floats)(x[(size_t)r * row]);
            UNROLL for (int v = 0; v < vectors; v++)
                sum[r][v] = __builtin_elementwise_fma(left, right[v], sum[r][v]);
        }
        x += step;
    }
    UNROLL for (int r = 0; r < height; r++)
        UNROLL for (int v = 0; v < vectors; v++) STORE(c + (size_t)r * c_stride + v * TILE_WIDTH) = sum[r][v];
}

// A tile of which only height × width elements exist.
TILE_TARGET CK_BODY void multiply_edge(
    const float *x, const size_t row, const size_t step, const float *panel, size_t depth, int continues, float *c,
    size_t c_stride, size_t height, size_t width) {
    float edge[TILE_ROWS * tile_columns] = {0};
    if (continues)
        for (size_t r = 0; r < height; r++) memcpy(edge + r * tile_columns, c + r * c_stride, width * sizeof *c);
    if (width <= TILE_WIDTH)
        multiply_tile(TILE_ROWS, 1, x, row, step, panel, depth, continues, edge, tile_columns);
    else if (height <= TILE_ROWS / 2)
        multiply_tile(TILE_ROWS / 2, 2, x, row, step, panel, depth, continues, edge, tile_columns);
    else
        multiply_tile(TILE_ROWS, 2, x, row, step, panel, depth, continues, edge, tile_columns);
    for (size_t r = 0; r < height; r++) memcpy(c + r * c_stride, edge + r * tile_columns, width * sizeof *c);
}

// Rows `first` ..< first + count of the left matrix at depths `start` ..< start + depth, to where tiles read them.
TILE_TARGET static void copy_block(
    const float *a, size_t stride, ck_left left, size_t first, size_t count, size_t start, size_t depth,
    float *scratch) {
    const size_t padded = (count + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
    if (left == ck_left_rows) {
        for (size_t r = 0; r < count; r++)
            memcpy(scratch + r * ck_product_stride, a + (first + r) * stride + start, depth * sizeof *a);
        for (size_t r = count; r < padded; r++) memset(scratch + r * ck_product_stride, 0, depth * sizeof *a);
        return;
    }
    for (size_t r = 0; r < count; r += TILE_ROWS) {
        const size_t height = count - r < TILE_ROWS ? count - r : TILE_ROWS;
        float *tile = scratch + r * ck_product_depth;
        for (size_t k = 0; k < depth; k++) {
            const float *source = a + (start + k) * stride + first + r;
            float *target = tile + k * TILE_ROWS;
            if (height == TILE_ROWS) {
                UNROLL for (int i = 0; i < TILE_ROWS; i++) target[i] = source[i];
            } else {
                for (size_t i = 0; i < TILE_ROWS; i++) target[i] = i < height ? source[i] : 0.0f;
            }
        }
    }
}

TILE_TARGET CK_BODY void multiply_block(
    const float *scratch, const ck_left left, size_t first, size_t count, const float *panels, size_t inner,
    size_t start, size_t depth, size_t columns, ck_product_part part, int continues, float *c) {
    const size_t row = left == ck_left_rows ? ck_product_stride : 1, step = left == ck_left_rows ? 1 : TILE_ROWS;
    const size_t block = left == ck_left_rows ? ck_product_stride : ck_product_depth;
    for (size_t j = 0; j < columns; j += tile_columns) {
        const size_t place = j % ck_panel_columns;
        const float *panel = panels + (j - place) * inner + start * ck_panel_columns + place;
        const size_t width = columns - j < tile_columns ? columns - j : tile_columns;
        for (size_t r = 0; r < count; r += TILE_ROWS) {
            if (part == ck_upper_triangle && j + width <= first + r) break;
            const size_t height = count - r < TILE_ROWS ? count - r : TILE_ROWS;
            float *target = c + (first + r) * columns + j;
            const float *x = scratch + r * block;
            if (height == TILE_ROWS && width == tile_columns)
                multiply_tile(TILE_ROWS, 2, x, row, step, panel, depth, continues, target, columns);
            else
                multiply_edge(x, row, step, panel, depth, continues, target, columns, height, width);
        }
    }
}

TILE_TARGET void TILE_NAME(ck_multiply) CK_MULTIPLY_PARAMETERS {
    for (size_t start = 0; start < inner; start += ck_product_depth) {
        const size_t depth = inner - start < ck_product_depth ? inner - start : ck_product_depth;
        const int continues = adds || start > 0;
        for (size_t first = 0; first < rows; first += ck_product_rows) {
            const size_t count = rows - first < ck_product_rows ? rows - first : ck_product_rows;
            copy_block(a, stride, left, first, count, start, depth, scratch);
            if (left == ck_left_rows)
                multiply_block(
                    scratch, ck_left_rows, first, count, panels, inner, start, depth, columns, part, continues, c);
            else
                multiply_block(
                    scratch, ck_left_columns, first, count, panels, inner, start, depth, columns, part, continues, c);
        }
    }
}
