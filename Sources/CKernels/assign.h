// The three instances of assign_tile.h.
#pragma once

#include "CKernels.h"

#define CK_ASSIGN_PARAMETERS \
    (const float *rows, size_t count, size_t columns, const float *panels, const float *half_norms, size_t clusters, \
     ck_workspace workspace, int32_t *labels, float *scores)

void ck_assign_avx512 CK_ASSIGN_PARAMETERS;
void ck_assign_avx2 CK_ASSIGN_PARAMETERS;
void ck_assign_portable CK_ASSIGN_PARAMETERS;
