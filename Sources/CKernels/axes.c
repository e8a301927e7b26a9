// Orthonormal directions, in double.
#include "lanes.h"

#include <math.h>

CK_BODY double product(const double *a, const double *b, size_t stride) {
    ck_lanes sum = (ck_lanes)(0.0);
    for (size_t e = 0; e < stride; e += 8) sum += CK_LOAD8_WIDE(a + e) * CK_LOAD8_WIDE(b + e);
    double lane[8];
    for (int l = 0; l < 8; l++) lane[l] = sum[l];
    return ck_sum_lanes(lane);
}

// Gram–Schmidt, twice, so that little is left of what cancels.
CK_BODY void orthonormalise_body(double *axes, size_t count, size_t stride) {
    for (size_t i = 0; i < count; i++) {
        double *axis = axes + i * stride;
        const double before = product(axis, axis, stride);
        for (int time = 0; time < 2; time++)
            for (size_t j = 0; j < i; j++) {
                const double *other = axes + j * stride;
                const double share = product(other, axis, stride);
                for (size_t e = 0; e < stride; e++) axis[e] -= share * other[e];
            }
        const double norm = product(axis, axis, stride);
        const int is_left = norm > before * 0x1p-60 && norm <= 0x1p1000;
        const double factor = is_left ? 1 / sqrt(norm) : 0;
        for (size_t e = 0; e < stride; e++) axis[e] = is_left ? axis[e] * factor : 0;
    }
}

CK_BODY void measure_departure_body(const double *axes, size_t count, size_t stride, double *departure) {
    double square = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j <= i; j++) {
            const double value = product(axes + i * stride, axes + j * stride, stride);
            const double error = i == j && value > 0 ? value - 1 : value;
            square += (i == j ? 1 : 2) * error * error;
        }
    *departure = sqrt(square);
}

CK_VARIANTS(orthonormalise, (double *axes, size_t count, size_t stride), (axes, count, stride))
CK_VARIANTS(
    measure_departure, (const double *axes, size_t count, size_t stride, double *departure),
    (axes, count, stride, departure))

void ck_orthonormalise(double *axes, size_t count, size_t stride, ck_instruction_set set) {
    CK_DISPATCH(orthonormalise, set, (axes, count, stride));
}

double ck_departure(const double *axes, size_t count, size_t stride, ck_instruction_set set) {
    double departure = 0;
    CK_DISPATCH(measure_departure, set, (axes, count, stride, &departure));
    return departure;
}
