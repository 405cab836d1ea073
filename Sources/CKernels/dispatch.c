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
static const char *current_name = "baseline";

static int use(const char *name, const struct kernel_table *table) {
    current = table;
    current_name = name;
    return 1;
}

int ck_select_instruction_set(const char *name) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!strcmp(name, "avx512"))
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd") && use("avx512", &kernels_avx512);
    if (!strcmp(name, "avx2"))
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && use("avx2", &kernels_avx2);
#endif
    return !strcmp(name, "baseline") && use("baseline", &kernels_baseline);
}

__attribute__((constructor)) static void choose(void) {
    const char *wanted = getenv("COLLAGAN_ISA");
    if (wanted && ck_select_instruction_set(wanted)) return;
    if (!ck_select_instruction_set("avx512") && !ck_select_instruction_set("avx2")) ck_select_instruction_set("baseline");
}

const char *ck_instruction_set(void) { return current_name; }
int64_t ck_vector(void) { return current->vector; }

#define FORWARD(name, parameters, arguments) \
    void ck_##name parameters { current->name arguments; }
KERNEL_LIST(FORWARD)
