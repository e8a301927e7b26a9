// Assignment: packing of centroids, or of rows that others are compared with, and the choice of the kernel.
#include "assign.h"

#include "variants.h"

void ck_pack_panels(const float *centroids, size_t stride, size_t clusters, size_t columns, float *panels) {
    enum { strip = 16 };  // columns copied at a time, so that both sides stay in cache
    for (size_t first = 0; first < clusters; first += ck_panel_columns) {
        float *panel = panels + first * columns;
        for (size_t start = 0; start < columns; start += strip) {
            const size_t end = start + strip < columns ? start + strip : columns;
            for (size_t j = 0; j < ck_panel_columns; j++)
                for (size_t e = start; e < end; e++)
                    panel[e * ck_panel_columns + j] =
                        first + j < clusters ? centroids[(first + j) * stride + e] : 0.0f;
        }
    }
}

void ck_assign(
    const float *rows, size_t count, size_t columns, const float *panels, const float *half_norms, size_t clusters,
    ck_workspace workspace, int32_t *labels, float *scores, ck_instruction_set set) {
    CK_DISPATCH(
        ck_assign, set, (rows, count, columns, panels, half_norms, clusters, workspace, labels, scores));
}
