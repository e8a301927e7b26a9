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
#define GREATER(a, b) ((a) > (b) ? (a) : (b))
#define UNROLL _Pragma("clang loop unroll(full)")

// Steps ahead of its use that a panel, which long rows make larger than the first-level cache, is fetched into it.
enum { steps_ahead = 48 };

// What a search is told, unpacked once.
typedef struct {
    ck_packed_rows left, right;
    ck_side left_side, right_side;
    ck_search_form form;
    // Where the left rows are that are searched, or NULL where they are all, and how many there are. The bounds of the
    // left side are in their order.
    const int32_t *picks;
    size_t picked;
} search;

CK_BODY int32_t index_of(const ck_packed_rows *block, size_t row) {
    return block->indices ? block->indices[row] : block->first_index + (int32_t)row;
}

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

// Which dot products of a tile's row reach their bounds, bit c for column c; and bases [2 · TILE_WIDTH] or NULL.
TILE_TARGET CK_BODY uint32_t reaching_row(const float *dots, float bound, const float *bases) {
    const floats low = bases ? bound + LOAD(bases) : (floats)(bound);
    const floats high = bases ? bound + LOAD(bases + TILE_WIDTH) : (floats)(bound);
    return bits_of(LOAD(dots) >= low) | bits_of(LOAD(dots + TILE_WIDTH) >= high) << TILE_WIDTH;
}

// The same for the columns' bounds [2 · TILE_WIDTH] and the row's base, or zero.
TILE_TARGET CK_BODY uint32_t reaching_columns(const float *dots, const float *bounds, float base) {
    const floats low = LOAD(bounds) + base, high = LOAD(bounds + TILE_WIDTH) + base;
    return bits_of(LOAD(dots) >= low) | bits_of(LOAD(dots + TILE_WIDTH) >= high) << TILE_WIDTH;
}

// Within a block, of each pair only the one above the diagonal counts; on it, a row has itself once. Columns of a tile
// that begins at `column`, for row i.
CK_BODY void keep_above_diagonal(
    ck_search_form form, size_t i, size_t column, uint32_t *for_left, uint32_t *for_right) {
    if (i < column) return;
    const size_t diagonal = i - column;
    const uint32_t above = diagonal + 1 < 32 ? ~0u << (diagonal + 1) : 0;
    const uint32_t self = form == ck_within_with_self && diagonal < 32 ? 1u << diagonal : 0;
    *for_left &= above | self;
    *for_right &= above;
}

// Adds a pair, whose left row is the one at `slot` of those searched, to the reservoirs it may be good enough for.
TILE_TARGET CK_BODY void take_pair(const search *s, size_t slot, size_t j, float dot, int for_left, int for_right) {
    const size_t i = s->picks ? (size_t)s->picks[slot] : slot;
    const int32_t index = index_of(&s->right, j);
    if (s->form == ck_one_sided_others && index == index_of(&s->left, i)) return;
    const size_t stride = ck_row_stride(s->left.columns);
    const float score = s->left.bases
        ? direct_score(s->left.rows + i * stride, s->right.rows + j * stride, s->left.columns)
        : dot + 0.0f;
    if (for_left) ck_add(&s->left_side, i, slot, score, index);
    if (for_right) ck_add(&s->right_side, j, j, score, index_of(&s->left, i));
}

CK_BODY int is_one_sided(ck_search_form form) { return form == ck_one_sided || form == ck_one_sided_others; }

// Adds the pairs of a tile that reach their bounds to the reservoirs. The tile begins at `row` and `column` and may
// reach beyond the last of them.
TILE_TARGET static __attribute__((noinline)) void take_hits(
    const search *s, size_t row, size_t column, const float dots[TILE_ROWS][2 * TILE_WIDTH]) {
    const size_t rows = s->picked - row < TILE_ROWS ? s->picked - row : TILE_ROWS;
    const size_t columns = s->right.count - column < 2 * TILE_WIDTH ? s->right.count - column : 2 * TILE_WIDTH;
    const uint32_t inside = (uint32_t)((1ull << columns) - 1);
    const float *bases = s->right.bases ? s->right.bases + column : NULL;
    for (size_t r = 0; r < rows; r++) {
        const size_t i = row + r;
        uint32_t for_left = reaching_row(dots[r], s->left_side.reservoir.bounds[i], bases) & inside;
        uint32_t for_right = 0;
        if (!is_one_sided(s->form))
            for_right = inside
                & reaching_columns(
                            dots[r], s->right_side.reservoir.bounds + column, bases ? s->left.bases[i] : 0.0f);
        if (s->form == ck_within || s->form == ck_within_with_self)
            keep_above_diagonal(s->form, i, column, &for_left, &for_right);
        for (uint32_t either = for_left | for_right; either != 0; either &= either - 1) {
            const int c = __builtin_ctz(either);
            take_pair(s, i, column + (size_t)c, dots[r][c], for_left >> c & 1, for_right >> c & 1);
        }
    }
}

