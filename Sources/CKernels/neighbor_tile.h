// The search for nearest neighbours, written once. The including file defines what assign_tile.h asks for.
// A tile's dot products are complete when they are compared with the bounds of its rows and of its columns, in
// registers; only a tile in which one of them reaches a bound is written to memory and looked at.
#include "neighbors.h"

typedef float floats __attribute__((ext_vector_type(TILE_WIDTH)));
typedef float floats_unaligned __attribute__((ext_vector_type(TILE_WIDTH), aligned(4)));
typedef int32_t integers __attribute__((ext_vector_type(TILE_WIDTH)));
typedef _Bool bits __attribute__((ext_vector_type(TILE_WIDTH)));

_Static_assert(TILE_ROWS <= ck_tallest_tile, "rows behind the last are readable");
_Static_assert(ck_panel_columns % (2 * TILE_WIDTH) == 0, "a panel is a whole number of tiles");

#define LOAD(pointer) (*(const floats_unaligned *)(pointer))
#define UNROLL _Pragma("clang loop unroll(full)")

// What a search is told, unpacked once.
typedef struct {
    ck_packed_rows left, right;
    ck_side left_side, right_side;
    ck_search_form form;
} search;

// A tile with a dot product worth a look, and which those are: bit c for column c.
typedef struct {
    float dots[TILE_ROWS][2 * TILE_WIDTH];
    uint32_t for_left[TILE_ROWS];
    uint32_t for_right[TILE_ROWS];
} hits;

TILE_TARGET CK_BODY uint32_t bits_of(integers mask) {
    const bits narrow = __builtin_convertvector(mask, bits);
    uint32_t word = 0;
    memcpy(&word, &narrow, (TILE_WIDTH + 7) / 8);
    return word & ((1u << TILE_WIDTH) - 1);
}

// −Σ(a − b)² over 64 lanes, element e in lane e mod 64, each lane in order of e by FMA; then the lanes by halves. It is
// the same for (b, a), and as exact for near duplicates as for others. Rows are zero up to a multiple of 16 columns.
TILE_TARGET CK_BODY float direct_score(const float *a, const float *b, size_t columns) {
    typedef float floats16 __attribute__((ext_vector_type(16)));
    typedef float floats16_unaligned __attribute__((ext_vector_type(16), aligned(4)));
    typedef float floats8 __attribute__((ext_vector_type(8)));
    typedef float floats4 __attribute__((ext_vector_type(4)));
    typedef float floats2 __attribute__((ext_vector_type(2)));
    floats16 sum[4];
    UNROLL for (int i = 0; i < 4; i++) sum[i] = (floats16)(0.0f);
    const size_t padded = (columns + 15) / 16 * 16, whole = columns / 64 * 64;
    for (size_t e = 0; e < whole; e += 64) UNROLL for (int i = 0; i < 4; i++) {
            const floats16 difference = *(const floats16_unaligned *)(a + e + 16 * i)
                - *(const floats16_unaligned *)(b + e + 16 * i);
            sum[i] = __builtin_elementwise_fma(difference, difference, sum[i]);
        }
    UNROLL for (int i = 0; i < 4; i++)
        if (whole + 16 * (size_t)i < padded) {
            const floats16 difference = *(const floats16_unaligned *)(a + whole + 16 * i)
                - *(const floats16_unaligned *)(b + whole + 16 * i);
            sum[i] = __builtin_elementwise_fma(difference, difference, sum[i]);
        }
    const floats16 all = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    const floats8 eight = all.lo + all.hi;
    const floats4 four = eight.lo + eight.hi;
    const floats2 two = four.lo + four.hi;
    return 0.0f - (two.x + two.y);
}

// Adds a tile's pairs to the reservoirs. The tile begins at `row` and `column` and may reach beyond the last of them.
TILE_TARGET static __attribute__((noinline)) void take_hits(
    const search *s, size_t row, size_t column, const hits *found) {
    const size_t rows = s->left.count - row < TILE_ROWS ? s->left.count - row : TILE_ROWS;
    const size_t columns = s->right.count - column < 2 * TILE_WIDTH ? s->right.count - column : 2 * TILE_WIDTH;
    const uint32_t inside = (uint32_t)((1ull << columns) - 1);
    const size_t stride = ck_row_stride(s->left.columns);
    const int is_within = s->form == ck_within || s->form == ck_within_with_self;
    for (size_t r = 0; r < rows; r++) {
        const size_t i = row + r;
        uint32_t for_left = found->for_left[r] & inside, for_right = found->for_right[r] & inside;
        if (is_within && i >= column) {
            // Of each pair only the one above the diagonal counts; on it, a row has itself once.
            const size_t diagonal = i - column;
            const uint32_t above = diagonal + 1 < 32 ? ~0u << (diagonal + 1) : 0;
            const uint32_t self = s->form == ck_within_with_self && diagonal < 32 ? 1u << diagonal : 0;
            for_left &= above | self;
            for_right &= above;
        }
        for (uint32_t either = for_left | for_right; either != 0; either &= either - 1) {
            const int c = __builtin_ctz(either);
            const size_t j = column + (size_t)c;
            const float score = s->left.bases
                ? direct_score(s->left.rows + i * stride, s->right.rows + j * stride, s->left.columns)
                : found->dots[r][c] + 0.0f;
            if (for_left >> c & 1) ck_add(&s->left_side, i, score, s->right.first_index + (int32_t)j);
            if (for_right >> c & 1) ck_add(&s->right_side, j, score, s->left.first_index + (int32_t)i);
        }
    }
}

