import CKernels

/// A number that is summed element by element.
package protocol Summable: RawNumber {
    /// sums[i] += values[i] for all i.
    static func add(_ values: [Self], to sums: inout [Self])
}

extension Float: Summable {
    package static func add(_ values: [Float], to sums: inout [Float]) {
        precondition(values.count == sums.count, "\(values.count) values for \(sums.count) sums")
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            unsafe values.withUnsafeBufferPointer { values in
                guard let to = sums.baseAddress, let from = values.baseAddress else { return }
                unsafe ck_add_floats(to, from, values.count, InstructionSet.best.kernelArgument)
            }
        }
    }
}

extension Double: Summable {
    package static func add(_ values: [Double], to sums: inout [Double]) {
        precondition(values.count == sums.count, "\(values.count) values for \(sums.count) sums")
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            unsafe values.withUnsafeBufferPointer { values in
                guard let to = sums.baseAddress, let from = values.baseAddress else { return }
                unsafe ck_add_doubles(to, from, values.count, InstructionSet.best.kernelArgument)
            }
        }
    }
}
