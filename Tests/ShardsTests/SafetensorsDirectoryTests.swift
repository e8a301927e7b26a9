import Testing

@testable import Shards

struct SafetensorsDirectoryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func tensor(_ name: String, _ type: String, _ shape: String, _ begin: Int, _ end: Int) -> String {
        #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
    }

    private func refuse(
        _ bytes: [UInt8],
        key: String = "",
        _ words: String...,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let path = try folder.write(bytes, "x.safetensors")
        expectRefusal(.badData, words[0], words.last ?? "", path, location: location) { () throws(ShardError) in
            _ = try Dataset(path: path + key)
        }
    }

    @Test func `Tensors are found by key`() throws {
        let data = FileBytes.float32([1, 2, 3, 4]) + FileBytes.float16([5, 6]) + FileBytes.float64([7, 8])
        let header =
            "{\"__metadata__\":{\"format\":\"pt\"},\(tensor("c", "F64", "[2,1]", 20, 36)),"
            + "\(tensor("a", "F32", "[2,2]", 0, 16)),\(tensor("b", "F16", "[1,2]", 16, 20))}   "
        let path = try folder.write(FileBytes.safetensors(header, data), "x.safetensors")
        #expect(try Dataset(path: "\(path):a").read(rows: 0..<2) == [1, 2, 3, 4])
        #expect(try Dataset(path: "\(path):b").row(0) == [5, 6])
        #expect(try Dataset(path: "\(path):c").read(rows: 0..<2) == [7, 8])
        try refuse(folder.bytes("x.safetensors"), "3 arrays", "one of a, b, c")
        try refuse(folder.bytes("x.safetensors"), key: ":d", "no array 'd'", "one of a, b, c")
    }

    @Test func `The only tensor needs no key`() throws {
        let bytes = FileBytes.safetensors("{\(tensor("a", "F32", "[1,2]", 0, 8))}", FileBytes.float32([1, 2]))
        let dataset = try Dataset(path: folder.write(bytes, "x.safetensors"))
        #expect(dataset.row(0) == [1, 2])
        #expect(dataset.files[0].format == .safetensors)
    }

    @Test func `Brain floats, integers and truth values are read`() throws {
        for (type, data, values) in [
            ("BF16", [0xC0, 0x3F, 0x00, 0xC0], [1.5, -2]), ("I8", [3, 0xFF], [3, -1]), ("U8", [3, 0xFF], [3, 255]),
            ("BOOL", [0, 1], [0, 1]), ("I16", [1, 0, 0xFE, 0xFF], [1, -2]),
        ] as [(String, [UInt8], [Float])] {
            let bytes = FileBytes.safetensors("{\(tensor("a", type, "[1,2]", 0, data.count))}", data)
            #expect(try Dataset(path: folder.write(bytes, "x.safetensors")).row(0) == values)
        }
    }

    /// A file with a tensor of each name, of one row and two columns.
    private func file(_ values: [(String, [Float])]) -> [UInt8] {
        let entries = values.enumerated().map { tensor($1.0, "F32", "[1,2]", $0 * 8, $0 * 8 + 8) }
        return FileBytes.safetensors("{\(entries.joined(separator: ","))}", FileBytes.float32(values.flatMap(\.1)))
    }

    private let index =
        #"{"metadata":{"total_size":16},"weight_map":{"emb":"a-1.safetensors","up":"../x.safetensors"}}"#

    @Test func `A list of several files leads to the one that holds a tensor`() throws {
        try folder.write(file([("emb", [1, 2])]), "m/a-1.safetensors")
        try folder.write(file([("text", [3, 4])]), "m/a-2.safetensors")
        let path = try folder.write(Array(index.utf8), "m/model.safetensors.index.json")
        for dataset in [try Dataset(path: "\(path):emb"), try Dataset(path: "\(folder("m")):emb")] {
            #expect(dataset.row(0) == [1, 2])
            #expect(dataset.files.map(\.name) == ["a-1.safetensors"])
        }
        func refuse(_ key: String, _ words: String, _ remedy: String) {
            expectRefusal(.badData, words, path, remedy) { () throws(ShardError) in _ = try Dataset(path: path + key) }
        }
        refuse("", "2 arrays in the file and no key", "one of emb, up")
        refuse(":none", "no array 'none'", "one of emb, up")
        refuse(":up", "not a .safetensors file of the same folder", "name the file itself")
        try folder.write(Array("[]".utf8), "m/model.safetensors.index.json")
        refuse(":emb", "not a list of the tensors", "name the .safetensors file")
    }

    @Test func `A folder of files is read in natural order`() throws {
        for number in 0..<11 {
            let tensors: [(String, [Float])] = [("emb", [Float(number), 0]), ("text", [0, Float(number)])]
            try folder.write(file(tensors), "two/part_\(number).safetensors")
            try folder.write(file([tensors[1]]), "one/part_\(number).safetensors")
        }
        #expect(try Dataset(path: "\(folder("two")):emb").read(rows: 0..<11) == (0..<11).flatMap { [Float($0), 0] })
        #expect(try Dataset(path: folder("one")).read(rows: 9..<11) == [0, 9, 0, 10])
        expectRefusal(.badData, "2 arrays", "two/part_0.safetensors", "one of emb, text") { () throws(ShardError) in
            _ = try Dataset(path: folder("two"))
        }
        expectRefusal(.badData, "no array 'emb'", "one/part_0.safetensors", "one of text") { () throws(ShardError) in
            _ = try Dataset(path: "\(folder("one")):emb")
        }
    }

    @Test func `Other types and shapes are refused`() throws {
        let data = [UInt8](repeating: 0, count: 8)
        let eights = FileBytes.safetensors("{\(tensor("a", "F8_E4M3", "[2,4]", 0, 8))}", data)
        try refuse(eights, "F8_E4M3", "tensor.float()")
        try refuse(FileBytes.safetensors("{\(tensor("a", "I64", "[1,1]", 0, 8))}", data), "I64", "tensor.double()")
        try refuse(FileBytes.safetensors("{\(tensor("a", "F32", "[2]", 0, 8))}", data), "1 dimensions", "reshape")
        try refuse(FileBytes.safetensors("{\(tensor("a", "F32", "[1,3]", 0, 8))}", data), "truncated, 1 of 1", "again")
        try refuse(FileBytes.safetensors("{\(tensor("a", "F32", "[1,1]", 0, 8))}", data), "4 extra bytes", "again")
    }

    @Test func `Offsets that do not fill the file are refused`() throws {
        let data = [UInt8](repeating: 0, count: 8)
        for (begin, end) in [(4, 8), (-4, 4), (0, -8), (8, 0)] {
            let header = "{\(tensor("a", "F32", "[1,1]", begin, end))}"
            try refuse(FileBytes.safetensors(header, data), "offsets or shape", "save_file")
        }
        let overlap = "{\(tensor("a", "F32", "[1,1]", 0, 4)),\(tensor("b", "F32", "[1,2]", 2, 8))}"
        try refuse(FileBytes.safetensors(overlap, data), key: ":a", "offsets or shape", "save_file")
        let short = "{\(tensor("a", "F32", "[1,3]", 0, 12))}"
        try refuse(FileBytes.safetensors(short, data), "truncated, 4 bytes are missing", "copy the file again")
        let long = "{\(tensor("a", "F32", "[1,1]", 0, 4))}"
        try refuse(FileBytes.safetensors(long, data), "4 extra bytes after the last tensor", "save_file")
    }

    @Test func `Headers that cannot be read are refused`() throws {
        try refuse([], "empty or truncated", "save_file")
        try refuse([1, 2, 3], "empty or truncated", "save_file")
        try refuse([UInt8](repeating: 0xFF, count: 8), "too long", "save_file")
        try refuse(UInt64(9).littleEndianBytes + "{}".utf8, "truncated inside", "copy the file again")
        for text in [
            "", "[]", "{", #"{"a":1}"#, #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
            #"{"a":{"dtype":"F32","shape":[1e300,1],"data_offsets":[0,4]}}"#, String(repeating: "[", count: 100_000),
        ] {
            try refuse(FileBytes.safetensors(text, []), "malformed", "save_file")
        }
        try refuse(FileBytes.safetensors("{}", []), "no arrays", "save at least one")
    }
}
