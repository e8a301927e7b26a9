// Exact sums of rows: a value is cut into multiples of quanta, each finer than the one before, and those are added as
// integers, so that no addition rounds.
#include "variants.h"

#include <math.h>
#include <string.h>

CK_BODY int64_t bits_of(double number) {
    int64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

CK_BODY double addend(
    const void *rows, const int are_doubles, const int are_scaled, const double factor, size_t index) {
    const double x = are_doubles ? ((const double *)rows)[index] : (double)((const float *)rows)[index];
    return are_scaled ? x * factor : x;
}

CK_BODY double rest_of(double value, double magic, double limit) {
    return fabs(value) < limit ? value - ((value + magic) - magic) : 0;
}

// Inlined for each of the constants `are_doubles`, `are_scaled` and `keeps_rest`.
CK_BODY size_t accumulate_rows(
    const void *rows, const int are_doubles, const double *factors, const int are_scaled, size_t count, size_t columns,
    const int32_t *labels, ck_sum_level level, const int keeps_rest, double *rest, int32_t *rest_labels) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const int32_t label = labels[i];
        if (label < 0) continue;
        const size_t first = i * columns;
        const double factor = are_scaled ? (factors ? factors[i] : 1) * (double)level.unit : 1;
        int64_t *restrict sum = level.sums + (size_t)label * columns;
        uint64_t any = 0;
        for (size_t e = 0; e < columns; e++) {
            const double value = addend(rows, are_doubles, are_scaled, factor, first + e);
            // The sum lies where the spacing of doubles is the quantum, so that its bits count quanta.
            sum[e] += bits_of(value + level.magic) - bits_of(level.magic);
            if (keeps_rest) any |= (uint64_t)bits_of(rest_of(value, level.magic, level.limit));
        }
        if (level.counts) level.counts[label] += level.unit;
        if (any << 1 == 0) continue;  // no bit but the sign of a zero
        double *left = rest + kept * columns;
        for (size_t e = 0; e < columns; e++)
            left[e] =
                rest_of(addend(rows, are_doubles, are_scaled, factor, first + e), level.magic, level.limit);
        rest_labels[kept++] = label;
    }
    return kept;
}

#define ACCUMULATE(are_doubles, are_scaled, keeps_rest) \
    *kept = accumulate_rows( \
        rows, are_doubles, factors, are_scaled, count, columns, labels, level, keeps_rest, rest, rest_labels)

CK_BODY void accumulate_body(
    const void *rows, int are_doubles, const double *factors, size_t count, size_t columns, const int32_t *labels,
    ck_sum_level level, double *rest, int32_t *rest_labels, size_t *kept) {
    switch ((are_doubles != 0) << 2 | (factors || level.unit < 0) << 1 | (rest != NULL)) {
    case 0: ACCUMULATE(0, 0, 0); break;
    case 1: ACCUMULATE(0, 0, 1); break;
    case 2: ACCUMULATE(0, 1, 0); break;
    case 3: ACCUMULATE(0, 1, 1); break;
    case 4: ACCUMULATE(1, 0, 0); break;
    case 5: ACCUMULATE(1, 0, 1); break;
    case 6: ACCUMULATE(1, 1, 0); break;
    default: ACCUMULATE(1, 1, 1); break;
    }
}

CK_VARIANTS(
    accumulate,
    (const void *rows, int are_doubles, const double *factors, size_t count, size_t columns, const int32_t *labels,
     ck_sum_level level, double *rest, int32_t *rest_labels, size_t *kept),
    (rows, are_doubles, factors, count, columns, labels, level, rest, rest_labels, kept))

size_t ck_accumulate(
    const void *rows, int are_doubles, const double *factors, size_t count, size_t columns, const int32_t *labels,
    ck_sum_level level, double *rest, int32_t *rest_labels, ck_instruction_set set) {
    size_t kept = 0;
    CK_DISPATCH(
        accumulate, set, (rows, are_doubles, factors, count, columns, labels, level, rest, rest_labels, &kept));
    return kept;
}

void ck_weigh_rows(
    ck_rows rows, const double *weights, const double *magic, const double *limit, size_t levels, double *products,
    double *errors, int32_t *has_errors) {
    for (size_t i = 0; i < rows.count; i++) {
        const double weight = weights[i];
        has_errors[i] = 0;
        if (weight == 0) continue;
        double *product = products + i * (rows.columns + 1);
        double *error = errors + i * (rows.columns + 1);
        for (size_t e = 0; e < rows.columns; e++) {
            const size_t place = i * rows.columns + e;
            double value = rows.wide ? rows.wide[place] : (double)rows.values[place];
            if (rows.factors) value *= rows.factors[i];
            if (levels > 0) {
                double rest = value;
                value = 0;
                for (size_t l = 0; l < levels && rest != 0; l++) {
                    value += (rest + magic[l]) - magic[l];
                    rest = rest_of(rest, magic[l], limit[l]);
                }
            }
            product[e] = value * weight;
            error[e] = fma(value, weight, -product[e]);
            has_errors[i] |= error[e] != 0;
        }
        product[rows.columns] = weight;
        error[rows.columns] = 0;
    }
}

int ck_add_to_digits(int64_t *digits, const double *numbers, size_t count) {
    uint64_t greatest = 0;
    for (size_t i = 0; i < count; i++) {
        const uint64_t bits = (uint64_t)bits_of(numbers[i]);
        const uint64_t exponent = bits >> 52 & 0x7ff;
        const uint64_t is_normal = exponent != 0;
        const uint64_t significand = (bits & (((uint64_t)1 << 52) - 1)) | is_normal << 52;
        const uint64_t place = exponent - is_normal;  // of the significand's last bit, from 2^-1074
        const uint64_t shift = place & 31;
        const uint64_t low = significand << shift;
        const uint64_t high = significand >> 1 >> (63 - shift);  // never by 64, which C leaves undefined
        const int64_t sign = (int64_t)bits >> 63;                // 0 or -1: (x ^ sign) - sign is x or -x
        int64_t *digit = digits + (place >> 5);
        digit[0] += ((int64_t)(low & 0xffffffff) ^ sign) - sign;
        digit[1] += ((int64_t)(low >> 32) ^ sign) - sign;
        digit[2] += ((int64_t)high ^ sign) - sign;
        greatest = exponent > greatest ? exponent : greatest;
    }
    return greatest < 0x7ff;
}
