// Products of pairs, one for each unit.
#ifndef COLLAGAN_PAIRS_H
#define COLLAGAN_PAIRS_H

#include "CKernels.h"

#if defined(__x86_64__)
ck_pair_product pairs_avx512bf16, pairs_amx, pairs_emulated_amx;
#endif

#endif
