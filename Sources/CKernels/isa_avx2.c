#if defined(__x86_64__)
#define ISA avx2
#define VECTOR 8
#define GEMM_ROWS 6
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "CKernels.h"
#include "kernel_list.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,f16c,lzcnt,popcnt"))), apply_to = function)
#include "vectors.h"
#include "kernels.h"
#pragma clang attribute pop
#endif
