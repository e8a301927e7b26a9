import Wire

/// Key pairs for the command line, which does not know the wire.
package enum KeyGeneration {
    /// Makes `public.key` and `secret.key` in a folder, which is made if need be.
    ///
    /// - Returns: the public key, 40 letters.
    /// - Throws: when there are keys already, or the files cannot be made.
    package static func run(in folder: String) throws -> String {
        try KeyFolder(folder).generate().description
    }
}
