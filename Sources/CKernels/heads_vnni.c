#if defined(__x86_64__)
#include <immintrin.h>

#define TILE_NAME(x) x##_vnni
#define TILE_TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512vnni,avx2,fma,f16c")))
#define TILE_ROWS 14
#define TILE_WIDTH 16
#define TILE_VECTOR __m512i
#define TILE_LOAD(p) _mm512_loadu_si512(p)
#define TILE_STORE(p, v) _mm512_storeu_si512(p, v)
#define TILE_PAIR(x) _mm512_set1_epi32(x)
#define TILE_ADD(sum, a, b) _mm512_dpwssd_epi32(sum, a, b)
#include "heads_tile.h"
#endif
