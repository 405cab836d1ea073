import Foundation
import Testing

struct TargetNameTests {
    @Test func targetsMayHaveOtherNames() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p"))
        for (name, contrast) in [("flair", "FLAIR"), ("t1ce", "T1Gd"), ("T1POST", "T1Gd")] {
            let out = "out-\(name)"
            let run = try CLI([
                "impute", work.path("in"), "--out", work.path(out), "--model", work.model, "--targets", name,
            ])
            #expect(run.status == 0, "\(run.errors)")
            #expect(work.files(out).filter { $0.hasSuffix(".nii.gz") } == ["p/p_\(contrast)_imputed.nii.gz"])
        }
        let evaluate = try CLI([
            "evaluate", work.path("in"), "--out", work.path("out"), "--model", work.model, "--targets", "t2w",
        ])
        #expect(evaluate.status == 0, "\(evaluate.errors)")
        #expect(work.exists("out/p/p_T2_imputed.nii.gz") && !work.exists("out/p/p_T1_imputed.nii.gz"))
    }

    @Test func targetsOfAPipelineFileToo() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p"))
        let text =
            "input: {patients: in}\nmodel: {file: tiny.safetensors}\nimputation: {targets: [Flair]}\noutputs: {folder: out}\n"
        try Data(text.utf8).write(to: work.root.appending(path: "p.yaml"))
        let run = try CLI(["run", work.path("p.yaml")])
        #expect(run.status == 0, "\(run.errors)")
        #expect(work.exists("out/p/p_FLAIR_imputed.nii.gz") && !work.exists("out/p/p_T1Gd_imputed.nii.gz"))
    }
}
