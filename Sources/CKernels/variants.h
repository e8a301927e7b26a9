// How one plain-C body becomes three kernels: it is inlined into a function per instruction set, and the compiler
// vectorises or lowers its vector types for each. Bodies must not depend on the vector length in their results.
#pragma once

#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

#define CK_BODY static inline __attribute__((always_inline))

#if defined(__x86_64__)
#define CK_AVX2 __attribute__((target("avx2,fma,f16c")))
#define CK_AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,f16c")))

// Defines name_portable, name_avx2 and name_avx512 as calls of name_body.
#define CK_VARIANTS(name, parameters, arguments) \
    static void name##_portable parameters { name##_body arguments; } \
    CK_AVX2 static void name##_avx2 parameters { name##_body arguments; } \
    CK_AVX512 static void name##_avx512 parameters { name##_body arguments; }

// Calls the variant of `name` for an instruction set.
#define CK_DISPATCH(name, set, arguments) \
    switch (set) { \
    case ck_avx512: name##_avx512 arguments; break; \
    case ck_avx2: name##_avx2 arguments; break; \
    case ck_portable: name##_portable arguments; break; \
    }
#else
#define CK_VARIANTS(name, parameters, arguments) \
    static void name##_portable parameters { name##_body arguments; }
#define CK_DISPATCH(name, set, arguments) \
    do { \
        (void)(set); \
        name##_portable arguments; \
    } while (0)
#endif
