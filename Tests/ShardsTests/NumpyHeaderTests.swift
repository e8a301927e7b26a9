import Testing

@testable import Shards

struct NumpyHeaderTests {
    private func header(_ text: String, version: UInt8 = 1) throws(ShardError) -> NumpyHeader {
        try NumpyHeader(parsing: FileBytes.numpy(header: text, version: version, []), at: "x.npy")
    }

    @Test(arguments: [1, 2, 3] as [UInt8])
    func `Versions 1 to 3 are read`(version: UInt8) throws {
        let bytes = FileBytes.numpy("<f4", "(3, 4)", version: version, [1, 2, 3])
        let header = try NumpyHeader(parsing: bytes, at: "x.npy")
        #expect(header.descriptor == "<f4")
        #expect(header.shape == [3, 4])
        #expect(!header.isFortranOrder)
        #expect(header.dataOffset == bytes.count - 3)
    }

    @Test(arguments: [
        "{'shape': (3, 4), 'fortran_order': False, 'descr': '<f2'}",
        "{\"descr\":\"<f2\",\"fortran_order\":False,\"shape\":(3,4,),}   \n",
        "{'descr': u'<f2', 'fortran_order': False, 'shape': (3L, 4L), }",
        " {\t'fortran_order' : False , 'descr' : '<f2' , 'shape' : ( 3 , 4 ) } ",
    ])
    func `Keys may come in any order with any spacing`(text: String) throws {
        let header = try header(text)
        #expect(header.descriptor == "<f2")
        #expect(header.shape == [3, 4])
    }

    @Test func `Tuples of none and one are read`() throws {
        #expect(try header("{'descr': '<f4', 'fortran_order': True, 'shape': ()}").shape == [])
        #expect(try header("{'descr': '<f4', 'fortran_order': True, 'shape': (7,)}").shape == [7])
        #expect(try header("{'descr': '<f4', 'fortran_order': True, 'shape': (7,)}").isFortranOrder)
    }

    @Test(arguments: [
        "", "{", "{}", "{}x", "[]", "{'descr'", "{'descr': ", "{'descr': '<f4", "{'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': [1, 1]}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1.5, 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (np.int64(1), np.int64(1))}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1LL, 1)}",
        "{\"descr\": \"<f4\", \"fortran_order\": false, \"shape\": [1, 1]}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, , 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'extra': 1}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (1, 1)}",
        "{'descr': '\\x3cf4', 'fortran_order': False, 'shape': (1, 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)} {}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
        "__import__('os').system('true')",
    ])
    func `Anything else is malformed`(text: String) {
        expectRefusal(.badData, "x.npy", "np.save") { () throws(ShardError) in _ = try header(text) }
    }

    @Test func `Too many dimensions are refused`() {
        let shape = String(repeating: "1, ", count: 65)
        expectRefusal(.badData, "too many dimensions") { () throws(ShardError) in
            _ = try header("{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape))}")
        }
    }

    @Test func `The beginning is checked byte by byte`() {
        let good = FileBytes.numpy("<f4", "(3, 4)", [])
        for count in 0..<good.count {
            expectRefusal(.badData, "x.npy") { () throws(ShardError) in
                _ = try NumpyHeader(parsing: Array(good[..<count]), at: "x.npy")
            }
        }
        expectRefusal(.badData, "version 4.0") { () throws(ShardError) in
            _ = try NumpyHeader(parsing: FileBytes.numpy("<f4", "(3, 4)", version: 4, []), at: "x.npy")
        }
    }

    @Test func `A header length beyond all reason is refused`() {
        let bytes: [UInt8] = [0x93] + "NUMPY".utf8 + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        expectRefusal(.badData, "4294967295 bytes is too long") { () throws(ShardError) in
            _ = try NumpyHeader(parsing: bytes, at: "x.npy")
        }
    }

    @Test func `A header is written as numpy writes it`() throws {
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }"
        let bytes = NumpyHeader.bytes(descriptor: "<f4", shape: [3, 4])
        #expect(bytes.count == 128)
        #expect(bytes == FileBytes.numpy(header: text.padding(to: 117) + "\n", []))
        for digits in 0..<19 {
            let shape = [Array(repeating: 10, count: digits).reduce(1, *)]
            let bytes = NumpyHeader.bytes(descriptor: "<i8", shape: shape)
            #expect(bytes.count.isMultiple(of: 64))
            let header = try NumpyHeader(parsing: bytes, at: "x.npy")
            #expect(header.shape == shape && header.dataOffset == bytes.count)
        }
    }
}

extension String {
    fileprivate func padding(to length: Int) -> String {
        self + String(repeating: " ", count: length - count)
    }
}
