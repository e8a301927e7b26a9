// The search for nearest neighbours, written once. The including file defines what assign_tile.h asks for.
// A tile's dot products are complete when they are compared with the bounds of its rows and of its columns, in
// registers; only a tile in which one of them reaches a bound is written to memory and looked at.
#include "neighbors.h"

typedef float floats __attribute__((ext_vector_type(TILE_WIDTH)));
typedef float floats_unaligned __attribute__((ext_vector_type(TILE_WIDTH), aligned(4)));
typedef int32_t integers __attribute__((ext_vector_type(TILE_WIDTH)));
typedef _Bool bits __attribute__((ext_vector_type(TILE_WIDTH)));

_Static_assert(TILE_ROWS <= ck_tallest_tile, "rows behind the last are readable");
_Static_assert(TILE_ROWS * 2 * TILE_WIDTH <= ck_tile_hits, "there is room for all pairs of a tile");
_Static_assert(ck_panel_columns % (2 * TILE_WIDTH) == 0, "a panel is a whole number of tiles");

#define LOAD(pointer) (*(const floats_unaligned *)(pointer))
#define LESSER(a, b) ((a) < (b) ? (a) : (b))
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
    ck_hits *left_hits, *right_hits;
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

CK_BODY int is_one_sided(ck_search_form form) { return form == ck_one_sided || form == ck_one_sided_others; }

// Puts a pair of rows, the left one being that at `slot` of those searched, with the hits of the sides it is good enough
// for. Which these are follows no rule that a processor could guess, so there is no branch.
TILE_TARGET CK_BODY void take_pair(const search *s, size_t slot, size_t j, float dot) {
    const size_t i = s->picks ? (size_t)s->picks[slot] : slot, stride = ck_row_stride(s->left.columns);
    const int32_t left_index = index_of(&s->left, i), right_index = index_of(&s->right, j);
    // Within a block, of each pair only the one above the diagonal counts; on it, a row has itself once.
    const int is_within = s->form == ck_within || s->form == ck_within_with_self, is_above = !is_within || i < j;
    const int is_self = (s->form == ck_within_with_self) & (i == j);
    const int is_known = (s->form == ck_one_sided_others) & (left_index == right_index);
    const float left_bound = s->left_side.reservoir.bounds[slot] + (s->right.bases ? s->right.bases[j] : 0.0f);
    const float right_bound = is_one_sided(s->form)
        ? INFINITY
        : s->right_side.reservoir.bounds[j] + (s->left.bases ? s->left.bases[i] : 0.0f);
    const int for_left = (dot >= left_bound) & (is_above | is_self) & !is_known;
    const int for_right = (dot >= right_bound) & is_above;
    const float score = s->left.bases
        ? direct_score(s->left.rows + i * stride, s->right.rows + j * stride, s->left.columns)
        : dot + 0.0f;
    ck_hits *left_hits = s->left_hits, *right_hits = s->right_hits;
    left_hits->hits[left_hits->count] = (ck_hit){ck_entry(score, right_index), (uint32_t)i, (uint32_t)slot};
    left_hits->count += (size_t)for_left;
    right_hits->hits[right_hits->count] = (ck_hit){ck_entry(score, left_index), (uint32_t)j, (uint32_t)j};
    right_hits->count += (size_t)for_right;
}

// Takes the pairs of a tile that reach a bound, bit c of reaching[r] being that of column c. The tile begins at `row` and
// `column` and may reach beyond the last of them.
TILE_TARGET static __attribute__((noinline)) void take_tile(
    const search *s, size_t row, size_t column, const float dots[TILE_ROWS][2 * TILE_WIDTH],
    const uint32_t reaching[TILE_ROWS]) {
    const size_t columns = s->right.count - column < 2 * TILE_WIDTH ? s->right.count - column : 2 * TILE_WIDTH;
    const uint32_t inside = (uint32_t)((1ull << columns) - 1);
    const size_t searched = s->picked - row;
    const uint32_t rows_inside = searched < TILE_ROWS ? (1u << searched) - 1 : ~0u;
    uint32_t rows = 0;
    UNROLL for (int r = 0; r < TILE_ROWS; r++) rows |= (uint32_t)((reaching[r] & inside) != 0) << r;
    for (rows &= rows_inside; rows != 0; rows &= rows - 1) {
        const int r = __builtin_ctz(rows);
        uint32_t pairs = reaching[r] & inside;
        do {
            const int c = __builtin_ctz(pairs);
            take_pair(s, row + (size_t)r, column + (size_t)c, dots[r][c]);
        } while ((pairs &= pairs - 1) != 0);
    }
    if (s->left_hits->count >= ck_waiting_hits) ck_keep_hits(&s->left_side, s->left_hits);
    if (s->right_hits->count >= ck_waiting_hits) ck_keep_hits(&s->right_side, s->right_hits);
}

