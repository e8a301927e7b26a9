/// A type of number that results are written in.
package protocol NumpyElement: BitwiseCopyable, Sendable {
    /// The type in numpy's notation. Little-endian, as is every machine this runs on.
    static var numpyDescriptor: String { get }
}

extension Float: NumpyElement {
    package static var numpyDescriptor: String { "<f4" }
}

extension Double: NumpyElement {
    package static var numpyDescriptor: String { "<f8" }
}

extension Int32: NumpyElement {
    package static var numpyDescriptor: String { "<i4" }
}

extension Int64: NumpyElement {
    package static var numpyDescriptor: String { "<i8" }
}
