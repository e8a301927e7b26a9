/// What `nouns.json` holds: the chosen nouns in the order of `nouns.txt`, and the centres they were chosen for.
package struct NounsRecord: Codable, Sendable, Equatable {
    package struct Noun: Codable, Sendable, Equatable {
        package var noun: String
        /// In the dataset of nouns.
        package var row: Int
        package var centre: Int
        /// By the filter's own measure: a probability under `tac`, more being better; the norm of a gradient under
        /// `gradnorm`, less being better; a cosine under `sic`.
        package var score: Double

        package init(noun: String, row: Int, centre: Int, score: Double) {
            self.noun = noun
            self.row = row
            self.centre = centre
            self.score = score
        }
    }

    package struct Centre: Codable, Sendable, Equatable {
        package var centre: Int
        /// Images whose nearest centre it is.
        package var size: Int
        /// Best first.
        package var nouns: [String]

        package init(centre: Int, size: Int, nouns: [String]) {
            self.centre = centre
            self.size = size
            self.nouns = nouns
        }
    }

    package var filter: String
    package var nouns: [Noun]
    package var centres: [Centre]

    package init(filter: String, nouns: [Noun], centres: [Centre]) {
        self.filter = filter
        self.nouns = nouns
        self.centres = centres
    }
}

extension NounsRecord {
    /// The text of `nouns.json`: a noun or a centre per line.
    package func json() throws -> String {
        """
        {"filter": \(try RecordText.line(filter)),
        "nouns": [
        \(try nouns.map(RecordText.line).joined(separator: ",\n"))
        ],
        "centres": [
        \(try centres.map(RecordText.line).joined(separator: ",\n"))
        ]}

        """
    }

    /// Reads the text of a `nouns.json`.
    /// - Throws: `DecodingError` when it is not one.
    package init(json: String) throws {
        self = try RecordText.read(NounsRecord.self, from: json)
    }
}
