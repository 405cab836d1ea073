extension MethodName {
    /// The table of methods.
    package var kind: any Method.Type {
        switch self {
        case .collagan: CollaGANMethod.self
        case .stargan: StarGANMethod.self
        case .cyclegan: CycleGANMethod.self
        case .pix2pix: Pix2PixMethod.self
        }
    }
}
