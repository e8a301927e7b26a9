// SIMD kernels, chosen at run time: one binary runs on every x86-64, and on other machines through the portable paths.
//
// Every kernel takes the instruction set to use. Except where it says otherwise, all instruction sets give the same
// bits: each kernel fixes the order of its operations and never leaves contraction to the compiler.
//
// Shapes are written [rows][columns], row-major and dense unless a stride is named. Nothing is allocated, nothing kept.
// Pointers need only the alignment of their element type, unless the parameter says `const void *`: then none.
#pragma once

#include <stddef.h>
#include <stdint.h>

// MARK: What this processor can do (cpu.c)

typedef enum {
    ck_portable = 0,  // plain C; fused multiply-add through fmaf, which is slow where the processor has none
    ck_avx2 = 1,      // AVX2, FMA and F16C
    ck_avx512 = 2,    // the above and AVX-512 F, DQ, BW, VL
} ck_instruction_set;

// The best set this processor runs. Asking for a better one than this is an illegal instruction.
ck_instruction_set ck_best_instruction_set(void);

// `iterations` × 12 independent vector FMAs; returns the floating-point operations done. `sink` receives the result, so
// that the work cannot be removed.
double ck_fma_loop(size_t iterations, float *sink, ck_instruction_set set);

// MARK: Conversion (convert.c)

// How an element of a dataset is stored; what is swapped has its most significant byte first.
typedef enum {
    ck_float16,
    ck_float16_swapped,
    ck_float32,
    ck_float32_swapped,
    ck_float64,
    ck_float64_swapped,
    ck_bfloat16,
    ck_bool,
    ck_int8,
    ck_uint8,
    ck_int16,
    ck_int16_swapped,
    ck_uint16,
    ck_uint16_swapped,
    ck_int32,
    ck_int32_swapped,
    ck_uint32,
    ck_uint32_swapped,
} ck_element_type;

// count elements at any alignment → floats, rounded to nearest even where a float does not hold them; signalling NaNs of
// halves become quiet.
void ck_to_float(const void *source, float *destination, size_t count, ck_element_type type, ck_instruction_set set);

// count elements at any alignment → doubles, exactly.
void ck_to_double(const void *source, double *destination, size_t count, ck_element_type type, ck_instruction_set set);

// A matrix stored column by column → row by row. Elements of 1, 2, 4 or 8 bytes, at any alignment.
void ck_transpose(const void *source, void *destination, size_t rows, size_t columns, size_t element_bytes);

// MARK: Rows (rows.c)

// Rows as a dataset holds them: of float, or of double where float would round them.
typedef struct {
    const float *values;    // [count][columns], or NULL
    const double *wide;     // [count][columns], or NULL
    const double *factors;  // [count], what makes each row a unit vector; NULL for rows as they are
    size_t count;
    size_t columns;
} ck_rows;

// Some of these rows, or all.
typedef struct {
    ck_rows rows;
    const int32_t *picks;  // [count], which rows; NULL for the first `count`
    size_t count;
} ck_picked;

static inline size_t ck_picked_row(const ck_picked *rows, size_t i) { return rows->picks ? (size_t)rows->picks[i] : i; }

// rows [count][columns] → squared_norms [count], largest [count] (the largest magnitude; +∞ where the row holds a NaN
// or an infinity), least [count] (the least magnitude but 0; +∞ where there is none, anything where the row is not
// finite). The norm is summed in double over eight lanes, see lanes.h; it is finite exactly when the row is.
void ck_row_statistics(
    const float *rows, size_t count, size_t columns, double *squared_norms, float *largest, float *least,
    ck_instruction_set set);

// squared_norms [count] of rows of double [count][columns], over the same lanes.
void ck_wide_norms(const double *rows, size_t count, size_t columns, double *squared_norms, ck_instruction_set set);

// rows [count][columns] ← each row times its factor; factors [count].
void ck_scale_rows(float *rows, size_t count, size_t columns, const float *factors, ck_instruction_set set);

// MARK: Distances and dot products in double (distances.c), summed over eight lanes, see lanes.h

// result [count]: Σ(x − c)², c being row labels[i] of centres [any][columns].
void ck_squared_distances_to_labelled(
    const float *rows, size_t count, size_t columns, const int32_t *labels, const float *centres, double *result,
    ck_instruction_set set);

// result [count]: Σ x·c, c being row labels[i] of centres [any][columns].
void ck_dot_products_with_labelled(
    const float *rows, size_t count, size_t columns, const int32_t *labels, const float *centres, double *result,
    ck_instruction_set set);

