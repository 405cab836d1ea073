/// Names of the generator's weights in a PyTorch module of the same layers (`Tests/CrossChecks/torch_collagan.py`), beside
/// those of method.md §8; layouts are the same.
struct StateDictionary {
    /// Ours and PyTorch's, in the order of the network.
    let names: [(own: String, torch: String)]

    init(encoders: Int, hasSkip: Bool) {
        var names: [(own: String, torch: String)] = []
        func norms(_ own: String, _ torch: String) {
            for index in 1...2 {
                for (part, module) in [("conv", "c"), ("norm", "n")] {
                    for kind in ["weight", "bias"] {
                        names.append(("\(own).\(part)\(index).\(kind)", "\(torch).\(index - 1).\(module).\(kind)"))
                    }
                }
            }
        }
        func attention(_ own: String, _ torch: String) {
            for index in 1...3 {
                for kind in ["weight", "bias"] {
                    names.append(("\(own).attention.fc\(index).\(kind)", "\(torch).m.\(2 * index - 2).\(kind)"))
                }
            }
        }
        for encoder in 0..<encoders {
            for level in 0..<4 {
                let own = "generator.encoder.\(encoder).level\(level)"
                norms(own, "br.\(encoder).blocks.\(level)")
                names.append(("\(own).down.weight", "br.\(encoder).pools.\(level).weight"))
            }
        }
        norms("generator.bottleneck", "mid")
        attention("generator.bottleneck", "midatt")
        for level in (0..<4).reversed() {
            let (own, place) = ("generator.decoder.level\(level)", 3 - level)
            for kind in ["weight", "bias"] { names.append(("\(own).up.\(kind)", "up.\(place).\(kind)")) }
            norms(own, "dec.\(place)")
            if level > 0 { attention(own, "att.\(place)") }
        }
        names.append(("generator.head.weight", "out.weight"))
        if hasSkip { names.append(("generator.skip.weight", "skip")) }
        self.names = names
    }
}