// Which of a tile's sums reach the bound of their row or, when two-sided, of their column: bit c of reaching[r] for
// column c. Returns whether any does.
TILE_TARGET CK_BODY int reach_bounds(
    const search *s, const int is_two_sided, const int has_bases, const floats sum[TILE_ROWS][2], size_t row,
    size_t column, uint32_t reaching[TILE_ROWS]) {
    const float *row_bounds = s->left_side.reservoir.bounds + row;
    const float *column_bounds = s->right_side.reservoir.bounds + column;
    uint32_t any = 0;
    UNROLL for (int r = 0; r < TILE_ROWS; r++) {
        reaching[r] = 0;
        UNROLL for (int half = 0; half < 2; half++) {
            floats bound = (floats)(row_bounds[r]);
            if (has_bases) bound += LOAD(s->right.bases + column + half * TILE_WIDTH);
            if (is_two_sided) {
                floats other = LOAD(column_bounds + half * TILE_WIDTH);
                if (has_bases) other += s->left.bases[row + (size_t)r];
                bound = LESSER(other, bound);
            }
            reaching[r] |= bits_of(sum[r][half] >= bound) << half * TILE_WIDTH;
        }
        any |= reaching[r];
    }
    return any != 0;
}

// One tile: rows x[r · stride + e] against 2 · TILE_WIDTH columns of a panel. The tile after it begins at `next`.
TILE_TARGET CK_BODY void search_tile(
    const search *s, const int is_two_sided, const int has_bases, const float *x, size_t stride, const float *panel,
    const float *next, size_t row, size_t column) {
    floats sum[TILE_ROWS][2];
    UNROLL for (int r = 0; r < TILE_ROWS; r++) sum[r][0] = sum[r][1] = (floats)(0.0f);
    const size_t columns = s->left.columns;
    // What is fetched: first the rest of this panel, then the beginning of the next.
    const float *later = panel + steps_ahead * ck_panel_columns;
    size_t e = 0, end = columns > steps_ahead ? columns - steps_ahead : 0;
    for (;;) {
        for (; e < end; e++) {
            const floats low = LOAD(panel), high = LOAD(panel + TILE_WIDTH);
            __builtin_prefetch(later);
            __builtin_prefetch(later + ck_panel_columns / 2);
            panel += ck_panel_columns;
            later += ck_panel_columns;
            UNROLL for (int r = 0; r < TILE_ROWS; r++) {
                const floats value = (floats)(x[(size_t)r * stride + e]);
                sum[r][0] = __builtin_elementwise_fma(value, low, sum[r][0]);
                sum[r][1] = __builtin_elementwise_fma(value, high, sum[r][1]);
            }
        }
        if (end == columns) break;
        end = columns;
        later = next;
    }
    uint32_t reaching[TILE_ROWS];
    if (!reach_bounds(s, is_two_sided, has_bases, sum, row, column, reaching)) return;
    float dots[TILE_ROWS][2 * TILE_WIDTH];
    UNROLL for (int r = 0; r < TILE_ROWS; r++) {
        *(floats_unaligned *)dots[r] = sum[r][0];
        *(floats_unaligned *)(dots[r] + TILE_WIDTH) = sum[r][1];
    }
    take_tile(s, row, column, dots, reaching);
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
                const float *next = panel + c + (r + TILE_ROWS < count ? 0 : s->right.columns * ck_panel_columns);
                search_tile(s, is_two_sided, has_bases, x + r * stride, stride, panel + c, next, row + r, column);
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
    ck_hits left_hits, right_hits;
    left_hits.count = right_hits.count = 0;
    const search s = {
        .left = left,
        .right = right,
        .left_side = {left_reservoir, left.bases, right.first_index},
        .right_side = {right_reservoir, right.bases, left.first_index},
        .form = form,
        .picks = picks,
        .picked = picked,
        .left_hits = &left_hits,
        .right_hits = &right_hits,
    };
    if (is_one_sided(form)) {
        if (left.bases) search_rows(&s, 0, 1, copies);
        else search_rows(&s, 0, 0, copies);
    } else {
        if (left.bases) search_rows(&s, 1, 1, copies);
        else search_rows(&s, 1, 0, copies);
    }
    ck_keep_hits(&s.left_side, &left_hits);
    ck_keep_hits(&s.right_side, &right_hits);
}