// One tile: rows x[r · stride + e] against 2 · TILE_WIDTH columns of a panel.
TILE_TARGET CK_BODY void search_tile(
    const search *s, const int is_two_sided, const int has_bases, const float *x, size_t stride, const float *panel,
    size_t row, size_t column) {
    floats sum[TILE_ROWS][2];
    UNROLL for (int r = 0; r < TILE_ROWS; r++) sum[r][0] = sum[r][1] = (floats)(0.0f);
    for (size_t e = 0; e < s->left.columns; e++) {
        const floats low = LOAD(panel), high = LOAD(panel + TILE_WIDTH);
        panel += ck_panel_columns;
        UNROLL for (int r = 0; r < TILE_ROWS; r++) {
            const floats value = (floats)(x[(size_t)r * stride + e]);
            sum[r][0] = __builtin_elementwise_fma(value, low, sum[r][0]);
            sum[r][1] = __builtin_elementwise_fma(value, high, sum[r][1]);
        }
    }
    const float *left_bounds = s->left_side.reservoir.bounds + row;
    const float *right_bounds = s->right_side.reservoir.bounds + column;
    const floats none = (floats)(0.0f);
    const floats low_base = has_bases ? LOAD(s->right.bases + column) : none;
    const floats high_base = has_bases ? LOAD(s->right.bases + column + TILE_WIDTH) : none;
    const floats low_bound = is_two_sided ? LOAD(right_bounds) : none;
    const floats high_bound = is_two_sided ? LOAD(right_bounds + TILE_WIDTH) : none;
    hits found;
    uint32_t any = 0;
    UNROLL for (int r = 0; r < TILE_ROWS; r++) {
        const floats bound = (floats)(left_bounds[r]), base = has_bases ? (floats)(s->left.bases[row + (size_t)r]) : none;
        const integers low = sum[r][0] >= (has_bases ? bound + low_base : bound);
        const integers high = sum[r][1] >= (has_bases ? bound + high_base : bound);
        found.for_left[r] = bits_of(low) | bits_of(high) << TILE_WIDTH;
        any |= found.for_left[r];
        found.for_right[r] = 0;
        if (is_two_sided) {
            const integers low_right = sum[r][0] >= (has_bases ? low_bound + base : low_bound);
            const integers high_right = sum[r][1] >= (has_bases ? high_bound + base : high_bound);
            found.for_right[r] = bits_of(low_right) | bits_of(high_right) << TILE_WIDTH;
            any |= found.for_right[r];
        }
    }
    if (any == 0) return;
    UNROLL for (int r = 0; r < TILE_ROWS; r++) {
        *(floats_unaligned *)found.dots[r] = sum[r][0];
        *(floats_unaligned *)(found.dots[r] + TILE_WIDTH) = sum[r][1];
    }
    take_hits(s, row, column, &found);
}

// All tiles of `count` left rows from `row` on, at x, against the whole right block. Every panel is used for all rows
// before the next one, so that the rows stay in the second-level cache and the panel nearly in the first.
TILE_TARGET CK_BODY void search_chunk(
    const search *s, const int is_two_sided, const int has_bases, const float *x, size_t row, size_t count) {
    const size_t stride = ck_row_stride(s->left.columns);
    const int is_within = s->form == ck_within || s->form == ck_within_with_self;
    // Within a block, panels wholly below the diagonal are passed over; so are tiles.
    const size_t start = is_within ? row / ck_panel_columns * ck_panel_columns : 0;
    for (size_t first = start; first < s->right.count; first += ck_panel_columns) {
        const float *panel = s->right.panels + first * s->right.columns;
        for (size_t c = 0; c < ck_panel_columns && first + c < s->right.count; c += 2 * TILE_WIDTH)
            for (size_t r = 0; r < count; r += TILE_ROWS) {
                const size_t column = first + c;
                if (is_within && column + 2 * TILE_WIDTH <= row + r) break;
                search_tile(s, is_two_sided, has_bases, x + r * stride, stride, panel + c, row + r, column);
            }
    }
}

// rows less the origin, `stride` apart like they are.
TILE_TARGET static void subtract_origin(const float *rows, size_t count, ck_packed_rows block, float *copies) {
    const size_t stride = ck_row_stride(block.columns);
    for (size_t r = 0; r < count; r++)
        for (size_t e = 0; e < block.columns; e++) copies[r * stride + e] = rows[r * stride + e] - block.origin[e];
}

TILE_TARGET CK_BODY void search_rows(const search *s, const int is_two_sided, const int has_bases, float *copies) {
    const size_t stride = ck_row_stride(s->left.columns);
    const size_t tiles = ck_chunk_floats / stride / TILE_ROWS, chunk = (tiles > 0 ? tiles : 1) * TILE_ROWS;
    for (size_t row = 0; row < s->left.count; row += chunk) {
        const size_t count = s->left.count - row < chunk ? s->left.count - row : chunk;
        const float *x = s->left.rows + row * stride;
        if (has_bases && s->left.origin) {
            subtract_origin(x, count, s->left, copies);
            x = copies;
        }
        search_chunk(s, is_two_sided, has_bases, x, row, count);
    }
}

TILE_TARGET void TILE_NAME(ck_search) CK_SEARCH_PARAMETERS {
    const search s = {
        .left = left,
        .right = right,
        .left_side = {left_reservoir, left.bases, right.first_index},
        .right_side = {right_reservoir, right.bases, left.first_index},
        .form = form,
    };
    if (form == ck_one_sided) {
        if (left.bases) search_rows(&s, 0, 1, copies);
        else search_rows(&s, 0, 0, copies);
    } else {
        if (left.bases) search_rows(&s, 1, 1, copies);
        else search_rows(&s, 1, 0, copies);
    }
}
