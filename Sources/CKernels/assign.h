// What the parts of an assignment share: how rows are measured against centroids in double, and the fused kernels.
#pragma once

#include "lanes.h"

// For the first `count` rows of the workspace: the best and second-best score of every lane, and the column of the best.
void ck_propose_avx512(size_t count, const ck_centroids *centroids, const ck_workspace *workspace);
void ck_propose_avx2(size_t count, const ck_centroids *centroids, const ck_workspace *workspace);
void ck_propose_portable(size_t count, const ck_centroids *centroids, const ck_workspace *workspace);
