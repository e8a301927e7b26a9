import Foundation

enum ProcessEnvironment {
    /// The variables this process was started with.
    static var current: [String: String] { ProcessInfo.processInfo.environment }
}
