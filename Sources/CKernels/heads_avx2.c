#if defined(__x86_64__)
#include <immintrin.h>

#define TILE_NAME(x) x##_avx2
#define TILE_TARGET CK_AVX2
#define TILE_ROWS 6
#define TILE_WIDTH 8
#define TILE_VECTOR __m256i
#define TILE_LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define TILE_STORE(p, v) _mm256_storeu_si256((__m256i *)(p), v)
#define TILE_PAIR(x) _mm256_set1_epi32(x)
#define TILE_ADD(sum, a, b) _mm256_add_epi32(sum, _mm256_madd_epi16(a, b))
#include "heads_tile.h"
#endif
