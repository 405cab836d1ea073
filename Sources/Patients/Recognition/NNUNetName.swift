/// nnU-Net's file names: `<case>_<channel, four digits>`.
enum NNUNetName {
    /// Case and channel; nil if the name is made otherwise.
    package static func split(_ fileName: String) -> (caseName: String, channel: Int)? {
        let stem = ImageName.stem(fileName)
        let digits = stem.suffix(4)
        guard stem != fileName, digits.count == 4, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let channel = Int(digits)
        else { return nil }
        let rest = stem.dropLast(4)
        guard rest.last == "_", rest.count > 1 else { return nil }
        return (String(rest.dropLast()), channel)
    }
}
