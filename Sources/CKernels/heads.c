// Heads: the coordinates of rows in a few directions, in 16 bits, and a bound of what those leave out.
#include "heads.h"
#include "shorten.h"

#include <math.h>
#include <string.h>

// β of PrunedLabels: what a head is off by is divided by it and added to the bound, and every bound is at least so much
// of the norm.
static const double least_share = 0x1p-5;

// t of PrunedLabels.
//   square  the row's squared norm, from above
//   inside  that of the coordinates as they are kept
//   error   by how much those are off, as a vector
//   spare   by how much the difference of both squares is, besides
static float bound_of(double square, double inside, double error, double spare) {
    const double outside = square - inside + 2 * error * sqrt(inside) + spare;
    const double least = least_share * least_share * square;
    return (float)(1.001 * (sqrt((outside > 0 ? outside : 0) + least) + error / least_share));
}

CK_BODY void make_heads_body(
    const float *coordinates, const float *squares, size_t count, ck_head_errors errors, int16_t *values, float *units,
    float *tails) {
    for (size_t i = 0; i < count; i++) {
        const float *p = coordinates + i * ck_head_columns;
        int16_t *kept = values + i * ck_head_columns;
        const float unit = unit_of(sum_of_squares(p, ck_head_columns, 1));
        units[i] = unit;
        // The bound is then without meaning, and says so: nothing is left out for it.
        tails[i] = NAN;
        if (unit == 0) continue;
        const float inverse = 1 / unit;
        float steps[ck_head_columns];
        for (size_t e = 0; e < ck_head_columns; e++) {
            kept[e] = in_steps(p[e], inverse);
            steps[e] = kept[e];
        }
        const double inside = sum_of_squares(steps, ck_head_columns, unit);
        const double square = squares[i] * (1 + 2 * errors.inner);
        const double error = errors.projection * sqrt(square) + rounding_of(unit, ck_head_columns);
        tails[i] = bound_of(square, inside, error, 2 * (errors.basis + errors.inner) * square);
    }
}

#define MAKE_PARAMETERS \
    (const float *coordinates, const float *squares, size_t count, ck_head_errors errors, int16_t *values, \
     float *units, float *tails)
#define MAKE_ARGUMENTS (coordinates, squares, count, errors, values, units, tails)
#define SHORTEN_PARAMETERS \
    (const float *rows, const float *squares, size_t count, size_t columns, int16_t *values, float *units, float *tails)
#define SHORTEN_ARGUMENTS (rows, squares, count, columns, values, units, tails)

CK_VARIANTS(make_heads, MAKE_PARAMETERS, MAKE_ARGUMENTS)
CK_BODY void shorten_rows_body SHORTEN_PARAMETERS {
    for (size_t i = 0; i < count; i++)
        shorten_row(
            rows + i * ck_row_stride(columns), squares[i], columns, values + i * ck_short_stride(columns), units + i,
            tails + i);
}

CK_VARIANTS(shorten_rows, SHORTEN_PARAMETERS, SHORTEN_ARGUMENTS)

void ck_make_heads(
    const float *coordinates, const float *squares, size_t count, ck_head_errors errors, int16_t *values, float *units,
    float *tails, ck_instruction_set set) {
    CK_DISPATCH(make_heads, set, MAKE_ARGUMENTS);
}

void ck_shorten_rows(
    const float *rows, const float *squares, size_t count, size_t columns, int16_t *values, float *units, float *tails,
    ck_instruction_set set) {
    CK_DISPATCH(shorten_rows, set, SHORTEN_ARGUMENTS);
}

// Where the first pair of a head lies among panels.
static size_t place_of(size_t head) {
    return head / ck_panel_columns * ck_panel_columns * ck_head_columns + head % ck_panel_columns * 2;
}

void ck_pack_heads(const int16_t *heads, size_t count, int16_t *panels) {
    const size_t padded = (count + ck_panel_columns - 1) / ck_panel_columns * ck_panel_columns;
    memset(panels, 0, padded * ck_head_columns * sizeof *panels);
    for (size_t j = 0; j < count; j++) {
        int16_t *panel = panels + place_of(j);
        for (size_t e = 0; e < ck_head_columns; e += 2)
            memcpy(panel + e * ck_panel_columns, heads + j * ck_head_columns + e, 2 * sizeof *panel);
    }
}

static void multiply_heads_portable(
    const int16_t *heads, size_t count, const int16_t *panels, size_t width, int32_t *dots) {
    for (size_t r = 0; r < count; r++)
        for (size_t j = 0; j < width; j++) {
            const int16_t *panel = panels + place_of(j);
            int32_t sum = 0;
            for (size_t e = 0; e < ck_head_columns; e += 2) {
                const int16_t *pair = heads + r * ck_head_columns + e;
                sum += pair[0] * panel[e * ck_panel_columns] + pair[1] * panel[e * ck_panel_columns + 1];
            }
            dots[r * width + j] = sum;
        }
}

void ck_multiply_heads(
    const int16_t *heads, size_t count, const int16_t *panels, size_t width, int32_t *dots, ck_instruction_set set) {
#if defined(__x86_64__)
    if (set == ck_avx512 && __builtin_cpu_supports("avx512vnni"))
        ck_multiply_heads_vnni(heads, count, panels, width, dots);
    else if (set != ck_portable)
        ck_multiply_heads_avx2(heads, count, panels, width, dots);
    else
#endif
        multiply_heads_portable(heads, count, panels, width, dots);
}
