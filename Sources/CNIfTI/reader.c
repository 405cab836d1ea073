#include "CNIfTI.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

// Voxels are read here and not by nifti_image_load, which replaces NaN and infinite voxels by 0, fills up what a
// truncated file lacks, never reaches the checksum of a gzip stream, believes the header's sizes and reports to stderr.
// Nor by gzread: where the voxels end with the buffer they are read into, it says nothing of a trailer that is not there.

#define BUFFER_BYTES (1 << 17)
#define LARGEST_READ (1 << 20)
// 32 KiB of window, gzip with its header, checksum and length and nothing else.
#define GZIP_WINDOW (15 + 16)

struct cnifti_reader {
    int descriptor;
    int64_t file_size;
    bool is_gzip;
    bool in_member;  // between the first byte of a gzip member and the last of its trailer
    z_stream stream;
    uint8_t input[BUFFER_BYTES];
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
    result->descriptor = descriptor;
    if (result->is_gzip && inflateInit2(&result->stream, GZIP_WINDOW) != Z_OK) {
        free(result);
        errno = ENOMEM;
        goto failed;
    }
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

// Reads until all of it is there or the file ends; false if the system fails.
static bool read_fully(int descriptor, uint8_t *into, int64_t count, int64_t *got) {
    *got = 0;
    while (*got < count) {
        int64_t rest = count - *got;
        ssize_t now = read(descriptor, into + *got, (size_t)(rest < LARGEST_READ ? rest : LARGEST_READ));
        if (now < 0 && errno == EINTR) continue;
        if (now < 0) return false;
        if (now == 0) break;
        *got += now;
    }
    return true;
}

// Fills the buffer of compressed bytes up, behind what is left in it.
static bool fill(cnifti_reader *reader) {
    z_stream *stream = &reader->stream;
    if (stream->avail_in > 0) memmove(reader->input, stream->next_in, stream->avail_in);
    stream->next_in = reader->input;
    int64_t got;
    if (!read_fully(reader->descriptor, reader->input + stream->avail_in, BUFFER_BYTES - stream->avail_in, &got)) {
        return false;
    }
    stream->avail_in += (uInt)got;
    return true;
}

// Makes the next byte the first of a member. CNIFTI_END: what follows is none, and is left alone.
static cnifti_status begin_member(cnifti_reader *reader) {
    z_stream *stream = &reader->stream;
    if (stream->avail_in < 2 && !fill(reader)) return CNIFTI_SYSTEM;
    if (stream->avail_in < 2 || stream->next_in[0] != 0x1f || stream->next_in[1] != 0x8b) return CNIFTI_END;
    inflateReset(stream);
    reader->in_member = true;
    return CNIFTI_OK;
}

static cnifti_status read_gzip(cnifti_reader *reader, uint8_t *into, int64_t count, int64_t *got) {
    z_stream *stream = &reader->stream;
    while (*got < count) {
        if (!reader->in_member) {
            cnifti_status status = begin_member(reader);
            if (status != CNIFTI_OK) return status;
        }
        if (stream->avail_in == 0 && !fill(reader)) return CNIFTI_SYSTEM;
        if (stream->avail_in == 0) return CNIFTI_TRUNCATED;
        int64_t rest = count - *got;
        uInt room = (uInt)(rest < LARGEST_READ ? rest : LARGEST_READ);
        stream->next_out = into + *got;
        stream->avail_out = room;
        int code = inflate(stream, Z_NO_FLUSH);
        *got += room - stream->avail_out;
        if (code == Z_STREAM_END) reader->in_member = false;
        if (code == Z_MEM_ERROR) {
            errno = ENOMEM;
            return CNIFTI_SYSTEM;
        }
        if (code != Z_OK && code != Z_STREAM_END) return CNIFTI_CORRUPT;
    }
    return CNIFTI_OK;
}

cnifti_status cnifti_reader_read(cnifti_reader *reader, void *into, int64_t count, int64_t *got) {
    *got = 0;
    if (reader->is_gzip) return read_gzip(reader, into, count, got);
    if (!read_fully(reader->descriptor, into, count, got)) return CNIFTI_SYSTEM;
    return *got < count ? CNIFTI_END : CNIFTI_OK;
}

void cnifti_reader_close(cnifti_reader *reader) {
    if (reader->is_gzip) inflateEnd(&reader->stream);
    close(reader->descriptor);
    free(reader);
}

bool cnifti_can_allocate(int64_t bytes) {
    // A volatile pointer keeps the compiler from dropping the pair.
    void *volatile block = malloc((size_t)bytes);
    if (!block) return false;
    free(block);
    return true;
}
