// The three instances of product_tile.h.
#pragma once

#include "CKernels.h"

#define CK_MULTIPLY_PARAMETERS \
    (const float *a, size_t rows, size_t inner, size_t stride, ck_left left, const float *panels, size_t columns, \
     ck_product_part part, int adds, float *scratch, float *c)
#define CK_MULTIPLY_ARGUMENTS (a, rows, inner, stride, left, panels, columns, part, adds, scratch, c)

void ck_multiply_avx512 CK_MULTIPLY_PARAMETERS;
void ck_multiply_avx2 CK_MULTIPLY_PARAMETERS;
void ck_multiply_portable CK_MULTIPLY_PARAMETERS;
