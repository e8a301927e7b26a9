// 6 × 16: 12 of the 16 registers hold sums.
#if defined(__x86_64__)
#include "neighbors.h"
#include "variants.h"

#define TILE_NAME(name) name##_avx2
#define TILE_TARGET CK_AVX2
#define TILE_WIDTH 8
#define TILE_ROWS 6
#include "neighbor_tile.h"
#endif
