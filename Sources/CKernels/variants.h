#ifndef COLLAGAN_VARIANTS_H
#define COLLAGAN_VARIANTS_H

// One source, compiled for AVX-512, AVX2+FMA and baseline x86-64, chosen at load time from what the processor has.
// ThreadSanitizer cannot start with indirect functions, so it gets the baseline alone.
#if defined(__x86_64__) && !__has_feature(thread_sanitizer) && !__has_feature(address_sanitizer)
#define VARIANTS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VARIANTS
#endif

enum { ROWS_PER_FLOAT_SUM = 16, CHANNELS_PER_PASS = 256 };

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

#endif
