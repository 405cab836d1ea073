#if defined(__x86_64__)
#define ISA avx512
#define VECTOR 16
#define GEMM_ROWS 12
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "CKernels.h"
#include "kernel_list.h"
// Emulated: vectors of 16 as pairs of AVX2 registers, to test this set's results where no processor has it.
#if defined(COLLAGAN_EMULATED_AVX512)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,f16c,lzcnt,popcnt"))), apply_to = function)
#else
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512cd,avx2,fma,bmi,bmi2,f16c,lzcnt,popcnt"))), apply_to = function)
#endif
#include "vectors.h"
#include "kernels.h"
#pragma clang attribute pop
#endif
