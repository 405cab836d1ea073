import CNIfTI

/// Building the header of an output.
extension cnifti_fields {
    /// A header for `grid` without a source: NIfTI-1 (NIfTI-2 where the size asks for it), mm, scanner coordinates.
    static func new(_ grid: Grid) -> cnifti_fields {
        var fields = cnifti_fields()
        fields.version = grid.size.max() > Int(Int16.max) ? 2 : 1
        fields.xyzt_units = 2
        set(&fields.pixdim, [1, 1, 1, 1, 0, 0, 0, 0])
        fields.place(grid, code: 1, millimetres: 1)
        return fields
    }

    /// The fields of `header` with its geometry untouched where `grid` is the same, else with that of `grid` in the same world: the code and
    /// the unit of length stay.
    static func like(_ header: NIfTIHeader, _ grid: Grid) -> cnifti_fields {
        var fields = cnifti_fields()
        cnifti_decode(header.bytes, &fields)
        if !grid.isClose(to: header.grid) {
            let code = header.sformCode > 0 ? header.sformCode : header.qformCode > 0 ? header.qformCode : 2
            fields.place(grid, code: Int32(code), millimetres: header.millimetresPerUnit)
        }
        return fields
    }

    /// Puts in what every output shares: a 3-D size, the datatype, the scaling, the origin of the file.
    /// - Parameter extensions: bytes between the header and the voxels.
    mutating func finish(
        _ grid: Grid, _ datatype: NIfTIDatatype, _ encoder: VoxelEncoder, description: String, extensions: Int
    ) {
        set(&dim, [3, Int64(grid.size.x), Int64(grid.size.y), Int64(grid.size.z), 1, 1, 1, 1])
        self.datatype = Int32(datatype.rawValue)
        bitpix = Int32(8 * datatype.byteCount)
        vox_offset = Double((version == 1 ? 348 : 540) + extensions)
        (scl_slope, scl_inter) = (encoder.slope, encoder.intercept)
        set(&descrip, SyntheticMark.freeText(description))
    }

    /// Writes the grid's affine as sform and, where its axes are orthogonal, as the same qform.
    private mutating func place(_ grid: Grid, code: Int32, millimetres: Double) {
        let rows = grid.affine.scaled(by: 1 / millimetres).rows
        set(&srow, rows)
        sform_code = code
        var quaternion = [0.0, 0.0, 0.0]
        var steps = [0.0, 0.0, 0.0]
        var qfac = 1.0
        cnifti_quaternion_from_matrix(rows, &quaternion, &steps, &qfac)
        qform_code = grid.affine.isOrthogonal ? code : 0
        set(&quatern, quaternion)
        set(&qoffset, [rows[3], rows[7], rows[11]])
        let rest = elements(pixdim, of: Double.self).dropFirst(4)
        set(&pixdim, [qfac] + steps + rest)
    }
}

extension Affine {
    /// Whether the axes are at right angles, to 1e-5 in the cosine.
    fileprivate var isOrthogonal: Bool {
        [(i, j), (j, k), (k, i)].allSatisfy { abs(dot($0, $1)) <= 1e-5 * length($0) * length($1) }
    }
}

/// Fills a C array, which Swift sees as a tuple.
private func set<Tuple, Element>(_ tuple: inout Tuple, _ values: [Element]) {
    withUnsafeMutableBytes(of: &tuple) { to in
        values.withUnsafeBytes { from in
            precondition(from.count == to.count, "array of another length")
            to.copyMemory(from: from)
        }
    }
}