// Whether a tile's sums reach a bound of its rows or, when two-sided, of its columns. It is asked of all tiles, so the
// greatest of a row's two vectors and of each column are compared, not every sum.
TILE_TARGET CK_BODY int reaches_bound(
    const search *s, const int is_two_sided, const int has_bases, const floats sum[TILE_ROWS][2], size_t row,
    size_t column) {
    const float *row_bounds = s->left_side.reservoir.bounds + row;
    const float *column_bounds = s->right_side.reservoir.bounds + column;
    const floats none = (floats)(0.0f);
    const floats low_base = has_bases ? LOAD(s->right.bases + column) : none;
    const floats high_base = has_bases ? LOAD(s->right.bases + column + TILE_WIDTH) : none;
    integers any = (integers)(0);
    floats low_most = (floats)(-INFINITY), high_most = (floats)(-INFINITY);
    UNROLL for (int r = 0; r < TILE_ROWS; r++) {
        const floats low = has_bases ? sum[r][0] - low_base : sum[r][0];
        const floats high = has_bases ? sum[r][1] - high_base : sum[r][1];
        any |= GREATER(low, high) >= (floats)(row_bounds[r]);
        if (is_two_sided) {
            const floats base = has_bases ? (floats)(s->left.bases[row + (size_t)r]) : none;
            const floats low_left = has_bases ? sum[r][0] - base : sum[r][0];
            const floats high_left = has_bases ? sum[r][1] - base : sum[r][1];
            low_most = GREATER(low_left, low_most);
            high_most = GREATER(high_left, high_most);
        }
    }
    if (is_two_sided) any |= (low_most >= LOAD(column_bounds)) | (high_most >= LOAD(column_bounds + TILE_WIDTH));
    return bits_of(any) != 0;
}

// One tile: rows x[r · stride + e] against 2 · TILE_WIDTH columns of a panel.
TILE_TARGET CK_BODY void search_tile(
    const search *s, const int is_two_sided, const int has_bases, const float *x, size_t stride, const float *panel,
    size_t row, size_t column) {
    floats sum[TILE_ROWS][2];
    UNROLL for (int r = 0; r < TILE_ROWS; r++) sum[r][0] = sum[r][1] = (floats)(0.0f);
    for (size_t e = 0; e < s->left.columns; e++) {
        const floats low = LOAD(panel), high = LOAD(panel + TILE_WIDTH);
        __builtin_prefetch(panel + steps_ahead * ck_panel_columns);
        __builtin_prefetch(panel + steps_ahead * ck_panel_columns + ck_panel_columns / 2);
        panel += ck_panel_columns;
        UNROLL for (int r = 0; r < TILE_ROWS; r++) {
            const floats value = (floats)(x[(size_t)r * stride + e]);
            sum[r][0] = __builtin_elementwise_fma(value, low, sum[r][0]);
            sum[r][1] = __builtin_elementwise_fma(value, high, sum[r][1]);
        }
    }
    if (!reaches_bound(s, is_two_sided, has_bases, sum, row, column)) return;
    float dots[TILE_ROWS][2 * TILE_WIDTH];
    UNROLL for (int r = 0; r < TILE_ROWS; r++) {
        *(floats_unaligned *)dots[r] = sum[r][0];
        *(floats_unaligned *)(dots[r] + TILE_WIDTH) = sum[r][1];
    }
    take_hits(s, row, column, dots);
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

// The left rows from the one at `slot` on of those searched, less the origin where there is one.
TILE_TARGET static void copy_rows(const search *s, size_t slot, size_t count, int is_moved, float *copies) {
    const size_t stride = ck_row_stride(s->left.columns);
    for (size_t r = 0; r < count; r++) {
        const size_t i = s->picks ? (size_t)s->picks[slot + r] : slot + r;
        const float *row = s->left.rows + i * stride;
        float *copy = copies + r * stride;
        if (is_moved) {
            for (size_t e = 0; e < s->left.columns; e++) copy[e] = row[e] - s->left.origin[e];
        } else {
            memcpy(copy, row, s->left.columns * sizeof *row);
        }
    }
}

TILE_TARGET CK_BODY void search_rows(const search *s, const int is_two_sided, const int has_bases, float *copies) {
    const size_t stride = ck_row_stride(s->left.columns);
    const size_t tiles = ck_chunk_floats / stride / TILE_ROWS, chunk = (tiles > 0 ? tiles : 1) * TILE_ROWS;
    const int is_moved = has_bases && s->left.origin;
    for (size_t row = 0; row < s->picked; row += chunk) {
        const size_t count = s->picked - row < chunk ? s->picked - row : chunk;
        if (is_moved || s->picks) {
            copy_rows(s, row, count, is_moved, copies);
            search_chunk(s, is_two_sided, has_bases, copies, row, count);
        } else {
            search_chunk(s, is_two_sided, has_bases, s->left.rows + row * stride, row, count);
        }
    }
}

TILE_TARGET void TILE_NAME(ck_search) CK_SEARCH_PARAMETERS {
    const search s = {
        .left = left,
        .right = right,
        .left_side = {left_reservoir, left.bases, right.first_index},
        .right_side = {right_reservoir, right.bases, left.first_index},
        .form = form,
        .picks = picks,
        .picked = picked,
    };
    if (is_one_sided(form)) {
        if (left.bases) search_rows(&s, 0, 1, copies);
        else search_rows(&s, 0, 0, copies);
    } else {
        if (left.bases) search_rows(&s, 1, 1, copies);
        else search_rows(&s, 1, 0, copies);
    }
}
