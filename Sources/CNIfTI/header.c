#include "CNIfTI.h"

#include <nifti/nifti2_io.h>
#include <string.h>

#define COPY(to, from) memcpy((to), (from), sizeof(to))
#define EACH(i, n) for (int i = 0; i < (n); i++)

_Static_assert(sizeof(nifti_1_header) == 348, "NIfTI-1 header");
_Static_assert(sizeof(nifti_2_header) == CNIFTI_MAX_HEADER, "NIfTI-2 header");

size_t cnifti_header_length(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, 4);
    EACH(order, 2) {
        if (value == 348 || value == 540) return value;
        value = __builtin_bswap32(value);
    }
    return 0;
}

static bool is_swapped(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, 4);
    return value != 348 && value != 540;
}

// The two headers have the same fields in other widths: one list for both.
#define DECODE_COMMON(h, f)                                              \
    (f)->datatype = (h).datatype;                                        \
    (f)->bitpix = (h).bitpix;                                            \
    EACH(n, 8) (f)->dim[n] = (h).dim[n];                                 \
    EACH(n, 8) (f)->pixdim[n] = (h).pixdim[n];                           \
    (f)->vox_offset = (double)(h).vox_offset;                            \
    (f)->scl_slope = (h).scl_slope;                                      \
    (f)->scl_inter = (h).scl_inter;                                      \
    (f)->qform_code = (h).qform_code;                                    \
    (f)->sform_code = (h).sform_code;                                    \
    (f)->quatern[0] = (h).quatern_b;                                     \
    (f)->quatern[1] = (h).quatern_c;                                     \
    (f)->quatern[2] = (h).quatern_d;                                     \
    (f)->qoffset[0] = (h).qoffset_x;                                     \
    (f)->qoffset[1] = (h).qoffset_y;                                     \
    (f)->qoffset[2] = (h).qoffset_z;                                     \
    EACH(n, 4) (f)->srow[n] = (h).srow_x[n];                             \
    EACH(n, 4) (f)->srow[4 + n] = (h).srow_y[n];                         \
    EACH(n, 4) (f)->srow[8 + n] = (h).srow_z[n];                         \
    (f)->xyzt_units = (h).xyzt_units;                                    \
    (f)->intent_code = (h).intent_code;                                  \
    COPY((f)->descrip, (h).descrip);                                     \
    memcpy((f)->magic, (h).magic, sizeof((h).magic))

// The opposite; narrowing casts are safe because the caller has checked the ranges of sizes and codes.
#define ENCODE_COMMON(h, f, real)                                        \
    (h).datatype = (int16_t)(f)->datatype;                               \
    (h).bitpix = (int16_t)(f)->bitpix;                                   \
    EACH(n, 8) (h).dim[n] = (__typeof__((h).dim[0]))(f)->dim[n];         \
    EACH(n, 8) (h).pixdim[n] = (real)(f)->pixdim[n];                     \
    (h).vox_offset = (__typeof__((h).vox_offset))(f)->vox_offset;        \
    (h).scl_slope = (real)(f)->scl_slope;                                \
    (h).scl_inter = (real)(f)->scl_inter;                                \
    (h).qform_code = (__typeof__((h).qform_code))(f)->qform_code;        \
    (h).sform_code = (__typeof__((h).sform_code))(f)->sform_code;        \
    (h).quatern_b = (real)(f)->quatern[0];                               \
    (h).quatern_c = (real)(f)->quatern[1];                               \
    (h).quatern_d = (real)(f)->quatern[2];                               \
    (h).qoffset_x = (real)(f)->qoffset[0];                               \
    (h).qoffset_y = (real)(f)->qoffset[1];                               \
    (h).qoffset_z = (real)(f)->qoffset[2];                               \
    EACH(n, 4) (h).srow_x[n] = (real)(f)->srow[n];                       \
    EACH(n, 4) (h).srow_y[n] = (real)(f)->srow[4 + n];                   \
    EACH(n, 4) (h).srow_z[n] = (real)(f)->srow[8 + n];                   \
    (h).xyzt_units = (__typeof__((h).xyzt_units))(f)->xyzt_units;        \
    (h).intent_code = (__typeof__((h).intent_code))(f)->intent_code;     \
    COPY((h).descrip, (f)->descrip);                                     \
    memset((h).aux_file, 0, sizeof((h).aux_file));                       \
    (h).cal_min = 0;                                                     \
    (h).cal_max = 0;                                                     \
    (h).slice_start = 0;                                                 \
    (h).slice_end = 0;                                                   \
    (h).slice_code = 0;                                                  \
    (h).slice_duration = 0;                                              \
    (h).toffset = 0

void cnifti_decode(const uint8_t *bytes, cnifti_fields *fields) {
    memset(fields, 0, sizeof(*fields));
    fields->swapped = is_swapped(bytes);
    if (cnifti_header_length(bytes) == sizeof(nifti_1_header)) {
        nifti_1_header header;
        memcpy(&header, bytes, sizeof(header));
        if (fields->swapped) nifti_swap_as_nifti1(&header);
        fields->version = 1;
        DECODE_COMMON(header, fields);
    } else {
        nifti_2_header header;
        memcpy(&header, bytes, sizeof(header));
        if (fields->swapped) nifti_swap_as_nifti2(&header);
        fields->version = 2;
        DECODE_COMMON(header, fields);
    }
}

size_t cnifti_encode(const uint8_t *source, const cnifti_fields *fields, uint8_t out[CNIFTI_MAX_HEADER]) {
    if (fields->version == 1) {
        nifti_1_header header = {0};
        if (source) {
            memcpy(&header, source, sizeof(header));
            if (is_swapped(source)) nifti_swap_as_nifti1(&header);
        } else {
            header.regular = 'r';
        }
        header.sizeof_hdr = sizeof(header);
        memcpy(header.magic, "n+1", 4);
        ENCODE_COMMON(header, fields, float);
        memcpy(out, &header, sizeof(header));
        return sizeof(header);
    }
    nifti_2_header header = {0};
    if (source) {
        memcpy(&header, source, sizeof(header));
        if (is_swapped(source)) nifti_swap_as_nifti2(&header);
    }
    header.sizeof_hdr = sizeof(header);
    memcpy(header.magic, "n+2\0\r\n\032\n", 8);
    ENCODE_COMMON(header, fields, double);
    memcpy(out, &header, sizeof(header));
    return sizeof(header);
}

void cnifti_matrix_from_quaternion(const double quatern[3], const double offset[3], const double step[3], double qfac, double rows[12]) {
    nifti_dmat44 matrix = nifti_quatern_to_dmat44(
        quatern[0], quatern[1], quatern[2], offset[0], offset[1], offset[2], step[0], step[1], step[2], qfac);
    EACH(row, 3) EACH(column, 4) rows[4 * row + column] = matrix.m[row][column];
}

void cnifti_quaternion_from_matrix(const double rows[12], double quatern[3], double step[3], double *qfac) {
    nifti_dmat44 matrix = {{{0}}};
    EACH(row, 3) EACH(column, 4) matrix.m[row][column] = rows[4 * row + column];
    matrix.m[3][3] = 1;
    double offset[3];
    nifti_dmat44_to_quatern(
        matrix, &quatern[0], &quatern[1], &quatern[2], &offset[0], &offset[1], &offset[2], &step[0], &step[1], &step[2], qfac);
}
