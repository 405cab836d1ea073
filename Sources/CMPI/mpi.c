// Two binary interfaces: in Open MPI handles are addresses of the library's variables, in the MPICH ABI numbers. Both travel in a
// register as `handle`; requests are pointers there, ints here. (ompi/include/mpi.h.in; the MPICH ABI Compatibility Initiative.)
#define _GNU_SOURCE
#include "CMPI.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef intptr_t handle;

enum { serialized = 2, tag = 1, largest_message = 1 << 30 };

static struct {
    handle world, byte, return_errors;
    void *ignored_statuses;
    size_t request;
    int (*Init_thread)(int *, char ***, int, int *);
    int (*Comm_rank)(handle, int *);
    int (*Comm_size)(handle, int *);
    int (*Comm_set_errhandler)(handle, handle);
    int (*Isend)(const void *, int, handle, int, int, handle, void *);
    int (*Irecv)(void *, int, handle, int, int, handle, void *);
    int (*Testall)(int, void *, int *, void *);
    int (*Error_string)(int, char *, int *);
    int (*Get_library_version)(char *, int *);
    int (*Finalize)(void);
} mpi;

static char problem[512], version[8192];

const char *cm_problem(void) { return problem; }
const char *cm_version(void) { return version; }

static int fail(const char *what, const char *why) {
    snprintf(problem, sizeof problem, "%s: %s", what, why);
    problem[strcspn(problem, "\n")] = 0;
    return 0;
}

static int fail_with(const char *function, int error) {
    char text[8192] = "";
    int length;
    if (!mpi.Error_string || mpi.Error_string(error, text, &length)) snprintf(text, sizeof text, "error %d", error);
    fail(function, text);
    return -1;
}

static void *open_one(const char *name) {
    // Global, because Open MPI's own plug-ins look for its symbols.
    void *library = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
    if (!library) {
        const char *why = dlerror();
        snprintf(problem, sizeof problem, "%s", why ? why : name);
    }
    return library;
}

static int find(void *library, void *function, const char *name) {
    void *found = dlsym(library, name);
    if (!found) return fail(name, "is not in the library");
    memcpy(function, &found, sizeof found);
    return 1;
}

int cm_open(const char *path) {
    void *library = NULL;
    if (path && *path) {
        library = open_one(path);
    } else {
        library = open_one("libmpi.so.40");
        if (!library) library = open_one("libmpi.so.12");
    }
    if (!library) return 0;
#define FIND(name) \
    if (!find(library, &mpi.name, "MPI_" #name)) return 0
    FIND(Init_thread);
    FIND(Comm_rank);
    FIND(Comm_size);
    FIND(Comm_set_errhandler);
    FIND(Isend);
    FIND(Irecv);
    FIND(Testall);
    FIND(Error_string);
    FIND(Get_library_version);
    FIND(Finalize);
    void *world = dlsym(library, "ompi_mpi_comm_world");
    if (world) {
        mpi.world = (handle)world;
        mpi.byte = (handle)dlsym(library, "ompi_mpi_byte");
        mpi.return_errors = (handle)dlsym(library, "ompi_mpi_errors_return");
        mpi.ignored_statuses = NULL;
        mpi.request = sizeof(void *);
        if (!mpi.byte || !mpi.return_errors) return fail("ompi_mpi_byte", "is not in the library");
    } else {
        mpi.world = 0x44000000;
        mpi.byte = 0x4c00010d;
        mpi.return_errors = 0x54000001;
        mpi.ignored_statuses = (void *)1;
        mpi.request = sizeof(int);
    }
    return 1;
}

int cm_start(int *rank, int *size) {
    int level, length, error;
    if ((error = mpi.Init_thread(NULL, NULL, serialized, &level))) return fail_with("MPI_Init_thread", error) > 0;
    if (level < serialized) return fail("MPI_Init_thread", "the library was built without threads");
    mpi.Comm_set_errhandler(mpi.world, mpi.return_errors);
    if ((error = mpi.Comm_rank(mpi.world, rank)) || (error = mpi.Comm_size(mpi.world, size)))
        return fail_with("MPI_Comm_size", error) > 0;
    mpi.Get_library_version(version, &length);
    version[strcspn(version, "\n,")] = 0;
    return 1;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int begin(const cm_message *message, int64_t at, void *request) {
    int64_t left = message->count - at;
    int count = (int)(left < largest_message ? left : largest_message);
    char *bytes = (char *)message->bytes + at;
    return message->is_sent ? mpi.Isend(bytes, count, mpi.byte, message->rank, tag, mpi.world, request)
                            : mpi.Irecv(bytes, count, mpi.byte, message->rank, tag, mpi.world, request);
}

int cm_exchange(const cm_message *messages, int count, double seconds) {
    int pieces = 0, begun = 0, done = 0, error = 0;
    for (int i = 0; i < count; i++) pieces += (int)((messages[i].count + largest_message - 1) / largest_message);
    char *requests = calloc((size_t)pieces + 1, mpi.request);
    if (!requests) return fail("MPI", "out of memory"), -1;
    for (int i = 0; i < count && !error; i++)
        for (int64_t at = 0; at < messages[i].count && !error; at += largest_message)
            error = begin(&messages[i], at, requests + mpi.request * (size_t)begun++);
    const double start = now();
    while (!error) {
        error = mpi.Testall(begun, requests, &done, mpi.ignored_statuses);
        if (error || done) break;
        const double waited = now() - start;
        if (waited > seconds) return 0;
        struct timespec pause = {0, waited < 0.01 ? 50000 : waited < 1 ? 200000 : 1000000};
        nanosleep(&pause, NULL);
    }
    if (error) return fail_with("MPI", error);
    free(requests);
    return 1;
}

void cm_finish(void) { mpi.Finalize(); }
