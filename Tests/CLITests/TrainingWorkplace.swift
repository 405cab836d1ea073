import Foundation

/// A folder with patients in `in` and a configuration in `c.yaml`, to train on in a blink.
struct TrainingWorkplace {
    /// A small network.
    static let small = """
        ngf: 4
        crop: {height: 96, width: 96}
        spacing: 1.2

        """
    /// One generator pass a step.
    static let direct =
        small + "weights: {cycle: 0, ssim: 0, adversarial: 0, classification: 0, reconstruction: 1}\n"

    let work: Workplace

    init(_ yaml: String) throws {
        work = try Workplace()
        try configure(yaml)
    }

    /// With patients p1, p2 and so on.
    init(_ yaml: String, patients: Int, _ contrasts: [String] = ["T1", "T2"]) throws {
        try self.init(yaml)
        for number in 1...patients { try add("p\(number)", contrasts, seed: number) }
    }

    func configure(_ yaml: String) throws {
        try Data(yaml.utf8).write(to: work.root.appending(path: "c.yaml"))
    }

    /// `seed` tells patients apart.
    func add(_ patient: String, _ contrasts: [String] = ["T1", "T2"], seed: Int) throws {
        try Phantom.write(contrasts, to: work.root.appending(path: "in/\(patient)"), seed: seed)
    }

    func remove(_ relative: String) throws {
        try FileManager.default.removeItem(at: work.root.appending(path: relative))
    }

    func move(_ relative: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: work.path(relative), toPath: work.path(other))
    }

    /// Makes an image's name lead nowhere.
    func breakLink(_ relative: String) throws {
        let path = work.path(relative)
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/nonexistent")
    }

    func arguments(_ out: String = "model") -> [String] {
        ["train", work.path("in"), "--config", work.path("c.yaml"), "--out", work.path(out)]
    }

    func train(_ more: String..., out: String = "model") throws -> CLI { try CLI(arguments(out) + more) }

    /// Part by patient as `split.json` has it.
    func parts(_ file: String = "model/split.json") throws -> [String: String] {
        let patients = try work.json(file)["patients"] as? [[String: Any]] ?? []
        return Dictionary(
            uniqueKeysWithValues: patients.map { ($0["name"] as? String ?? "", $0["part"] as? String ?? "") })
    }
}
