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

// count IEEE halves → floats, exactly; signalling NaNs become quiet.
void ck_widen_half(const void *source, float *destination, size_t count, ck_instruction_set set);

// count doubles → floats, rounded to nearest even.
void ck_narrow_double(const void *source, float *destination, size_t count, ck_instruction_set set);

// MARK: Rows (rows.c)

// rows [count][columns] → squared_norms [count], largest [count] (the largest magnitude; +∞ where the row holds a NaN
// or an infinity). The norm is summed in double over eight lanes, see lanes.h; it is finite exactly when the row is.
void ck_row_statistics(
    const float *rows, size_t count, size_t columns, double *squared_norms, float *largest, ck_instruction_set set);

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

// result [count]: Σ(x − c)² with one row [columns].
void ck_squared_distances_to_row(
    const float *rows, size_t count, size_t columns, const float *row, double *result, ck_instruction_set set);

// result [count]: Σ x·c with one row [columns].
void ck_dot_products_with_row(
    const float *rows, size_t count, size_t columns, const float *row, double *result, ck_instruction_set set);

// MARK: Exact sums (accumulate.c)

// sums [any][columns] row labels[i] += round(rows[i]), counts [any] labels[i] += 1, for each of rows [count][columns].
// round(x) = (x + magic) − magic, which is x to the nearest multiple of the quantum when magic = 1.5·2⁵²·quantum.
void ck_accumulate(
    const float *rows, size_t count, size_t columns, const int32_t *labels, double magic, double *sums, int64_t *counts,
    ck_instruction_set set);

// MARK: Assignment of rows to centroids (assign_*.c)

enum {
    ck_panel_columns = 32,    // centroids in a panel
    ck_chunk_rows = 252,      // rows worked on at once: a multiple of every kernel's tile height
    ck_widest_vector = 16,    // floats
    ck_copying_clusters = 64  // from this many clusters on, rows are first copied to a kinder stride
};

// Floats from row to row in the copy: an odd number of cache lines, so that the rows of a tile, which are read side by
// side, lie in different sets of the cache even when their length is a power of two.
static inline size_t ck_row_stride(size_t columns) { return ((columns + 15) / 16 | 1) * 16; }

// centroids [clusters][columns] → panels [⌈clusters / 32⌉][columns][32], zeros beyond the last centroid.
void ck_pack_centroids(const float *centroids, size_t clusters, size_t columns, float *panels);

// Scratch memory of one assignment, reused from call to call.
typedef struct {
    float *rows;            // [ck_chunk_rows][ck_row_stride(columns)]
    float *best_scores;     // [ck_chunk_rows][ck_widest_vector]
    int32_t *best_columns;  // [ck_chunk_rows][ck_widest_vector]
} ck_workspace;

// For each of rows [count][columns]: the centroid with the least half_norms[j] − x·c_j (ties to the lowest j) in labels
// [count], and that score in scores [count]. panels as made by ck_pack_centroids; half_norms [⌈clusters / 32⌉ · 32], +∞
// beyond the last centroid. Each x·c is summed over the columns in order by float32 FMA, whatever the instruction set.
void ck_assign(
    const float *rows, size_t count, size_t columns, const float *panels, const float *half_norms, size_t clusters,
    ck_workspace workspace, int32_t *labels, float *scores, ck_instruction_set set);

// The epilogue of the matrix-product path: lowers scores [rows] and sets labels [rows] wherever a column of dots
// [rows][columns] has half_norms[j] − dot strictly below; its label is first_label + j. half_norms [columns].
void ck_argmin_rows(
    const float *dots, size_t rows, size_t columns, const float *half_norms, int32_t first_label, int32_t *labels,
    float *scores, ck_instruction_set set);

// MARK: Matrix products (product_*.c)

enum {
    ck_product_depth = 256,              // of the inner index, worked on at once
    ck_product_stride = 272,             // floats from row to row of the copied left side, see ck_row_stride
    ck_product_scratch = 252 * 272,      // floats of scratch memory: ck_chunk_rows rows
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
// column. A right side that lies as [columns][inner] is packed by ck_pack_centroids.
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

// One step of Adam (Kingma & Ba 2015) with weight decay added to the slope; all arrays [count].
void ck_adam(
    float *parameters, float *means, float *squares, const float *slopes, size_t count, ck_adam_step step,
    ck_instruction_set set);

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
