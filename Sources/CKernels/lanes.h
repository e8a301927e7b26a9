// The order in which sums over a row are taken: eight double lanes, element e going to lane e mod 8, each lane in order
// of e; then the lanes by halves. It is the order an AVX-512 register gives, written so that every machine follows it.
#pragma once

#include "variants.h"

typedef double ck_lanes __attribute__((ext_vector_type(8)));
typedef float ck_floats8 __attribute__((ext_vector_type(8)));
typedef float ck_floats8_unaligned __attribute__((ext_vector_type(8), aligned(4)));

typedef double ck_lanes_unaligned __attribute__((ext_vector_type(8), aligned(8)));

#define CK_LOAD8_WIDE(pointer) (*(const ck_lanes_unaligned *)(pointer))
#define CK_LOAD8(pointer) (*(const ck_floats8_unaligned *)(pointer))
#define CK_WIDEN8(floats) __builtin_convertvector(floats, ck_lanes)

CK_BODY double ck_sum_lanes(const double *lane) {
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

typedef float ck_floats4 __attribute__((ext_vector_type(4)));
typedef float ck_floats16 __attribute__((ext_vector_type(16)));

// The least of 16 numbers, none of them NaN.
CK_BODY float ck_least_of_lanes(const ck_floats16 *lanes) {
    const ck_floats8 eight = lanes->lo < lanes->hi ? lanes->lo : lanes->hi;
    const ck_floats4 four = eight.lo < eight.hi ? eight.lo : eight.hi;
    const float one = four[0] < four[1] ? four[0] : four[1], other = four[2] < four[3] ? four[2] : four[3];
    return one < other ? one : other;
}