// The same two for rows of double.
void ck_wide_squared_distances_to_labelled(
    const double *rows, size_t count, size_t columns, const int32_t *labels, const float *centres, double *result,
    ck_instruction_set set);
void ck_wide_dot_products_with_labelled(
    const double *rows, size_t count, size_t columns, const int32_t *labels, const float *centres, double *result,
    ck_instruction_set set);

// result [count]: Σ(x − c)² with one row [columns].
void ck_squared_distances_to_row(
    const float *rows, size_t count, size_t columns, const float *row, double *result, ck_instruction_set set);

// result [count]: Σ x·c with one row [columns].
void ck_dot_products_with_row(
    const float *rows, size_t count, size_t columns, const float *row, double *result, ck_instruction_set set);

// MARK: Exact sums (accumulate.c)

// One level of exact sums, whose quantum is a power of two.
typedef struct {
    double magic;     // 1.5·2⁵² quanta: value + magic is rounded to a multiple of the quantum
    double limit;     // of what is at least so large, the rest is rounded off; +∞ where it never is
    int64_t *sums;    // [any][columns], in quanta
    int64_t *counts;  // [any], or NULL
    int64_t unit;     // 1 to add rows, -1 to take them out again
} ck_sum_level;

// sums row labels[i] += unit · rows[i], rounded to quanta, and counts labels[i] += unit, for each of rows [count][columns]
// of floats or of doubles, each times its factor unless factors [count] is NULL. Rows whose label is negative are left out.
// No value is 2⁵¹ quanta or more.
//
// Where `rest` is not NULL: of each row of which anything is left by the rounding, that goes to the next row of `rest`
// [count][columns], and its label to rest_labels [count]; how many such rows there are is returned. `rest` and
// `rest_labels` may be `rows` and `labels` themselves.
size_t ck_accumulate(
    const void *rows, int are_doubles, const double *factors, size_t count, size_t columns, const int32_t *labels,
    ck_sum_level level, double *rest, int32_t *rest_labels, ck_instruction_set set);

// products and errors [count][columns + 1] ← each value of a row, times its factor, and then 1, times its weight: the nearest
// double, and what is missing from it. Where `levels` is not 0, a value is first rounded as so many levels of sums round it,
// by their magic and limit. has_errors [count]: whether a row has any error but 0. Rows without weight are left out.
void ck_weigh_rows(
    ck_rows rows, const double *weights, const double *magic, const double *limit, size_t levels, double *products,
    double *errors, int32_t *has_errors);

enum { ck_total_digits = 68 };  // for the greatest double 2⁶² times

// Adds numbers to a sum kept as digits [ck_total_digits] to the base 2³², least first, the first standing for multiples
// of 2⁻¹⁰⁷⁴. No digit changes by 2³² or more for one number, and none is carried into the next. False where a number is
// not finite; the sum is then spoilt.
int ck_add_to_digits(int64_t *digits, const double *numbers, size_t count);

// Asks for bytes that will be read soon, cache line by cache line. It changes nothing but speed.
void ck_fetch(const void *bytes, size_t count);

// MARK: Assignment of rows to centroids (assign_*.c, shift.c, certify.c)

enum {
    ck_panel_columns = 32,   // centroids in a panel
    ck_chunk_rows = 126,     // rows worked on at once: a multiple of every kernel's tile height
    ck_widest_vector = 16,   // floats
    ck_product_lanes = 16,   // of ck_scan_products
};

// Floats from row to row of shifted rows: an odd number of cache lines, so that the rows of a tile, which are read side by
// side, lie in different sets of the cache even when their length is a power of two.
static inline size_t ck_row_stride(size_t columns) { return ((columns + 15) / 16 | 1) * 16; }

// centroids [clusters][columns], `stride` apart → panels [⌈clusters / 32⌉][columns][32], zeros beyond the last centroid.
void ck_pack_panels(
    const float *centroids, size_t stride, size_t clusters, size_t columns, float *panels, ck_instruction_set set);

// rows → shifted [count][ck_row_stride(columns)]: each times its factor and the scale, less the origin [columns], rounded
// once to float. squares [count]: the squared norm of what was written, to within a hundredth; NaN where the factor times
// the scale is no ordinary float.
void ck_shift_rows(
    ck_picked rows, const float *origin, double scale, float *shifted, float *squares, ck_instruction_set set);

