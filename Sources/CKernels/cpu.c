// Which kernels this processor runs, and how fast it could run them.
#include "variants.h"

ck_instruction_set ck_best_instruction_set(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c"))
        return ck_portable;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl"))
        return ck_avx512;
    return ck_avx2;
#else
    return ck_portable;
#endif
}

// Twelve chains hide the latency of the FMA on every processor so far; their values stay near 0.1.
#define CK_FMA_LOOP(width) \
    typedef float vector __attribute__((ext_vector_type(width))); \
    const vector factor = (vector)(0.9999f), addend = (vector)(1e-5f); \
    vector chain[12]; \
    for (int i = 0; i < 12; i++) chain[i] = (vector)((float)i); \
    for (size_t step = 0; step < iterations; step++) \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 12; i++) \
            chain[i] = __builtin_elementwise_fma(chain[i], factor, addend); \
    vector total = chain[0]; \
    for (int i = 1; i < 12; i++) total += chain[i]; \
    *sink = total[0] + total[width - 1]; \
    return 12.0 * 2.0 * width * (double)iterations

#if defined(__x86_64__)
CK_AVX512 static double fma_loop_avx512(size_t iterations, float *sink) { CK_FMA_LOOP(16); }
CK_AVX2 static double fma_loop_avx2(size_t iterations, float *sink) { CK_FMA_LOOP(8); }
#endif
static double fma_loop_portable(size_t iterations, float *sink) { CK_FMA_LOOP(4); }

double ck_fma_loop(size_t iterations, float *sink, ck_instruction_set set) {
#if defined(__x86_64__)
    if (set == ck_avx512) return fma_loop_avx512(iterations, sink);
    if (set == ck_avx2) return fma_loop_avx2(iterations, sink);
#endif
    (void)set;
    return fma_loop_portable(iterations, sink);
}
