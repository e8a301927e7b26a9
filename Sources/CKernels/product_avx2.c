// 6 × 16, as in assign_avx2.c.
#if defined(__x86_64__)
#include "product.h"
#include "variants.h"

#define TILE_NAME(name) name##_avx2
#define TILE_TARGET CK_AVX2
#define TILE_WIDTH 8
#define TILE_ROWS 6
#include "product_tile.h"
#endif
