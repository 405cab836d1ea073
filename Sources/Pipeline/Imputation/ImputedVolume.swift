import CollaGAN
import Files
import Patients
import Preprocessing
import Volumes

/// What the network made of a contrast, on the patient's own grid.
package struct ImputedVolume: Sendable {
    /// In the intensities of the file that it is written like.
    package let volume: Volume
    /// The file whose grid and datatype the volume takes: the hidden contrast's own, else the reference contrast's.
    package let header: NIfTIHeader
    /// Voxel value ÷ scale = normalised intensity.
    package let scale: Float
    /// Voxel value ÷ metric scale = intensity as the metrics take it: the hidden contrast's 99.5th percentile, else the
    /// image's own.
    package let metricScale: Float

    /// - Parameter image: laid out as the task's slices, normalised.
    /// - Throws: `CollaGANError.Code.unusablePatient` for a patient without contrasts.
    package init(
        _ image: [Float], of task: TargetTask, _ headers: PatientHeaders, _ description: ModelDescription
    ) throws(CollaGANError) {
        let own = task.truth == nil ? nil : headers.contrasts[task.target]
        guard let header = own ?? headers.contrasts.lazy.compactMap({ $0 }).first else {
            throw CollaGANError(
                .unusablePatient, path: headers.patient.folder, "\(headers.patient.folder): no contrast")
        }
        self.header = header
        scale = task.truth?.scale ?? description.referenceScales[task.target]
        volume = task.prepared.volume(fromImage: image, scale: scale).placed(on: header.grid)
        metricScale =
            task.truth?.percentile ?? Normalisation.metrics.scale(of: volume.voxels.filter { $0 > 0 }) ?? scale
    }

    /// As the metrics take it.
    package var inMetricUnits: Volume { inMetricUnits(volume) }

    /// The same volume as it came back from a file.
    func inMetricUnits(_ written: Volume) -> Volume {
        Volume(
            grid: header.grid, voxels: written.voxels.map { Normalisation.metrics.normalise($0, scale: metricScale) })
    }
}
