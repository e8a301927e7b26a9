// The products of heads, by instruction set; all give the same integers.
#pragma once

#include "variants.h"

#if defined(__x86_64__)
void ck_multiply_heads_avx2(const int16_t *heads, size_t count, const int16_t *panels, size_t width, int32_t *dots);
void ck_multiply_heads_vnni(const int16_t *heads, size_t count, const int16_t *panels, size_t width, int32_t *dots);
#endif
