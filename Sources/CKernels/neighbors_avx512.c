// 14 × 32: 28 of the 32 registers hold sums.
#if defined(__x86_64__)
#include "neighbors.h"
#include "variants.h"

#define TILE_NAME(name) name##_avx512
#define TILE_TARGET CK_AVX512
#define TILE_WIDTH 16
#define TILE_ROWS 14
#include "neighbor_tile.h"
#endif
