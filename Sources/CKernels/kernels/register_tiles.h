// Matrix products in register tiles of GEMM_ROWS × 2 vectors. A is read by broadcasts where it lies, B row by row; nothing is
// packed here. Every element of C is one sum over k in ascending order: the same bits however m and n are split. With `pairs`, what
// lies in A and B are pairs of bfloat16.
enum { PANEL = 2 * VECTOR };

INLINE void gemm_tile(int pairs, int rows, int vectors, int64_t k, const float *a, int64_t a_row, int64_t a_step, const float *b,
                      int64_t b_row, float *c, int64_t c_row, int64_t last, const float *bias, int add) {
    vec sum[GEMM_ROWS][2], start[2] = {{0}, {0}};
    if (bias) {
        UNROLL for (int v = 0; v < vectors - 1; v++) start[v] = load(bias);
        start[vectors - 1] = load_some(bias + (vectors - 1) * VECTOR, last);
    }
    UNROLL for (int r = 0; r < rows; r++) UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = start[v];
    for (int64_t i = 0; i < k; i++, a += a_step, b += b_row) {
        vec row[2];
        UNROLL for (int v = 0; v < vectors; v++) row[v] = load(b + v * VECTOR);
        UNROLL for (int r = 0; r < rows; r++) {
            const vec x = splat(a[r * a_row]);
            UNROLL for (int v = 0; v < vectors; v++) {
                if (pairs) sum[r][v] = add_pair_products(sum[r][v], row[v], x);
                else sum[r][v] += x * row[v];
            }
        }
    }
    UNROLL for (int r = 0; r < rows; r++) UNROLL for (int v = 0; v < vectors; v++) {
        float *to = c + r * c_row + v * VECTOR;
        if (v < vectors - 1 || last == VECTOR) store(to, add ? load(to) + sum[r][v] : sum[r][v]);
        else store_some(to, add ? load_some(to, last) + sum[r][v] : sum[r][v], last);
    }
}

#define GEMM_CASE(n) \
    case n: \
        if (n <= GEMM_ROWS) gemm_tile(pairs, n <= GEMM_ROWS ? n : 1, vectors, k, a, a_row, a_step, b, b_row, c, c_row, last, \
                                      bias, add); \
        break;

INLINE void gemm_rows(int pairs, int vectors, int64_t m, int64_t k, const float *a, int64_t a_row, int64_t a_step,
                      const float *b, int64_t b_row, float *c, int64_t c_row, int64_t last, const float *bias, int add) {
    for (; m >= GEMM_ROWS; m -= GEMM_ROWS, a += GEMM_ROWS * a_row, c += GEMM_ROWS * c_row)
        gemm_tile(pairs, GEMM_ROWS, vectors, k, a, a_row, a_step, b, b_row, c, c_row, last, bias, add);
    switch (m) {
        GEMM_CASE(1) GEMM_CASE(2) GEMM_CASE(3) GEMM_CASE(4) GEMM_CASE(5) GEMM_CASE(6) GEMM_CASE(7) GEMM_CASE(8)
        GEMM_CASE(9) GEMM_CASE(10) GEMM_CASE(11)
    }
}

INLINE void gemm_panels(int pairs, int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_step,
                        const float *b, int64_t b_panel, int64_t b_row, float *c, int64_t c_row, const float *bias, int add) {
    for (int64_t j = 0; j < n; j += PANEL, b += b_panel, c += PANEL) {
        const int64_t left = smaller(PANEL, n - j);
        const float *start = bias ? bias + j : 0;
        if (left > VECTOR)
            gemm_rows(pairs, 2, m, k, a, a_row, a_step, b, b_row, c, c_row, left - VECTOR, start, add);
        else
            gemm_rows(pairs, 1, m, k, a, a_row, a_step, b, b_row, c, c_row, left, start, add);
    }
}
