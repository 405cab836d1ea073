// What the kernels are written in: vectors of VECTOR floats, and the name each kernel gets in this instruction set. Included by
// the isa_*.c files, which set VECTOR (floats in a register), GEMM_ROWS (rows of the product's register tile) and ISA.
#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)
#define KERNEL(name) PASTE(name, ISA)
#define TEXT2(a) #a
#define TEXT(a) TEXT2(a)
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

enum { ROWS_PER_FLOAT_SUM = 16, CHANNELS_PER_PASS = 256 };

typedef float vec __attribute__((ext_vector_type(VECTOR)));
typedef vec unaligned_vec __attribute__((aligned(4)));
typedef double wide_vec __attribute__((ext_vector_type(VECTOR)));

INLINE vec load(const float *p) { return *(const unaligned_vec *)p; }
INLINE void store(float *p, vec x) { *(unaligned_vec *)p = x; }
INLINE vec splat(float x) { return (vec)x; }
// The first `count` floats, and zeros.
#if VECTOR == 16 && !defined(COLLAGAN_EMULATED_AVX512)
INLINE vec load_some(const float *p, int64_t count) {
    return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}
INLINE void store_some(float *p, vec x, int64_t count) {
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)x);
}
#else
INLINE vec load_some(const float *p, int64_t count) {
    vec x = {0};
    for (int64_t i = 0; i < count; i++) x[i] = p[i];
    return x;
}
INLINE void store_some(float *p, vec x, int64_t count) {
    for (int64_t i = 0; i < count; i++) p[i] = x[i];
}
#endif
INLINE vec larger(vec a, vec b) { return a > b ? a : b; }
INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// Transposition of VECTOR × VECTOR values: swaps ever larger off-diagonal blocks of side d.
#define FIRST_OF(l, d) (((l) & (d)) ? VECTOR + (l) - (d) : (l))
#define SECOND_OF(l, d) (((l) & (d)) ? VECTOR + (l) : (l) + (d))
#define LANES4(F, l, d) F(l, d), F(l + 1, d), F(l + 2, d), F(l + 3, d)
#if VECTOR == 16
#define LANES(F, d) LANES4(F, 0, d), LANES4(F, 4, d), LANES4(F, 8, d), LANES4(F, 12, d)
#elif VECTOR == 8
#define LANES(F, d) LANES4(F, 0, d), LANES4(F, 4, d)
#else
#define LANES(F, d) LANES4(F, 0, d)
#endif
#define SWAP_BLOCKS(d) \
    if (d < VECTOR) \
        UNROLL for (int i = 0; i < VECTOR; i++) if (!(i & d)) { \
            const vec a = x[i], b = x[(i + d) % VECTOR]; \
            x[i] = __builtin_shufflevector(a, b, LANES(FIRST_OF, (d) % VECTOR)); \
            x[(i + d) % VECTOR] = __builtin_shufflevector(a, b, LANES(SECOND_OF, (d) % VECTOR)); \
        }

INLINE void transpose(vec x[VECTOR]) {
    SWAP_BLOCKS(1)
    SWAP_BLOCKS(2)
    SWAP_BLOCKS(4)
    SWAP_BLOCKS(8)
}
