import Preprocessing
import Records

extension ResultWarning {
    init(_ finding: InputFinding) {
        let code: Code =
            switch finding.kind {
            case .doubtfulMask: .doubtfulMask
            case .skull: .skullOn
            case .partialCoverage: .partialCoverage
            case .misaligned: .misaligned
            case .notFinite: .notFinite
            }
        self.init(code, finding.text)
    }
}
