extension SurveyResult: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        rows = try reader.read()
        nonFinite = try reader.read()
        zero = try reader.read()
        largest = try reader.read()
        least = try reader.read()
        leastNorm = try reader.read()
        greatestNorm = try reader.read()
        longestRow = try reader.read()
        meanNorm = try reader.read()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(rows)
        writer.write(nonFinite)
        writer.write(zero)
        writer.write(largest)
        writer.write(least)
        writer.write(leastNorm)
        writer.write(greatestNorm)
        writer.write(longestRow)
        writer.write(meanNorm)
    }
}

extension SurveyResult.FoundRows: ModelCoded {
    package init(from reader: inout ModelReader) throws {
        count = try reader.read()
        first = try reader.readNumbers()
    }

    package func write(to writer: inout ModelWriter) {
        writer.write(count)
        writer.write(numbers: first)
    }
}
