// Preloaded by Scripts/sanitize under ThreadSanitizer.
//
// Where threads contend for a `Mutex`, Swift's Synchronization library takes and gives back the lock. It was not built with
// ThreadSanitizer, which therefore takes what threads did one after the other for a race. This stands before the two functions
// concerned and tells it of them. Locks without contention are atomics in our own code, which it sees.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define swift __attribute__((swiftcall))
#define context __attribute__((swift_context))

typedef swift void LockSlow(uint32_t thread, context void *mutex);
typedef swift void UnlockSlow(context void *mutex);

// In processes that were not built with ThreadSanitizer these are absent.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

// Synchronization._MutexHandle._lockSlow(UInt32)
swift void lockSlow(uint32_t thread, context void *mutex) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
swift void lockSlow(uint32_t thread, context void *mutex) {
    LockSlow *original = (LockSlow *)dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
    original(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

// Synchronization._MutexHandle._unlockSlow()
swift void unlockSlow(context void *mutex) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
swift void unlockSlow(context void *mutex) {
    UnlockSlow *original = (UnlockSlow *)dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
    if (__tsan_release) __tsan_release(mutex);
    original(mutex);
}
