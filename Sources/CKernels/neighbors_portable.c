// 6 × 8: the tile for machines with 128-bit vectors and FMA; without FMA it is exact but slow.
#include "neighbors.h"
#include "variants.h"

#define TILE_NAME(name) name##_portable
#define TILE_TARGET
#define TILE_WIDTH 4
#define TILE_ROWS 6
#include "neighbor_tile.h"
