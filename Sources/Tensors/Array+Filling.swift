extension [Float] {
    /// Numbers that are not set to zero first.
    /// - Parameter fill: gives every value that is read later, of which none has a meaning before.
    package init(count: Int, filledBy fill: (inout MutableSpan<Float>) -> Void) {
        unsafe self.init(unsafeUninitializedCapacity: count) { buffer, initialised in
            var span = unsafe MutableSpan(_unsafeElements: buffer.extracting(0..<count))
            fill(&span)
            initialised = count
        }
    }
}
