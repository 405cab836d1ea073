// What the kernels are written in: vectors of VECTOR floats, and the name each kernel gets in this instruction set. Included by
// the isa_*.c files, which set VECTOR (floats in a register), GEMM_ROWS (rows of the product's register tile) and ISA.
#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)
#define KERNEL(name) PASTE(name, ISA)
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

enum { ROWS_PER_FLOAT_SUM = 16, CHANNELS_PER_PASS = 256 };

typedef float vec __attribute__((ext_vector_type(VECTOR)));
typedef vec unaligned_vec __attribute__((aligned(4)));
typedef double wide_vec __attribute__((ext_vector_type(VECTOR)));

INLINE vec load(const float *p) { return *(const unaligned_vec *)p; }
INLINE void store(float *p, vec x) { *(unaligned_vec *)p = x; }
INLINE vec splat(float x) { return (vec)x; }
INLINE vec load_some(const float *p, int64_t count) {
    vec x = {0};
    for (int64_t i = 0; i < count; i++) x[i] = p[i];
    return x;
}
INLINE void store_some(float *p, vec x, int64_t count) {
    for (int64_t i = 0; i < count; i++) p[i] = x[i];
}
INLINE vec larger(vec a, vec b) { return a > b ? a : b; }
INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
