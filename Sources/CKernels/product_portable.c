// 6 × 8, as in assign_portable.c.
#include "product.h"
#include "variants.h"

#define TILE_NAME(name) name##_portable
#define TILE_TARGET
#define TILE_WIDTH 4
#define TILE_ROWS 6
#include "product_tile.h"
