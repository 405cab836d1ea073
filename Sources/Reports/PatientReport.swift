import Records

/// The page about one patient; `html()` lays it out.
package struct PatientReport: Sendable {
    package var record: PatientRecord
    /// The model's contrasts.
    package var order: [String]
    /// Pictures, by imputed contrast.
    package var galleries: [String: SliceGallery]

    package init(_ record: PatientRecord, order: [String], galleries: [String: SliceGallery]) {
        (self.record, self.order, self.galleries) = (record, order, galleries)
    }

    var contrasts: [NamedContrast] { record.contrasts(in: order) }
    var provenance: Provenance {
        var provenance = Provenance(model: record.model, computed: record.computed)
        provenance.software = record.software
        return provenance
    }
}
