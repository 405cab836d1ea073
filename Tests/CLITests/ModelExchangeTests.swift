import Foundation
import NeuralNet
import TestSupport
import Testing

/// `model export` and `model import`. What runtimes make of the graph: Tests/CrossChecks/exchange.py.
struct ModelExchangeTests {
    private func export(_ work: Workplace, _ file: String, _ more: [String]) throws -> CLI {
        try CLI(["model", "export", work.model, "--out", work.path(file)] + more)
    }

    @Test func aStateDictionaryComesBackToTheBit() throws {
        let work = try Workplace()
        let base = try CLI(["model", "import", work.model, "--out", work.path("x.safetensors")])
        #expect(base.status == 2)
        #expect(base.errorLines.count == 1 && base.errors.contains("is not a state dictionary"), "\(base.errors)")

        #expect(try export(work, "one.pt", ["--format", "pytorch"]).status == 0)
        #expect(try CLI(["model", "import", work.path("one.pt"), "--out", work.path("one")]).status == 0)
        let again = try CLI(["model", "export", work.path("one"), "--out", work.path("two.pt"), "--format", "pytorch"])
        #expect(again.status == 0)
        let back = try CLI(["model", "import", work.path("two.pt"), "--out", work.path("two"), "--name", "tiny"])
        #expect(back.status == 0, "\(back.errors)")
        #expect(try work.data("one") == work.data("two"))
        let (before, after) = (try Safetensors.read(work.model), try Safetensors.read(work.path("one")))
        #expect(before.tensors.filter { $0.key.hasPrefix("generator.") } == after.tensors)
        #expect(after.metadata["crop"] == before.metadata["crop"])
        #expect(after.metadata["modelCard"] == nil)
    }

    @Test func tensorsWithoutDescriptionNeedAModelOfTheSameKind() throws {
        let work = try Workplace()
        #expect(try export(work, "one.pt", ["--format", "pytorch"]).status == 0)
        var file = try Safetensors.read(work.path("one.pt"))
        file.metadata = [:]
        try file.write(to: work.path("bare"))
        let bare = try CLI(["model", "import", work.path("bare"), "--out", work.path("x")])
        #expect(bare.status == 2 && bare.errorLines.count == 1 && bare.errors.contains("--like"), "\(bare.errors)")
        let like = try CLI([
            "model", "import", work.path("bare"), "--out", work.path("y"), "--like", work.model, "--name", "other",
        ])
        #expect(like.status == 0, "\(like.errors)")
        #expect(try Safetensors.read(work.path("y")).metadata["name"] == "other")

        for (name, change) in [
            ("missing", { (file: inout Safetensors) in file.tensors["out.weight"] = nil }),
            ("unknown", { $0.tensors["extra"] = Safetensors.Entry(shape: [1], values: [0]) }),
            ("infinite", { $0.tensors["mid.0.n.weight"]?.values[0] = .infinity }),
            ("shape", { $0.tensors["mid.0.n.weight"]?.shape = [1] }),
        ] {
            var broken = file
            change(&broken)
            if name == "shape" { broken.tensors["mid.0.n.weight"]?.values = [1] }
            try broken.write(to: work.path(name))
            let run = try CLI(["model", "import", work.path(name), "--out", work.path("z"), "--like", work.model])
            #expect(run.status == 2 && run.errorLines.count == 1, "\(name): \(run.errors)")
            #expect(!work.exists("z"))
        }
    }

    @Test func graphsAreTheSameBytesAndSayWhatTheyAre() throws {
        let work = try Workplace()
        let run = try export(work, "one.onnx", ["--format", "onnx", "--dynamic", "--json", "--licence", "CC0-1.0"])
        #expect(run.status == 0, "\(run.errors)")
        let json = try run.json()
        #expect(json["format"] as? String == "onnx" && json["name"] as? String == "tiny")
        #expect(try export(work, "two.onnx", ["--format", "onnx", "--dynamic", "--licence", "CC0-1.0"]).status == 0)
        let (one, two) = (try work.data("one.onnx"), try work.data("two.onnx"))
        #expect(one == two)
        #expect(json["bytes"] as? Int == one.count)
        for text in ["cropMultiple", "CC0-1.0", "modelCard", "T1,T1Gd,T2,FLAIR", "height"] {
            #expect(one.range(of: Data(text.utf8)) != nil, "\(text)")
        }
        #expect(try export(work, "three.onnx", ["--format", "onnx"]).status == 0)
        #expect(try work.data("three.onnx").range(of: Data("height".utf8)) == nil)
    }

    @Test func refusals() throws {
        let work = try Workplace()
        try Data("no model".utf8).write(to: work.root.appending(path: "text"))
        for (file, out) in [("nowhere", "x"), ("text", "x"), ("tiny.safetensors", "none/x"), ("tiny.safetensors", ".")]
        {
            for format in ["onnx", "pytorch"] {
                let run = try CLI(["model", "export", work.path(file), "--out", work.path(out), "--format", format])
                #expect(run.status == 2 && run.errorLines.count == 1, "\(file) \(out): \(run.errors)")
            }
        }
        let before = try work.data("tiny.safetensors")
        let over = try CLI(["model", "export", work.model, "--out", work.model, "--format", "pytorch"])
        #expect(over.status == 2 && over.errors.contains("--out"), "\(over.errors)")
        #expect(try work.data("tiny.safetensors") == before)
        #expect(work.files(".").sorted() == ["text", "tiny.safetensors"])
    }
}
