#include "CNIfTI.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define BUFFER_BYTES (1 << 17)
#define LARGEST_WRITE (1 << 20)

struct cnifti_writer {
    gzFile file;
    int descriptor;
};

cnifti_status cnifti_writer_open(const char *path, bool gzip, cnifti_writer **writer) {
    *writer = NULL;
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) return CNIFTI_SYSTEM;
    // gzclose closes the copy; the original stays for fsync, whose result gzclose would not tell.
    int copy = dup(descriptor);
    cnifti_writer *result = calloc(1, sizeof(*result));
    gzFile file = copy >= 0 && result ? gzdopen(copy, gzip ? "wb1" : "wbT") : NULL;
    if (!file) {
        free(result);
        if (copy >= 0) close(copy);
        close(descriptor);
        unlink(path);
        errno = ENOMEM;
        return CNIFTI_SYSTEM;
    }
    gzbuffer(file, BUFFER_BYTES);
    *result = (cnifti_writer){.file = file, .descriptor = descriptor};
    *writer = result;
    return CNIFTI_OK;
}

cnifti_status cnifti_writer_write(cnifti_writer *writer, const void *bytes, int64_t count) {
    const uint8_t *next = bytes;
    while (count > 0) {
        unsigned part = (unsigned)(count < LARGEST_WRITE ? count : LARGEST_WRITE);
        errno = 0;
        if (gzwrite(writer->file, next, part) != (int)part) {
            if (errno == 0) errno = EIO;
            return CNIFTI_SYSTEM;
        }
        next += part;
        count -= part;
    }
    return CNIFTI_OK;
}

cnifti_status cnifti_writer_close(cnifti_writer *writer) {
    int reason = 0;
    errno = 0;
    if (gzclose_w(writer->file) != Z_OK) reason = errno ? errno : EIO;
    // Some file systems cannot sync; that is no reason to give up.
    if (!reason && fsync(writer->descriptor) != 0 && errno != EINVAL && errno != ENOTSUP) reason = errno;
    if (close(writer->descriptor) != 0 && !reason) reason = errno;
    free(writer);
    errno = reason;
    return reason ? CNIFTI_SYSTEM : CNIFTI_OK;
}
