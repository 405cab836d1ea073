#if LIBFUZZER
    import Foundation

    private let workplace = try? Workplace.make()

    /// What libFuzzer calls with every input; it keeps those that reach new code.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        guard let workplace else { fatalError("no folder to work in") }
        let input = Array(UnsafeBufferPointer(start: bytes, count: count))
        let isCompressed = input.starts(with: [0x1f, 0x8b])
        let path = isCompressed ? workplace.compressed : workplace.plain
        do {
            try workplace.put(input, at: path)
            _ = try ReaderProbe.examine(path, content: isCompressed ? nil : input)
        } catch {
            fatalError("\(error)")
        }
        return 0
    }
#endif
