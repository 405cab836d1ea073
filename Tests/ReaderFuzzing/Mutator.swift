import TestSupport

/// Damages files: fields of the header with values that hurt, loose bytes, lengths, the compressed stream.
enum Mutator {
    /// One to five damages to the (not compressed) file of a seed.
    static func damage(_ seed: Seed, _ random: inout SplitMix64) -> [UInt8] {
        var bytes = seed.bytes
        let fields = HeaderField.all(version: seed.version)
        for _ in 0...random.below(5) {
            switch random.below(20) {
            case 0..<13: setField(&bytes, fields, seed.isBigEndian, &random)
            case 13: copyField(&bytes, fields, &random)
            case 14: swapField(&bytes, fields, &random)
            case 15, 16: flipBits(&bytes, &random)
            case 17: fillRun(&bytes, &random)
            case 18: changeLength(&bytes, &random)
            default:
                let other = Seed(&random).bytes
                let cut = random.below(min(bytes.count, other.count) + 1)
                bytes = Array(bytes[..<cut] + other[cut...])
            }
            if bytes.isEmpty { break }
        }
        return bytes
    }

    /// One to three damages to a compressed stream.
    static func damageStream(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var out = bytes
        for _ in 0...random.below(3) where !out.isEmpty {
            switch random.below(8) {
            case 0...2: flipBits(&out, &random)
            case 3: fillRun(&out, &random)
            case 4: out.removeLast(random.below(out.count) + 1)
            case 5: out += (0..<random.below(64)).map { _ in UInt8.random(in: 0...255, using: &random) }
            case 6: out += bytes
            default: out[random.below(min(18, out.count))] = UInt8.random(in: 0...255, using: &random)
            }
        }
        return out
    }

    private static let wholes: [Int64] = [
        0, 1, -1, 2, 3, 4, 5, 7, 8, 16, 32, 64, 127, 128, 255, 256, 348, 352, 512, 540, 544, 768, 1024, 1280, 1536,
        3001, 32767,
        -32768, 65535, 1 << 20, 1 << 24, 1 << 30, 1 << 31, -1 << 31, 1 << 32, 1 << 40, 1 << 62, .max, .min, .max - 1,
    ]
    private static let reals: [Double] = [
        0, -0.0, 1, -1, 0.5, 1e-5, 1e-30, .leastNonzeroMagnitude, 1e-45, 1e4, 1e6, 1e10, 3.4e38, -3.4e38, 1e300, .nan,
        -.nan, .infinity,
        -.infinity, .signalingNaN, .greatestFiniteMagnitude, 352, 352.5, 544, -352, 2147483648, 1.8e19, 9.3e18,
    ]

    private static func setField(
        _ bytes: inout [UInt8], _ fields: [HeaderField], _ isBigEndian: Bool, _ random: inout SplitMix64
    ) {
        let field = fields[random.below(fields.count)]
        let width = field.kind.width
        let offset = field.place(random.below(field.count))
        guard offset + width <= bytes.count else { return }
        let isReal = field.kind == .float32 || field.kind == .float64
        switch random.below(6) {
        case 0: bytes.store(bits: random.next(), width: width, at: offset, isBigEndian)
        case 1:
            let near = bytes.load(width: width, at: offset, isBigEndian) &+ random.below(5) &- 2
            bytes.store(bits: UInt64(bitPattern: Int64(near)), width: width, at: offset, isBigEndian)
        case 2 where isReal:
            let value = Double.random(in: -10...10, using: &random)
            bytes.store(value, field.kind, at: offset, isBigEndian)
        default:
            if isReal {
                bytes.store(reals[random.below(reals.count)], field.kind, at: offset, isBigEndian)
            } else {
                let value = UInt64(bitPattern: wholes[random.below(wholes.count)])
                bytes.store(bits: value, width: width, at: offset, isBigEndian)
            }
        }
    }

    private static func copyField(_ bytes: inout [UInt8], _ fields: [HeaderField], _ random: inout SplitMix64) {
        let (from, to) = (fields[random.below(fields.count)], fields[random.below(fields.count)])
        for n in 0..<from.kind.width * from.count where max(from.offset, to.offset) + n < bytes.count {
            bytes[to.offset + n] = bytes[from.offset + n]
        }
    }

    private static func swapField(_ bytes: inout [UInt8], _ fields: [HeaderField], _ random: inout SplitMix64) {
        let field = fields[random.below(fields.count)]
        let (start, end) = (field.offset, field.place(field.count))
        guard end <= bytes.count else { return }
        for element in stride(from: start, to: end, by: field.kind.width) {
            bytes[element..<element + field.kind.width].reverse()
        }
    }

    private static func flipBits(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        for _ in 0...random.below(4) { bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8)) }
    }

    private static func fillRun(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let value: UInt8 = [0, 1, 0x7f, 0x80, 0xff, 0xc0, 0x20][random.below(7)]
        let start = random.below(bytes.count)
        for n in start..<min(start + 1 + random.below(16), bytes.count) { bytes[n] = value }
    }

    private static func changeLength(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        switch random.below(3) {
        case 0: bytes.removeLast(random.below(bytes.count))
        case 1: bytes += [UInt8](repeating: 0, count: random.below(300))
        default: bytes += [UInt8](repeating: 7, count: random.once(in: 20) ? 100_000 : 8)
        }
    }
}
