import CFuzzer
import Foundation

// libFuzzer over one reader of bytes that nobody vouches for. `COTERIE_FUZZ_TARGET` says which, and not an argument,
// because libFuzzer starts itself again with arguments of its own. `--seeds FOLDER` writes the first inputs instead.

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "--seeds" {
    try Seeds.write(to: URL(fileURLWithPath: arguments[2], isDirectory: true))
    exit(0)
}
guard FuzzTarget.chosen != nil else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("Fuzzer: COTERIE_FUZZ_TARGET: set it to one of \(names)\n".utf8))
    exit(64)
}
var count = CommandLine.argc
var words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
exit(
    unsafe LLVMFuzzerRunDriver(&count, &words) { bytes, count in
        FuzzTarget.chosen?.read(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
    }
)
