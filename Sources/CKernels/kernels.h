// Every kernel of one instruction set, and the table that lists them.
#include "kernels/activation.h"
#include "kernels/bfloat16.h"
#include "kernels/gemm.h"
#include "kernels/images.h"
#include "kernels/patches.h"
#include "kernels/pointwise.h"
#include "kernels/reductions.h"
#include "kernels/winograd.h"

#define ENTRY(name, parameters, arguments) .name = KERNEL(name),
const struct kernel_table KERNEL(kernels) = {.name = TEXT(ISA), .vector = VECTOR, KERNEL_LIST(ENTRY)};
