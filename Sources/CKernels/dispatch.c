// Chooses the instruction set when the program starts and hands every call on to it.
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "kernel_list.h"

extern const struct kernel_table kernels_baseline;
#if defined(__x86_64__)
extern const struct kernel_table kernels_avx2, kernels_avx512;
#endif

static const struct kernel_table *current = &kernels_baseline;

// Null if this processor or build does not have it.
static const struct kernel_table *find(const char *name) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#if defined(COLLAGAN_EMULATED_AVX512)
    const int has_avx512 = has_avx2;
#else
    const int has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd");
#endif
    if (!strcmp(name, "avx512") && has_avx512) return &kernels_avx512;
    if (!strcmp(name, "avx2") && has_avx2) return &kernels_avx2;
#endif
    return strcmp(name, "baseline") ? NULL : &kernels_baseline;
}

int ck_has_instruction_set(const char *name) { return find(name) != NULL; }

__attribute__((constructor)) static void choose(void) {
    const char *order[] = {getenv("COLLAGAN_ISA"), "avx512", "avx2", "baseline"};
    for (int i = 0; i < 4; i++) {
        const struct kernel_table *found = order[i] ? find(order[i]) : NULL;
        if (found) {
            current = found;
            return;
        }
    }
}

const char *ck_instruction_set(void) { return current->name; }
int64_t ck_vector(void) { return current->vector; }

#define FORWARD(name, parameters, arguments) \
    void ck_##name parameters { current->name arguments; }
KERNEL_LIST(FORWARD)
