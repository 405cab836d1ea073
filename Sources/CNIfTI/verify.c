#include "CNIfTI.h"

#include <math.h>
#include <nifti/nifti2_io.h>
#include <pthread.h>
#include <string.h>

static void silence(void) { nifti_set_debug_level(0); }

#define SAME_FINITE(type)                                                        \
    do {                                                                         \
        const type *meant = voxels, *found = image->data;                        \
        for (int64_t n = 0; n < image->nvox; n++)                                \
            if (isfinite(meant[n]) && meant[n] != found[n]) return false;        \
    } while (0)

static bool same_voxels(const nifti_image *image, const void *voxels, int64_t count) {
    if (!image->data || image->nvox * image->nbyper != count) return false;
    if (image->datatype == NIFTI_TYPE_FLOAT32) SAME_FINITE(float);
    else if (image->datatype == NIFTI_TYPE_FLOAT64) SAME_FINITE(double);
    else return memcmp(image->data, voxels, (size_t)count) == 0;
    return true;
}

static bool same_header(const nifti_image *image, const cnifti_fields *fields) {
    return image->nx == fields->dim[1] && image->ny == fields->dim[2] && image->nz == fields->dim[3]
        && image->datatype == fields->datatype && image->scl_slope == fields->scl_slope
        && image->scl_inter == fields->scl_inter
        && image->qform_code == (fields->qform_code > 0 ? fields->qform_code : 0)
        && image->sform_code == (fields->sform_code > 0 ? fields->sform_code : 0);
}

cnifti_status cnifti_verify(const char *path, const cnifti_fields *fields, const void *voxels, int64_t count) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, silence);
    nifti_image *image = nifti_image_read(path, 1);
    if (!image) return CNIFTI_MISMATCH;
    bool same = same_header(image, fields) && same_voxels(image, voxels, count);
    nifti_image_free(image);
    return same ? CNIFTI_OK : CNIFTI_MISMATCH;
}
