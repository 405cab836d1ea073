// MPI, found when the program runs: Open MPI (libmpi.so.40) or a library of the MPICH ABI (libmpi.so.12).
#ifndef COLLAGAN_CMPI_H
#define COLLAGAN_CMPI_H

#include <stdint.h>

/// Opens a library; `path` names one, null or empty takes the first that is there. Returns 0 with `cm_problem` set, else 1.
int cm_open(const char *path);
/// Why the last call failed, on one line.
const char *cm_problem(void);
/// Starts MPI; one thread at a time may call it. Returns 0 with `cm_problem` set, else 1.
int cm_start(int *rank, int *size);
/// What the library calls itself, its first line.
const char *cm_version(void);

/// Bytes that go to a rank, or come from one.
typedef struct {
    void *bytes;
    int64_t count;
    int rank;
    int is_sent;
} cm_message;

/// Sends and receives all messages; those between two ranks keep their order. Sleeps while it waits.
/// Returns 1 when all are done, 0 after `seconds` without that, -1 with `cm_problem` set. After 0 and -1 messages may be under way
/// still: no call may follow, and their memory is to stay.
int cm_exchange(const cm_message *messages, int count, double seconds);
/// Ends MPI; may wait for the other ranks without limit, so only when all of them are there.
void cm_finish(void);

#endif
