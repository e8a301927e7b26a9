// 14 × 32, as in assign_avx512.c.
#if defined(__x86_64__)
#include "product.h"
#include "variants.h"

#define TILE_NAME(name) name##_avx512
#define TILE_TARGET CK_AVX512
#define TILE_WIDTH 16
#define TILE_ROWS 14
#include "product_tile.h"
#endif
