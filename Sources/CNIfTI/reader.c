#include "CNIfTI.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

// Voxels are read here and not by nifti_image_load, which replaces NaN and infinite voxels by 0, fills up what a truncated file lacks, never
// reaches the checksum of a gzip stream, believes the header's sizes and reports to stderr.

#define BUFFER_BYTES (1 << 17)
#define LARGEST_READ (1 << 20)

struct cnifti_reader {
    gzFile file;
    int64_t file_size;
    bool is_gzip;
};

cnifti_status cnifti_reader_open(const char *path, cnifti_reader **reader) {
    *reader = NULL;
    struct stat before;
    if (stat(path, &before) != 0) return CNIFTI_SYSTEM;
    if (!S_ISREG(before.st_mode)) return CNIFTI_NOT_REGULAR;

    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) return CNIFTI_SYSTEM;
    cnifti_status status = CNIFTI_SYSTEM;
    struct stat info;
    uint8_t magic[2] = {0, 0};
    if (fstat(descriptor, &info) != 0) goto failed;
    if (!S_ISREG(info.st_mode)) {
        status = CNIFTI_NOT_REGULAR;
        goto failed;
    }
    if (pread(descriptor, magic, 2, 0) < 0) goto failed;

    cnifti_reader *result = calloc(1, sizeof(*result));
    if (!result) goto failed;
    result->file_size = info.st_size;
    result->is_gzip = magic[0] == 0x1f && magic[1] == 0x8b;
    result->file = gzdopen(descriptor, "rb");
    if (!result->file) {
        free(result);
        errno = ENOMEM;
        goto failed;
    }
    gzbuffer(result->file, BUFFER_BYTES);
    *reader = result;
    return CNIFTI_OK;

failed:;
    int reason = errno;
    close(descriptor);
    errno = reason;
    return status;
}

int64_t cnifti_reader_file_size(const cnifti_reader *reader) { return reader->file_size; }

bool cnifti_reader_is_gzip(const cnifti_reader *reader) { return reader->is_gzip; }

cnifti_status cnifti_reader_read(cnifti_reader *reader, void *into, int64_t count, int64_t *got) {
    *got = 0;
    while (*got < count) {
        int64_t rest = count - *got;
        errno = 0;
        int now = gzread(reader->file, (uint8_t *)into + *got, (unsigned)(rest < LARGEST_READ ? rest : LARGEST_READ));
        if (now > 0) *got += now;
        int code = Z_OK;
        gzerror(reader->file, &code);
        if (code == Z_BUF_ERROR) return CNIFTI_TRUNCATED;
        if (code == Z_ERRNO || code == Z_MEM_ERROR) {
            if (errno == 0) errno = code == Z_MEM_ERROR ? ENOMEM : EIO;
            return CNIFTI_SYSTEM;
        }
        if (now < 0 || (code != Z_OK && code != Z_STREAM_END)) return CNIFTI_CORRUPT;
        if (now == 0) return CNIFTI_END;
    }
    return CNIFTI_OK;
}

void cnifti_reader_close(cnifti_reader *reader) {
    gzclose_r(reader->file);
    free(reader);
}

bool cnifti_can_allocate(int64_t bytes) {
    // A volatile pointer keeps the compiler from dropping the pair.
    void *volatile block = malloc((size_t)bytes);
    if (!block) return false;
    free(block);
    return true;
}
