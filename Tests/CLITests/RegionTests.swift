import Foundation
import Testing

/// Scores where there is a lesion, and where an image equals the truth.
struct RegionTests {
    @Test func outsideTheLesionAndEqualImages() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "in/p1")
        try Phantom.write(["T1", "T2", "FLAIR"], to: folder)
        // T1Gd is T1 once more, so that its copy is perfect; the lesion is a box.
        try FileManager.default.copyItem(
            at: folder.appending(path: "T1.nii.gz"), to: folder.appending(path: "T1Gd.nii.gz"))
        try Phantom.writeLesion(to: folder)
        let run = try CLI(["evaluate", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 0, "\(run.errors)")
        let text = String(decoding: try work.data("out/p1/metrics.json"), as: UTF8.self)
        #expect(!text.contains("inf") && !text.contains("\"nan\""))

        let contrasts = try work.json("out/p1/metrics.json")["contrasts"] as? [String: [String: Any]]
        let baselines = try #require(contrasts?["T1"]?["baselines"] as? [String: Any])
        let copy = try #require((baselines["copies"] as? [String: [String: Any]])?["T1Gd"])
        for region in ["", "_brain", "_lesion", "_outside_lesion"] {
            #expect(copy["psnr\(region)"] is NSNull && copy["nmse\(region)"] as? Double == 0)
        }
        let scores = try #require(contrasts?["T1"]?["scores"] as? [String: Any])
        // Squared errors add up: the brain's NMSE lies between those inside and outside the lesion.
        let parts = try ["nmse_lesion", "nmse_brain", "nmse_outside_lesion"].map {
            try #require(scores[$0] as? Double)
        }
        #expect(parts[1] >= min(parts[0], parts[2]) && parts[1] <= max(parts[0], parts[2]))

        let lines = String(decoding: try work.data("out/metrics.csv"), as: UTF8.self).split(separator: "\r\n")
        let columns = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let cells = lines[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        func cell(_ column: String) throws -> String { cells[try #require(columns.firstIndex(of: column))] }
        #expect(try cell("contrast") == "T1" && cell("copy_of") == "T1Gd")
        // JSONSerialization, not the file, may be off by the last bit.
        let inTable = try #require(try Double(cell("nmse_outside_lesion")))
        #expect(abs(inTable - parts[2]) < 1e-14 * parts[2])
        #expect(text.contains("\"nmse_outside_lesion\" : \(inTable)"))
        #expect(try cell("copy_psnr_outside_lesion") == "inf")
        #expect(try Double(cell("zero_fill_nmse_outside_lesion")) == 1)
        #expect(columns.contains("regression_ssim_outside_lesion"))

        let challenge = try #require(contrasts?["T1"]?["challenge"] as? [String: Any])
        for key in ["brasyn_ssim_tumor", "brasyn_ssim_healthy", "inpainting_ssim", "inpainting_psnr"] {
            let value = try #require(challenge[key] as? Double)
            #expect(abs(try #require(try Double(cell("challenge_\(key)"))) - value) < 1e-12)
        }
        #expect(challenge["brasyn_ssim_tumor_interior"] is NSNull, "the volume has 6 slices")
        #expect((challenge["definitions"] as? [String: String])?["inpainting_mse"]?.contains("squared error") == true)
    }
}
