// Matrix products of floats and of pairs.
#include "register_tiles.h"

static void KERNEL(gemm)(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_step, const float *b,
                         int64_t b_panel, int64_t b_row, float *c, int64_t c_row, const float *bias, int add) {
    gemm_panels(0, m, n, k, a, a_row, a_step, b, b_panel, b_row, c, c_row, bias, add);
}

static void KERNEL(gemm_pairs)(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_step,
                               const float *b, int64_t b_panel, int64_t b_row, float *c, int64_t c_row,
                               const float *bias, int add) {
    gemm_panels(1, m, n, k, a, a_row, a_step, b, b_panel, b_row, c, c_row, bias, add);
}

static void KERNEL(round_rows)(const float *x, int64_t sx, int64_t rows, int64_t channels, ck_layout layout, float *y,
                               int64_t sy) {
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < channels; c += VECTOR) {
            const int64_t count = smaller(VECTOR, channels - c);
            const vec from = count == VECTOR ? load(x + r * sx + c) : load_some(x + r * sx + c, count);
            if (layout == CK_ROW_PAIRS) put(CK_ROW_PAIRS, r & 1, y + r / 2 * sy, 0, c, from, count);
            else put(CK_CHANNEL_PAIRS, 0, y + r * sy, 0, c, from, count);
        }
}

static void KERNEL(gemm_pack)(int64_t k, int64_t n, const float *b, int64_t b_row, int64_t b_column, float *packed) {
    for (int64_t j = 0; j < n; j += PANEL) {
        const int64_t left = smaller(PANEL, n - j);
        if (b_row == 1 && b_column != 1) {
            // Columns lie one after another: in runs of 16, so that a cache line of each is used up.
            for (int64_t i0 = 0; i0 < k; i0 += 16)
                for (int64_t l = 0; l < PANEL; l++)
                    for (int64_t i = i0; i < smaller(k, i0 + 16); i++)
                        packed[i * PANEL + l] = l < left ? b[(j + l) * b_column + i] : 0;
            packed += k * PANEL;
            continue;
        }
        for (int64_t i = 0; i < k; i++, packed += PANEL) {
            const float *from = b + i * b_row + j * b_column;
            if (b_column == 1 && left == PANEL) {
                UNROLL for (int v = 0; v < 2; v++) store(packed + v * VECTOR, load(from + v * VECTOR));
                continue;
            }
            for (int64_t l = 0; l < left; l++) packed[l] = from[l * b_column];
            for (int64_t l = left; l < PANEL; l++) packed[l] = 0;
        }
    }
}