// Of each centroid of values [clusters][columns] and shifted [clusters][ck_row_stride(columns)]: the squared norm of the
// shifted one, and Σ o·(scale·c − o) with the origin o [columns]. All in double.
void ck_measure_centroids(
    const float *values, const float *shifted, size_t clusters, size_t columns, const float *origin, double scale,
    double *squares, double *products);

// Centroids as they are, and as they are proposed by; see CertifiedLabels in the documentation of Tensors.
typedef struct {
    const float *values;    // [clusters][columns]: what a score is defined by
    const float *panels;    // of the shifted centroids, as made by ck_pack_panels
    const float *bases;     // [⌈clusters / 32⌉ · 32]: hⱼ − mⱼ, rounded down; +∞ beyond the last centroid
    const double *margins;  // [clusters]: 2·mⱼ
    const float *origin;    // [columns]
    double scale;
    double square_margin;   // a row's margin is this times its squared norm,
    double tail_margin;     // and this times (2.1·its norm + 2·origin_norm)²,
    double least_margin;    // and this
    double origin_norm;
    size_t clusters;
    size_t columns;
    int is_cosine;
} ck_centroids;

// Scratch memory of one assignment, reused from call to call.
typedef struct {
    float *rows;             // [ck_chunk_rows][ck_row_stride(columns)]: shifted rows
    float *squares;          // [ck_chunk_rows]
    float *best_scores;      // [ck_chunk_rows][ck_widest_vector], by lane
    float *second_scores;    // the same
    int32_t *best_columns;   // the same
    int32_t *candidates;     // [clusters]
} ck_workspace;

// Lanes of a row's scores in the workspace: the centroids of lane l are those with j mod lanes = l.
int32_t ck_score_lanes(ck_instruction_set set);

// Forgets the scores of a chunk's rows.
void ck_clear_scores(ck_workspace workspace);

// For the shifted rows of the workspace, no more than a chunk: the least and the second least score base − y·b of every
// lane, and the centroid of the least. Each y·b is summed over the columns in order by float32 FMA.
void ck_propose(size_t count, ck_centroids centroids, ck_workspace workspace, ck_instruction_set set);

// The same from dots [count][columns] that a matrix product has left in memory, of centroids from `first` on; bases
// [columns] are theirs. `first` is a multiple of ck_product_lanes.
void ck_scan_products(
    const float *dots, size_t count, size_t columns, const float *bases, int32_t first, ck_workspace workspace,
    ck_instruction_set set);

// labels [rows.count] of a chunk whose scores are in the workspace: of each row the centroid with the least Σ(x − c)², or
// the greatest Σ x·c, in double over eight lanes (lanes.h), ties to the lowest. gaps [rows.count]: by how much every other
// centroid's T is greater for certain, 0 where that is not known. Returns for how many rows scores in double had to be
// computed, because those of the workspace leave it open.
size_t ck_certify(
    ck_picked rows, ck_centroids centroids, ck_workspace workspace, int32_t lanes, int32_t *labels, double *gaps,
    ck_instruction_set set);

// scores [rows.rows.count] of the picked rows by the centroids that labels [rows.rows.count] name: Σ(x − c)², or under cosine
// −Σ x·c times the row's factor.
void ck_score_labelled(
    ck_picked rows, ck_centroids centroids, const int32_t *labels, double *scores, ck_instruction_set set);

// MARK: Assignment by heads (axes.c, heads*.c, filter.c); see PrunedLabels in the documentation of Tensors

enum {
    ck_head_columns = 128,    // coordinates of a head
    ck_kept_candidates = 32,  // centroids of a row whose scores are kept for the end
};

// axes [count][stride] ← orthonormal ones that span the same, axis after axis; zeros for one of which nothing is left. The
// stride is a multiple of eight.
void ck_orthonormalise(double *axes, size_t count, size_t stride, ck_instruction_set set);

// ‖HHᵀ − 1‖ in the norm of Frobenius, H being those of the axes that are not zeros.
double ck_departure(const double *axes, size_t count, size_t stride, ck_instruction_set set);

// How far coordinates can be off.
typedef struct {
    double projection;  // relative to the row's norm: the coordinates, as a vector, and what is computed with them
    double basis;       // ‖HHᵀ − 1‖ of the directions H
    double inner;       // relative: a squared norm
} ck_head_errors;

// coordinates [count][128] of rows whose squared norms are squares [count] → heads: values [count][128], by which each
// coordinate is about values · units [count], and tails [count], such that for any two rows
// y·b ≤ units(y) · units(b) · values(y)·values(b) + tails(y) · tails(b). No sum of products of values reaches 2³¹.
void ck_make_heads(
    const float *coordinates, const float *squares, size_t count, ck_head_errors errors, int16_t *values, float *units,
    float *tails, ck_instruction_set set);

