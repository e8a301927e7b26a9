// What the allocator does with freed memory; glibc's own, which Swift's Glibc module leaves out.
#include "CKernels.h"

#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

int ck_keep_freed_memory(size_t mapped_from, size_t kept) {
#if defined(__GLIBC__)
    return mallopt(M_MMAP_THRESHOLD, (int)mapped_from) == 1 && mallopt(M_TRIM_THRESHOLD, (int)kept) == 1;
#else
    (void)mapped_from;
    (void)kept;
    return 0;
#endif
}
