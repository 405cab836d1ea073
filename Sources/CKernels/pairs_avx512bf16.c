// Products of pairs by AVX-512 BF16 (vdpbf16ps).
#if defined(__x86_64__)
#define ISA avx512bf16
#define VECTOR 16
#define GEMM_ROWS 12
#define NATIVE_PAIRS
#include <immintrin.h>
#include <stdint.h>

#include "CKernels.h"
#include "pairs.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512cd,avx512bf16"))), apply_to = function)
#include "vectors.h"
#include "kernels/bfloat16.h"
#include "kernels/register_tiles.h"

void pairs_avx512bf16(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_step, const float *b,
                      int64_t b_panel, int64_t b_row, float *c, int64_t c_row, const float *bias, int add) {
    gemm_panels(1, m, n, k, a, a_row, a_step, b, b_panel, b_row, c, c_row, bias, add);
}
#pragma clang attribute pop
#endif