// The same for whole rows of any length, whose coordinates are their own: rows [count][ck_row_stride(columns)] → values
// [count][ck_short_stride(columns)], zeros beyond the last column, units and tails.
void ck_shorten_rows(
    const float *rows, const float *squares, size_t count, size_t columns, int16_t *values, float *units, float *tails,
    ck_instruction_set set);

// Numbers from row to row of shortened rows.
static inline size_t ck_short_stride(size_t columns) { return (columns + 31) / 32 * 32; }

// heads [count][128] → panels [⌈count / 32⌉][64][32][2], zeros beyond the last.
void ck_pack_heads(const int16_t *heads, size_t count, int16_t *panels);

// dots [count][width] of heads [count][128] with those of panels; width is a multiple of 32.
void ck_multiply_heads(
    const int16_t *heads, size_t count, const int16_t *panels, size_t width, int32_t *dots, ck_instruction_set set);

// Where the search for a row's label stands.
typedef struct {
    double limit;   // no centroid whose T is more, less the row's margin, is the label
    double margin;  // r, the row's
    float score;    // t of the best so far
    float runner;   // no other centroid so far has a t of less
    int32_t label;  // of the best so far; -1 for none
    int32_t kept;   // how many candidates are kept; more than ck_kept_candidates where they were too many
    float unit;     // of the row, where row_whole has it; otherwise -1
    float tail;
} ck_standing;

// What the search needs besides ck_centroids and ck_workspace.
typedef struct {
    const float *shifted;      // [clusters][ck_row_stride(columns)], the shifted centroids
    const float *units;        // of the centroids' heads, [⌈clusters / 32⌉ · 32]
    const float *tails;        // the same
    const float *row_units;    // [ck_chunk_rows], of the heads of the workspace's rows
    const float *row_tails;    // the same
    const int16_t *whole;      // [clusters][ck_short_stride(columns)], the shifted centroids shortened
    const float *whole_units;  // [clusters], of these
    const float *whole_tails;  // the same
    int16_t *row_whole;        // [ck_chunk_rows][ck_short_stride(columns)]: scratch
    ck_standing *standings;    // [ck_chunk_rows]
    int32_t *kept;             // [ck_chunk_rows][ck_kept_candidates]
    float *kept_scores;        // the same
} ck_filter;

// Begins with the labels [count] that rows had, -1 for none.
void ck_begin_filter(
    size_t count, const int32_t *labels, ck_centroids centroids, ck_workspace workspace, ck_filter filter,
    ck_instruction_set set);

// Goes on with `width` centroids from `first` on, both multiples of 32, whose products of heads are dots [count][width].
// Returns how many were multiplied in whole length.
size_t ck_filter_columns(
    size_t count, const int32_t *dots, size_t first, size_t width, ck_centroids centroids, ck_workspace workspace,
    ck_filter filter, ck_instruction_set set);

// Ends after all centroids; as ck_certify.
size_t ck_end_filter(
    ck_picked rows, ck_centroids centroids, ck_workspace workspace, ck_filter filter, int32_t *labels, double *gaps,
    ck_instruction_set set);

// MARK: Nearest neighbours (neighbors*.c)

enum {
    ck_tallest_tile = 14,           // rows; memory is readable for one less beyond the last row
    ck_chunk_floats = 128 * 1024,   // rows worked on at once: what fits in half a megabyte
};

// Rows of one block, packed for the search. Memory for ck_tallest_tile − 1 rows more is readable behind `rows`.
typedef struct {
    const float *rows;    // [count][ck_row_stride(columns)], zeros beyond the last column
    const float *panels;  // of the rows less the origin, as made by ck_pack_panels
    // [count + 31] for squared distances, else NULL. A pair is worth a close look when the dot product of its packed
    // rows is at least half its threshold plus both its bases.
    const float *bases;
    const float *origin;  // [columns], or NULL: none
    size_t count;
    size_t columns;
    int32_t first_index;     // of the first row; the others follow
    const int32_t *indices;  // [count] of rows that do not follow one another, none below first_index; else NULL
} ck_packed_rows;

// rows [count][columns], each times its factor → spread [count + ck_tallest_tile − 1][ck_row_stride(columns)], zeros
// beyond; factors [count], or NULL to leave the rows as they are.
void ck_spread_rows(
    const float *rows, size_t count, size_t columns, const float *factors, float *spread, ck_instruction_set set);

