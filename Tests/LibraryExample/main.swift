import CollaGANKit

let model = try Model.shipped()
for patient in try model.patients(in: "SampleData/missing-flair") {
    for contrast in patient.missing {
        let imputed = try model.impute(contrast, of: patient, threads: 2)
        try imputed.image.write(to: "\(patient.name)_\(contrast).nii.gz")
    }
}
for patient in try model.patients(in: "SampleData/complete") {
    let hidden = try model.impute("FLAIR", of: patient, from: ["T1", "T2"])
    print("\(patient.name): NMSE \(hidden.scores?.nmse ?? .nan), SSIM \(hidden.scores?.ssim ?? .nan)")
}
