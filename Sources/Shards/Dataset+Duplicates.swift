extension Dataset {
    /// Groups of files with the same bytes, by their SHA-256, each group and the groups in the order of rows.
    ///
    /// Reads every file that shares its size with another, so it is for `inspect` and not for every job.
    ///
    /// - Throws: `.noInput` or `.inputOutput` if a file can no longer be opened.
    package func identicalFiles() throws(ShardError) -> [[DatasetFile]] {
        var groups: [String: [Int]] = [:]
        // Empty shards are all alike and say nothing twice.
        for (index, file) in files.enumerated() where file.rows > 0 {
            let hasTwin = files.indices.contains { $0 != index && files[$0].byteCount == file.byteCount }
            guard hasTwin else { continue }
            groups[try Digest.hexadecimal(ofFile: file.path), default: []].append(index)
        }
        return groups.values
            .filter { $0.count > 1 }
            .sorted { $0[0] < $1[0] }
            .map { $0.map { files[$0] } }
    }
}