// rows [count][ck_row_stride(columns)] ← each row less the origin [columns].
void ck_subtract_origin(float *rows, size_t count, size_t columns, const float *origin, ck_instruction_set set);

// An entry is a score and an index in one number that is greater for the better entry: the score's bits, mapped so that
// they order like the score, over the complement of the index.
typedef struct {
    uint64_t least;  // the least entry that may still be added
    size_t count;    // entries there are, below the reservoir's capacity
} ck_reservoir_row;

// For each row of a block, the entries found: among them its k best, in any order.
typedef struct {
    uint64_t *entries;       // [count][capacity]
    ck_reservoir_row *rows;  // [count]
    float *bounds;           // [count + 31], scratch: what a dot product must reach
    size_t count;
    size_t k;
    size_t capacity;  // above k
} ck_reservoir;

// Sets every row's `least` so that scores from its threshold on are taken, and its count to 0; thresholds [count].
void ck_open_reservoir(ck_reservoir reservoir, const float *thresholds);

// Raises every row's `least` to its threshold, where that is higher, and drops the entries below.
void ck_raise_reservoir(ck_reservoir reservoir, const float *thresholds);

// The least score of an entry that may still be added, given a row's `least`.
float ck_entry_threshold(uint64_t least);

// The best k entries of each row, best first, row after row: counts [count], indices and scores [sum of the counts],
// for which reservoir.count · k places are enough. The rows' entries are reordered, and those beyond the best k
// dropped. Returns the sum of the counts.
size_t ck_drain_reservoir(ck_reservoir reservoir, int32_t *counts, int32_t *indices, float *scores);

typedef enum {
    ck_one_sided,         // the left rows' reservoir takes pairs
    ck_one_sided_others,  // the same, but for pairs of equal indices
    ck_two_sided,         // both take them
    ck_within,            // left and right, blocks and reservoirs, are the same; a row is not paired with itself
    ck_within_with_self,  // a row is
} ck_search_form;

// Offers every pair of a left and a right row to the reservoirs of the form. The score is the dot product, summed over
// the columns in order by float32 FMA, or for squared distances −Σ(a − b)², see neighbors.h; never −0. Blocks have the
// same columns and origin. `copies` [⌊ck_chunk_floats / stride⌋ or ck_tallest_tile, the greater; stride] is scratch, and
// needed where there is an origin; stride being ck_row_stride(columns).
void ck_search(
    ck_packed_rows left, ck_packed_rows right, ck_reservoir left_reservoir, ck_reservoir right_reservoir,
    ck_search_form form, float *copies, ck_instruction_set set);

// The same for some of the left rows: those at `picks` [count], none of them twice. The form is one of the one-sided
// ones; left.panels and, without bases, right.rows are not read; `copies` is needed.
void ck_search_picked(
    ck_packed_rows left, const int32_t *picks, size_t count, ck_packed_rows right, ck_reservoir reservoir,
    ck_search_form form, float *copies, ck_instruction_set set);

// Lists of one row or of many, row after row, best first.
typedef struct {
    const int32_t *counts;
    const int32_t *indices;
    const float *scores;
} ck_lists;

// The best k of both lists of each of `rows` rows, an index at most once: counts [rows], indices and scores [sum of the
// counts]. Returns the sum of the counts.
size_t ck_merge_lists(
    ck_lists one, ck_lists other, size_t rows, size_t k, int32_t *counts, int32_t *indices, float *scores);

typedef enum {
    ck_list_sound = 0,
    ck_list_index_out_of_range,
    ck_list_score_invalid,
    ck_list_out_of_order,
    ck_list_index_twice,
} ck_list_fault;

// The first fault of `rows` lists, whose counts are known to fit the memory; *row is where. Indices must be from
// `lowest` to `highest`.
ck_list_fault ck_check_lists(ck_lists lists, size_t rows, int32_t lowest, int32_t highest, size_t *row);

// MARK: Matrix products (product_*.c)

enum {
    ck_product_depth = 512,              // of the inner index, worked on at once
    ck_product_stride = 528,             // floats from row to row of the copied left side, see ck_row_stride
    ck_product_rows = 252,               // of the left side: a multiple of every kernel's tile height
    ck_product_scratch = 252 * 528,      // floats of scratch memory
};

// How the left matrix lies in memory.
typedef enum {
    ck_left_rows = 0,     // [rows][inner]
    ck_left_columns = 1,  // [inner][rows]
} ck_left;

