/// Negative numbers as values of options.
///
/// ArgumentParser takes `--seed -1` for two options and says that the first has no value. Joined with `=` the number
/// reaches the option's own reader, which says what it would have taken.
enum NegativeValues {
    static func joined(to options: [CommandOption], in arguments: [String]) -> [String] {
        let takingValues = Set(options.filter { !$0.isFlag }.flatMap(\.spellings))
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var words: [String] = []
        for (index, word) in arguments.enumerated() {
            if index < end, let last = words.last, takingValues.contains(last), isNegative(word) {
                words[words.count - 1] = "\(last)=\(word)"
            } else {
                words.append(word)
            }
        }
        return words
    }

    private static func isNegative(_ word: String) -> Bool {
        word.hasPrefix("-") && word.dropFirst().first.map { $0.isNumber || $0 == "." } == true
    }
}
