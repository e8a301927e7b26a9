import Tensors

extension ElementType {
    /// The type of a numpy array, if Coterie computes with it.
    ///
    /// - Throws: `.badData` that says what to save instead.
    init(numpy descriptor: String, at place: String) throws(ShardError) {
        let type = NumpyType(descriptor)
        if let type, let known = ElementType(rawValue: type.name) {
            self = known
            return
        }
        let (what, remedy) =
            if type != nil {
                ("integers of 64 bits, more than float64 holds", "save x.astype('<f8'), exact up to 2^53")
            } else if descriptor.hasSuffix("O") {
                ("Python objects, which are never unpickled", "save numbers: np.save(path, np.stack(x).astype('<f4'))")
            } else {
                ("a type of number that is not read", "save x.astype('<f4')")
            }
        throw ShardError(.badData, "\(what) (\(descriptor.shortened))", at: place, fix: remedy)
    }

    /// The type of a tensor, if Coterie computes with it.
    ///
    /// - Throws: `.badData` that says what to save instead.
    init(safetensors name: String, at place: String) throws(ShardError) {
        let known: [String: ElementType] = [
            "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64, "BOOL": .bool, "I8": .int8,
            "U8": .uint8, "I16": .int16, "U16": .uint16, "I32": .int32, "U32": .uint32,
        ]
        guard let type = known[name] else {
            throw ShardError(
                .badData,
                "tensors of \(name.shortened) are not read",
                at: place,
                fix: ["I64", "U64"].contains(name) ? "save tensor.double(), exact up to 2^53" : "save tensor.float()"
            )
        }
        self = type
    }
}
