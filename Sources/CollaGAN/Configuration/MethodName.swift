/// Ways to learn to synthesise contrasts, by the names that training files and model files give them
/// (docs/explanation/methods.md).
package enum MethodName: String, Sendable, Codable, CaseIterable {
    case collagan, stargan, cyclegan, pix2pix
}
