/// How a folder of patients is laid out.
package enum Layout: String, Sendable, Codable, CaseIterable {
    /// Found out by looking: BIDS, nnU-Net, else folders of patients.
    case auto
    /// One folder per patient.
    case plain
    /// One folder per patient, perhaps below folders of grades (`HGG`, `LGG`).
    case brats
    /// `sub-*/[ses-*/]anat`.
    case bids
    /// All cases in one folder (`imagesTr`), files named `<case>_0000.nii.gz` by channel.
    case nnunet
}
