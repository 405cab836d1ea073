// Sixteen-byte vectors that every processor has: SSE2 on x86-64, NEON on arm64.
#define ISA baseline
#define VECTOR 4
#define GEMM_ROWS 6
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "CKernels.h"
#include "kernel_list.h"
#include "vectors.h"
#include "kernels.h"
