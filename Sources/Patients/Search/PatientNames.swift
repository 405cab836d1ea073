import Files

/// Sees to it that no two patients of a run have one name.
enum PatientNames {
    /// The patients, with the folders above them put before the names of those that are called alike. Those that are alike even
    /// then cannot be used.
    package static func distinct(_ found: [FoundPatient]) -> [Patient] {
        var names = found.map(\.patient.name)
        for joiner in ["_", "__"] {
            for index in alike(names) where found[index].parts.count > 1 {
                names[index] = found[index].parts.joined(separator: joiner)
            }
        }
        var patients = zip(found, names).map { found, name in
            var patient = found.patient
            if patient.name != name { (patient.name, patient.bids) = (name, nil) }
            return patient
        }
        let clashing = alike(names)
        var taken = Set(names)
        for index in clashing {
            let name = names[index]
            let others = clashing.filter { names[$0] == name && $0 != index }.map { patients[$0].folder }
            patients[index].problem = CollaGANError(
                .ambiguous, path: patients[index].folder,
                "\(patients[index].folder) and \(others.joined(separator: ", ")): the patients would all be called \(name);"
                    + " rename the folders")
            guard index != clashing.first(where: { names[$0] == name }) else { continue }
            let number = (2...).first { !taken.contains("\(name) (\($0))") } ?? 2
            patients[index].name = "\(name) (\(number))"
            taken.insert(patients[index].name)
        }
        return patients
    }

    /// Indices of names that stand more than once.
    private static func alike(_ names: [String]) -> [Int] {
        let counts = Dictionary(grouping: names) { $0 }.mapValues(\.count)
        return names.indices.filter { counts[names[$0], default: 0] > 1 }
    }
}
