import Foundation
import Tensors

/// Float32 tensors with names, as `.safetensors` files hold them.
///
/// Format: https://github.com/huggingface/safetensors#format
package enum SafetensorsFile {
    package struct Tensor: Sendable, Equatable {
        package var name: String
        /// Row-major; its product is the number of values.
        package var shape: [Int]
        package var values: [Float]

        package init(_ name: String, shape: [Int], _ values: [Float]) {
            precondition(shape.reduce(1, *) == values.count, "\(name): \(values.count) values in the shape \(shape)")
            self.name = name
            self.shape = shape
            self.values = values
        }
    }

    /// Reads all tensors of a file, in the order of their data.
    ///
    /// - Throws: `.noInput` if the file cannot be opened; `.badData` if it is damaged, or holds anything but float32.
    package static func read(_ path: String) throws(ShardError) -> [Tensor] {
        let file = try MappedFile(path: path)
        var tensors: [Tensor] = []
        for tensor in try SafetensorsDirectory(of: file).tensors {
            tensors.append(try Tensor(tensor, in: file))
        }
        return tensors
    }

    /// Writes tensors under their names, aside and then renamed.
    ///
    /// - Parameter metadata: texts for the reader, under names of their own.
    /// - Throws: `.cannotCreate` or `.inputOutput`; nothing is left behind then.
    package static func write(
        _ tensors: [Tensor],
        metadata: [String: String] = [:],
        to path: String
    ) throws(ShardError) {
        let file = try AtomicFile(path: path)
        try file.write(unsafe header(of: tensors, metadata: metadata).span.bytes)
        for tensor in tensors {
            try file.write(unsafe tensor.values.span.bytes)
        }
        try file.commit()
    }

    /// The length and the JSON text, filled up with spaces so that the data begin at a multiple of eight.
    private static func header(of tensors: [Tensor], metadata: [String: String]) -> [UInt8] {
        var entries: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            entries.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
        }
        var end = 0
        for tensor in tensors {
            let begin = end
            end += tensor.values.count * MemoryLayout<Float>.stride
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            entries.append(
                "\(quoted(tensor.name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]}"
            )
        }
        var text = Array("{\(entries.joined(separator: ","))}".utf8)
        text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
        return RawNumbers.bytes(of: [Int64(text.count)]) + text
    }

    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard let data = try? encoder.encode(text) else { preconditionFailure("every string can be written as JSON") }
        return String(decoding: data, as: UTF8.self)
    }
}

extension SafetensorsFile.Tensor {
    fileprivate init(_ tensor: SafetensorsDirectory.Tensor, in file: MappedFile) throws(ShardError) {
        var count = 1
        for length in tensor.shape {
            let (product, isTooLarge) = count.multipliedReportingOverflow(by: length)
            count = isTooLarge ? -1 : product
            if isTooLarge { break }
        }
        guard tensor.elementType == "F32", count >= 0, tensor.data.count / MemoryLayout<Float>.stride == count,
            tensor.data.count.isMultiple(of: MemoryLayout<Float>.stride)
        else {
            throw ShardError(
                .badData,
                "not \(tensor.shape) numbers of F32 but \(tensor.data.count) bytes of \(tensor.elementType)",
                at: "\(file.path):\(tensor.key)",
                fix: "save it with tensor.float()"
            )
        }
        let bytes = file.bytes(in: tensor.data)
        self.init(tensor.key, shape: tensor.shape, RawNumbers.numbers(from: bytes[...]))
    }
}