// Which elements of the product are wanted.
typedef enum {
    ck_whole_product = 0,
    ck_upper_triangle = 1,  // those on and above the diagonal; some others are written too
} ck_product_part;

// b [inner][columns], `stride` floats from row to row → panels [⌈columns / 32⌉][inner][32], zeros beyond the last
// column. A right side that lies as [columns][inner] is packed by ck_pack_panels.
void ck_pack_rows(const float *b, size_t inner, size_t columns, size_t stride, float *panels);

// c [rows][columns] ← a·b, or c + a·b where `adds`. `stride` is that of a, in floats. Each element is one chain of
// float32 FMAs over the inner index in order, beginning with 0 or with c. scratch [ck_product_scratch].
void ck_multiply(
    const float *a, size_t rows, size_t inner, size_t stride, ck_left left, const float *panels, size_t columns,
    ck_product_part part, int adds, float *scratch, float *c, ck_instruction_set set);

// MARK: Layers of clustering heads (layers.c)

// sums [columns] += Σ a, products [columns] += Σ a·b over rows [rows][columns], in double, row after row.
void ck_column_sums(
    const float *a, const float *b, size_t rows, size_t columns, double *sums, double *products,
    ck_instruction_set set);

// values ← (values − means) · scales, column by column.
void ck_normalise(
    float *values, size_t rows, size_t columns, const float *means, const float *scales, ck_instruction_set set);

// result ← max(0, gains · values + shifts), column by column.
void ck_activate(
    const float *values, size_t rows, size_t columns, const float *gains, const float *shifts, float *result,
    ck_instruction_set set);

// slopes ← 0 where gains · values + shifts is not positive.
void ck_gate(
    float *slopes, const float *values, size_t rows, size_t columns, const float *gains, const float *shifts,
    ck_instruction_set set);

// slopes ← factors · (slopes − offsets − values · tilts), column by column.
void ck_normalise_back(
    float *slopes, const float *values, size_t rows, size_t columns, const float *factors, const float *offsets,
    const float *tilts, ck_instruction_set set);

// values [rows][columns] += row [columns].
void ck_add_row(float *values, size_t rows, size_t columns, const float *row, ck_instruction_set set);

// MARK: Softmax (softmax.c), summed over sixteen float32 lanes, element e in lane e mod 16, the lanes then by halves

// values [rows][columns] ← softmax of each row. maxima, totals [rows]: log Σeˣ of a row is its maximum + log its total.
void ck_softmax(
    float *values, size_t rows, size_t columns, float *maxima, float *totals, ck_instruction_set set);

// From slopes with respect to p = softmax(z) to those with respect to z: with g = slopes + offsets − factors·other,
// slopes ← p ∘ (g − Σ p∘g). other [rows][columns], factors [rows], offsets [columns].
void ck_softmax_back(
    const float *p, const float *other, size_t rows, size_t columns, const float *factors, const float *offsets,
    float *slopes, ck_instruction_set set);

// MARK: Optimiser steps (optimise.c)

typedef struct {
    float rate;          // the learning rate over 1 − β₁ᵗ
    float beta1, beta2;
    float square_scale;  // 1 / √(1 − β₂ᵗ)
    float epsilon, weight_decay;
} ck_adam_step;

// One step of Adam (Kingma & Ba 2015) with weight decay added to the slope: updated ← parameters; all arrays [count].
void ck_adam(
    const float *parameters, float *updated, float *means, float *squares, const float *slopes, size_t count,
    ck_adam_step step, ck_instruction_set set);

// One step of gradient descent with momentum: velocity ← momentum·velocity + slope, parameter ← parameter − rate·velocity.
void ck_momentum(
    float *parameters, float *velocities, const float *slopes, size_t count, float rate, float momentum,
    float weight_decay, ck_instruction_set set);

// sums [count] += values [count].
void ck_add_floats(float *sums, const float *values, size_t count, ck_instruction_set set);
void ck_add_doubles(double *sums, const double *values, size_t count, ck_instruction_set set);

// MARK: Memory (memory.c)

// Asks the allocator to map nothing below `mapped_from` bytes by itself, and to keep up to `kept` freed bytes at its end for
// later. Both below 2³¹. Returns whether it will.
int ck_keep_freed_memory(size_t mapped_from, size_t kept);

// Asks the system to back the memory that is about to be written with pages of two megabytes, where whole ones fit: a fault
// for each small page costs more than what is then written to it. Where the system cannot, nothing changes.
void ck_prefer_large_pages(void *memory, size_t bytes);
