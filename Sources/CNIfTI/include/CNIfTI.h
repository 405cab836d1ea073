/// A narrow wrapper over libnifti2 and zlib. Every function returns a code or a plain struct, prints nothing and never exits.
#ifndef CNIFTI_H
#define CNIFTI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CNIFTI_MAX_HEADER 540

typedef enum {
    CNIFTI_OK = 0,
    CNIFTI_END,           ///< the data ended where they may end
    CNIFTI_TRUNCATED,     ///< the gzip stream stops before its end
    CNIFTI_CORRUPT,       ///< the gzip stream is damaged or its checksum is wrong
    CNIFTI_NOT_REGULAR,   ///< a folder, pipe or device
    CNIFTI_SYSTEM,        ///< the system refused: see errno
    CNIFTI_MISMATCH,      ///< libnifti reads something else than what was written
} cnifti_status;

/// The fields of a NIfTI-1 or NIfTI-2 header, in the machine's byte order, numbers unchanged.
typedef struct {
    int32_t version;      ///< 1 or 2
    bool swapped;         ///< stored in the other byte order than this machine's
    char magic[8];
    int32_t datatype;
    int32_t bitpix;
    int64_t dim[8];
    double pixdim[8];
    double vox_offset;
    double scl_slope;
    double scl_inter;
    int32_t qform_code;
    int32_t sform_code;
    double quatern[3];    ///< b, c, d
    double qoffset[3];
    double srow[12];      ///< rows x, y, z
    int32_t xyzt_units;
    int32_t intent_code;
    char descrip[80];
} cnifti_fields;

/// Length of the header that starts with these 4 bytes: 348, 540, or 0 if it is neither in any byte order.
size_t cnifti_header_length(const uint8_t *bytes);

/// Decodes a header of `cnifti_header_length` bytes.
void cnifti_decode(const uint8_t *bytes, cnifti_fields *fields);

/// Encodes in this machine's byte order: the bytes of `source` (a header of the same version; NULL for an empty one) with `fields` put in.
/// Auxiliary file, calibration range and slice timing are cleared. Returns the length.
size_t cnifti_encode(const uint8_t *source, const cnifti_fields *fields, uint8_t out[CNIFTI_MAX_HEADER]);

/// Voxel-to-world rows (3 x 4) of a qform; step sizes must be positive.
void cnifti_matrix_from_quaternion(const double quatern[3], const double offset[3], const double step[3], double qfac, double rows[12]);

/// The rotation nearest to voxel-to-world rows as a quaternion, the step sizes and qfac.
void cnifti_quaternion_from_matrix(const double rows[12], double quatern[3], double step[3], double *qfac);

/// A regular file being read from front to back, through gzip if it starts with gzip's magic bytes.
typedef struct cnifti_reader cnifti_reader;

/// Opens without ever blocking on a pipe. On CNIFTI_SYSTEM errno tells why.
cnifti_status cnifti_reader_open(const char *path, cnifti_reader **reader);
int64_t cnifti_reader_file_size(const cnifti_reader *reader);
bool cnifti_reader_is_gzip(const cnifti_reader *reader);
/// Reads up to `count` bytes and stores how many came. CNIFTI_OK: all of them; CNIFTI_END: the data ended first.
cnifti_status cnifti_reader_read(cnifti_reader *reader, void *into, int64_t count, int64_t *got);
void cnifti_reader_close(cnifti_reader *reader);

/// A new file being written, gzip-compressed or not. Same input, same bytes: no name and no time in the gzip header.
typedef struct cnifti_writer cnifti_writer;

/// Creates `path`, which must not exist.
cnifti_status cnifti_writer_open(const char *path, bool gzip, cnifti_writer **writer);
cnifti_status cnifti_writer_write(cnifti_writer *writer, const void *bytes, int64_t count);
/// Flushes to the disk and closes; the writer is gone afterwards, whatever the result.
cnifti_status cnifti_writer_close(cnifti_writer *writer);

/// Has libnifti read the file back and compares it with what was meant: header fields and voxels (floating-point ones where finite, since
/// libnifti replaces the others by 0).
cnifti_status cnifti_verify(const char *path, const cnifti_fields *fields, const void *voxels, int64_t count);

/// Whether the system would give this much memory.
bool cnifti_can_allocate(int64_t bytes);

#endif
