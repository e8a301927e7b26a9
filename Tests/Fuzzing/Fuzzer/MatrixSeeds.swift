/// Small files of arrays, whole and broken.
enum MatrixSeeds {
    static var numpy: [[UInt8]] {
        let zeros = [UInt8](repeating: 0, count: 24)
        let matrices = [("<f4", "(2, 3)", 24), ("<f2", "(2, 3)", 12), ("<f8", "(1, 3)", 24), ("<f4", "(3, 2)", 20)]
        let numbers = [("<i4", "(6,)", 24), ("|u1", "(5,)", 5), ("<i8", "(3,)", 24)]
        let others = [("|O", "(1,)", 8), ("<f4", "()", 4)]
        let versions = [UInt8](1...3).map { file("<f4", "(2, 3)", zeros, version: $0) }
        let fortran = file("<f4", "(2, 3)", zeros, order: "True")
        let text = ["1\n2\n-3\n", "4\r\n5", " 7 \n\n"].map { Array($0.utf8) }
        return (matrices + numbers + others).map { file($0, $1, Array(zeros.prefix($2))) } + versions + [fortran] + text
    }

    static var archives: [[UInt8]] {
        let array = file("<f4", "(1, 2)", [UInt8](repeating: 0, count: 8))
        let one = [("a.npy", array)]
        let two = [("a.npy", array), ("b/c.npy", array)]
        return [
            archive(one), archive(two), archive([]), archive([("notes.txt", [1])] + one),
            archive(one, isWide: true), archive(two, isWide: true), archive(one, method: 8), archive(one, flags: 1),
            archive([("a.npy", [])]), archive(one + one), archive(one).dropLast(9),
        ].map { Array($0) }
    }

    static var safetensors: [[UInt8]] {
        let texts = [
            #"{"x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#,
            #"{"__metadata__":{"format":"pt"},"x":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]}}"#,
            #"{"a":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1,1],"#
                + #""data_offsets":[4,8]}}"#,
            #"{"x":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}}   "#,
            #"{"x":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#,
            #"{"x":{"dtype":"F32","shape":[],"data_offsets":[0,8]}}"#,
            #"{"\u00e9\n":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}"#,
            #"{"x":{"dtype":"F32","shape":[1e0,2],"data_offsets":[0,9223372036854775807]}}"#,
            #"{}"#, #"[[[[]]]]"#, "",
        ]
        return texts.map { little(UInt64($0.utf8.count)) + $0.utf8 + [UInt8](repeating: 0, count: 8) }
    }

    private static func file(
        _ type: String,
        _ shape: String,
        _ data: [UInt8],
        order: String = "False",
        version: UInt8 = 1
    ) -> [UInt8] {
        let header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n"
        let length = version == 1 ? little(UInt16(header.utf8.count)) : little(UInt32(header.utf8.count))
        return [0x93] + "NUMPY".utf8 + [version, 0] + length + header.utf8 + data
    }

    /// A zip archive, whose numbers are in zip64 fields when it is wide.
    private static func archive(
        _ members: [(name: String, data: [UInt8])],
        isWide: Bool = false,
        method: UInt16 = 0,
        flags: UInt16 = 0
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for (name, data) in members {
            let offset = bytes.count
            let common = [20, 0] + little(flags) + little(method) + [UInt8](repeating: 0, count: 8)
            let sizes = little(UInt32(data.count)) + little(UInt32(data.count))
            let nameCount = little(UInt16(name.utf8.count))
            bytes += [0x50, 0x4B, 3, 4] + common + sizes + nameCount + [0, 0] + name.utf8 + data
            let numbers = little(UInt64(data.count)) + little(UInt64(data.count)) + little(UInt64(offset))
            let extra = isWide ? [1, 0, 24, 0] + numbers : []
            directory += [0x50, 0x4B, 1, 2, 20, 0] + common + (isWide ? [UInt8](repeating: 0xFF, count: 8) : sizes)
            directory += nameCount + little(UInt16(extra.count)) + [UInt8](repeating: 0, count: 10)
            directory += (isWide ? [UInt8](repeating: 0xFF, count: 4) : little(UInt32(offset))) + name.utf8 + extra
        }
        return bytes + directory + end(members.count, directory.count, bytes.count, isWide)
    }

    private static func end(_ count: Int, _ length: Int, _ offset: Int, _ isWide: Bool) -> [UInt8] {
        let start: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
        guard isWide else {
            let counts = little(UInt16(count)) + little(UInt16(count))
            return start + counts + little(UInt32(length)) + little(UInt32(offset)) + [0, 0]
        }
        let counts = little(UInt64(count)) + little(UInt64(count))
        let record =
            [0x50, 0x4B, 6, 6] + little(UInt64(44)) + [45, 0, 45, 0] + [UInt8](repeating: 0, count: 8) + counts
            + little(UInt64(length)) + little(UInt64(offset))
        let locator = [0x50, 0x4B, 6, 7, 0, 0, 0, 0] + little(UInt64(offset + length)) + [1, 0, 0, 0]
        return record + locator + start + [UInt8](repeating: 0xFF, count: 12) + [0, 0]
    }

    private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
