// Chooses the instruction set when the program starts and hands every call on to it.
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "CKernels.h"
#include "kernel_list.h"
#include "pairs.h"

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

// A process has to ask Linux for the tiles' registers before it uses them.
static int has_amx(void) {
#if defined(__x86_64__) && defined(__linux__) && !defined(COLLAGAN_EMULATED_AVX512)
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, TILE_DATA = 18, TILE_AND_BF16 = 1 << 24 | 1 << 22 };
    unsigned a, b, c, d;
    if (!find("avx512") || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & TILE_AND_BF16) != TILE_AND_BF16) return 0;
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, TILE_DATA) == 0;
#else
    return 0;
#endif
}

static int has_avx512bf16(void) {
#if defined(__x86_64__) && !defined(COLLAGAN_EMULATED_AVX512)
    return find("avx512") && __builtin_cpu_supports("avx512bf16");
#else
    return 0;
#endif
}

ck_pair_product *ck_pair_product_of(const char *unit) {
#if defined(__x86_64__)
    // Their panels are those of 16 floats in a vector.
    if (current->vector == 16) {
        if (!strcmp(unit, "amx") && has_amx()) return pairs_amx;
        if (!strcmp(unit, "avx512bf16") && has_avx512bf16()) return pairs_avx512bf16;
        if (!strcmp(unit, "emulated amx")) return pairs_emulated_amx;
    }
#endif
    return strcmp(unit, "emulated") ? NULL : current->gemm_pairs;
}

int ck_has_instruction_set(const char *name) { return find(name) != NULL; }

static const char *pair_unit;
static ck_pair_product *pair_product;

// A float32 set that is asked for comes without units for pairs; a unit comes with the best float32 set.
__attribute__((constructor)) static void choose(void) {
    const char *asked = getenv("COLLAGAN_ISA");
    const char *sets[] = {asked, "avx512", "avx2", "baseline"};
    for (int i = 0; i < 4; i++) {
        const struct kernel_table *found = sets[i] ? find(sets[i]) : NULL;
        if (!found) continue;
        current = found;
        if (i == 0) return;
        break;
    }
    const char *units[] = {asked, "amx", "avx512bf16"};
    for (int i = 0; i < 3 && !pair_product; i++) {
        pair_product = units[i] ? ck_pair_product_of(units[i]) : NULL;
        if (pair_product) pair_unit = units[i];
    }
}

const char *ck_instruction_set(void) { return current->name; }

int ck_use_instruction_set(const char *name) {
    const struct kernel_table *found = find(name);
    if (found) current = found;
    return found != NULL;
}

int64_t ck_vector(void) { return current->vector; }
const char *ck_pair_unit(void) { return pair_unit; }

void ck_multiply_pairs(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_step, const float *b,
                       int64_t b_panel, int64_t b_row, float *c, int64_t c_row, const float *bias, int add) {
    pair_product(m, n, k, a, a_row, a_step, b, b_panel, b_row, c, c_row, bias, add);
}

#define FORWARD(name, parameters, arguments) \
    void ck_##name parameters { current->name arguments; }
KERNEL_LIST(FORWARD)
