// What the allocator does with freed memory, and the system with fresh: what Swift's Glibc module leaves out.
#if defined(__linux__)
#define _DEFAULT_SOURCE  // madvise
#endif
#include "CKernels.h"

#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#if defined(__GLIBC__)
#include <malloc.h>
#endif

int ck_keep_freed_memory(size_t mapped_from, size_t kept) {
#if defined(__GLIBC__)
    // The heap of a thread other than the first is in pieces that are given back as soon as one is empty, unless the next
    // allocation is expected to be as large as a piece.
    return mallopt(M_MMAP_THRESHOLD, (int)mapped_from) == 1 && mallopt(M_TRIM_THRESHOLD, (int)kept) == 1
        && mallopt(M_TOP_PAD, 2 * (int)mapped_from) == 1;
#else
    (void)mapped_from;
    (void)kept;
    return 0;
#endif
}

void ck_prefer_large_pages(void *memory, size_t bytes) {
#if defined(__linux__)
    enum { large_page = 2 << 20 };
    const uintptr_t first = ((uintptr_t)memory + large_page - 1) / large_page * large_page;
    const uintptr_t end = ((uintptr_t)memory + bytes) / large_page * large_page;
    if (first < end) (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
    (void)memory;
    (void)bytes;
#endif
}

void ck_fetch(const void *bytes, size_t count) {
    enum { cache_line = 64 };
    for (size_t place = 0; place < count; place += cache_line) __builtin_prefetch((const char *)bytes + place, 0, 2);
}
