import CKernels

/// What the allocator does with large arrays that are freed.
package enum RetainedMemory {
    /// Keeps freed memory for the next arrays of this process instead of giving it back to the system; false where the
    /// allocator cannot be told.
    ///
    /// Trainings and searches make and free the same arrays of megabytes many times a second; by default each would be
    /// mapped and filled with zeros by the system anew, which took 0.45 s of 1.6 s in sixty training steps of 512 rows.
    package static let isKept = ck_keep_freed_memory(largestRetained, atMost) != 0

    /// The greatest threshold that glibc takes.
    private static let largestRetained = 32 << 20
    private static let atMost = 256 << 20
}
