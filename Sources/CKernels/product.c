// Matrix products: packing of the right-hand side, and the choice of the kernel.
#include "product.h"

#include "variants.h"

#include <string.h>

void ck_pack_rows(const float *b, size_t inner, size_t columns, size_t stride, float *panels) {
    for (size_t first = 0; first < columns; first += ck_panel_columns) {
        const size_t width = columns - first < ck_panel_columns ? columns - first : ck_panel_columns;
        float *panel = panels + first * inner;
        if (width == ck_panel_columns) {
            // Of a size that is known, a copy is a few instructions and no call.
            for (size_t k = 0; k < inner; k++)
                memcpy(panel + k * ck_panel_columns, b + k * stride + first, ck_panel_columns * sizeof *b);
            continue;
        }
        for (size_t k = 0; k < inner; k++) {
            memcpy(panel + k * ck_panel_columns, b + k * stride + first, width * sizeof *b);
            memset(panel + k * ck_panel_columns + width, 0, (ck_panel_columns - width) * sizeof *b);
        }
    }
}

void ck_multiply(
    const float *a, size_t rows, size_t inner, size_t stride, ck_left left, const float *panels, size_t columns,
    ck_product_part part, int adds, float *scratch, float *c, ck_instruction_set set) {
    CK_DISPATCH(ck_multiply, set, CK_MULTIPLY_ARGUMENTS);
}
