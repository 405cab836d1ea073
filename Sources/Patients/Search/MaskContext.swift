/// What a mask is that its name says nothing of, from the files beside it.
enum MaskContext {
    /// A patient's files, without bare masks where another file is the brain mask or masks are regions to be filled.
    static func resolved(_ files: [Recognition]) -> [Recognition] {
        let brain = files.first { $0.sign == .brainMask && $0.role == .brainMask }
        let filled = files.first { $0.sign == .inpainting }
        guard brain != nil || filled != nil else { return files }
        return files.map { file in
            guard file.sign == .bareMask, file.role == .brainMask else { return file }
            let reason =
                if let filled {
                    "lies beside \(filled.file), so that it is a region to be filled"
                } else {
                    "says only 'mask', and \(brain?.file ?? "") says that it is the brain's"
                }
            return Recognition(path: file.path, role: .unrecognised, reason: reason)
        }
    }
}
