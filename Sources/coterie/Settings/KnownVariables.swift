/// Variables of the environment that are no settings of a command.
enum KnownVariables {
    /// Read by every command, by the tests, or by the package's manifest.
    static let others: Set = [
        "COTERIE_CONFIG", "COTERIE_KERNEL", "COTERIE_LOG_LEVEL", "COTERIE_DATA", "COTERIE_FUZZ", "COTERIE_FUZZ_TARGET",
        "COTERIE_LONG_TESTS", "COTERIE_REFERENCE", "COTERIE_REWRITE", "COTERIE_STRICT", "COTERIE_TEST_PATIENCE",
    ]
}
