import Foundation
import Testing

/// The house stays one in which data flow one way (docs/explanation/architecture.md). Between targets the compiler sees
/// to it; inside a target, this.
struct StructureTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")
    private static let targets =
        ((try? FileManager.default.contentsOfDirectory(atPath: sources.path)) ?? []).sorted()

    @Test(arguments: targets) func foldersOfATargetUseEachOtherOneWay(_ target: String) throws {
        let arrows = try FolderArrows(Self.sources.appending(path: target))
        for circle in arrows.circles { Issue.record("\(target):\n\(arrows.explanation(of: circle))") }
    }

    @Test func allTargetsAreLookedAt() { #expect(Self.targets.contains("Pipeline") && Self.targets.count > 5) }

    @Test func aPlantedCircleIsFound() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "collagan-structure-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        func write(_ path: String, _ text: String) throws {
            let url = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        try write("Low/Stone.swift", "public struct Stone {}\n// Wall and Roof are built of it.\nlet text = \"Roof\"\n")
        try write("Middle/Wall.swift", "final class Wall { let stones: [Stone] = [] }\n")
        try write("High/Roof.swift", "enum Roof { static func on(_ wall: Wall) {} }\n")
        #expect(try FolderArrows(root).circles.isEmpty)
        try write("Low/Quarry.swift", "extension Stone { var above: Roof.Type { Roof.self } }\n")
        let arrows = try FolderArrows(root)
        #expect(arrows.circles == [["High", "Low", "Middle"]])
        #expect(arrows.explanation(of: arrows.circles[0]).contains("Low → High: Low/Quarry.swift uses Roof"))
    }
}
