// Preloaded by Scripts/sanitize under ThreadSanitizer.
//
// A contended `Mutex` of Swift's Synchronization takes its lock by a futex call in a library that was not built with
// ThreadSanitizer, which therefore takes what two threads did one after the other for a race. This tells it of these calls.
// Locks without contention are atomics in our own code, which it sees.

#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <errno.h>

// In processes that were not built with it these are absent.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

static long call(long number, const long a[6]) {
    register long r10 __asm__("r10") = a[3];
    register long r8 __asm__("r8") = a[4];
    register long r9 __asm__("r9") = a[5];
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

long syscall(long number, ...) {
    long arguments[6];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < 6; i++) arguments[i] = va_arg(list, long);
    va_end(list);
    int operation = number == SYS_futex ? (int)arguments[1] & FUTEX_CMD_MASK : -1;
    void *address = (void *)arguments[0];
    if (operation == FUTEX_UNLOCK_PI && __tsan_release) __tsan_release(address);
    long result = call(number, arguments);
    if (operation == FUTEX_LOCK_PI && result == 0 && __tsan_acquire) __tsan_acquire(address);
    if (result < 0 && result > -4096) {
        errno = (int)-result;
        return -1;
    }
    return result;
}
