#include <math.h>

#include "CKernels.h"
#include "variants.h"

// Channels are taken in passes so that the float32 partial sums stay on the stack; rows in runs of
// ROWS_PER_FLOAT_SUM whose sums are added in float64. Both depend on the shape alone: same bits for any thread count.
#define FOR_CHANNEL_PASSES                                                                 \
    for (int64_t c0 = 0; c0 < channels; c0 += CHANNELS_PER_PASS) {                         \
        const int64_t width = smaller(CHANNELS_PER_PASS, channels - c0);                   \
        for (int64_t r0 = 0; r0 < rows; r0 += ROWS_PER_FLOAT_SUM) {                        \
            const int64_t r1 = smaller(rows, r0 + ROWS_PER_FLOAT_SUM);
#define END_PASSES }}

VARIANTS void ck_squared_deviations(const float *x, int64_t sx, const float *mean, int64_t rows, int64_t channels,
                                    double *squares) {
    for (int64_t c = 0; c < channels; c++) squares[c] = 0;
    FOR_CHANNEL_PASSES
        float q[CHANNELS_PER_PASS] = {0};
        for (int64_t r = r0; r < r1; r++) {
            const float *restrict row = x + r * sx + c0;
            for (int64_t c = 0; c < width; c++) q[c] += (row[c] - mean[c0 + c]) * (row[c] - mean[c0 + c]);
        }
        for (int64_t c = 0; c < width; c++) squares[c0 + c] += q[c];
    END_PASSES
}

VARIANTS void ck_sum_rows(const float *x, int64_t sx, int64_t rows, int64_t channels, double *sum) {
    for (int64_t c = 0; c < channels; c++) sum[c] = 0;
    FOR_CHANNEL_PASSES
        float s[CHANNELS_PER_PASS] = {0};
        for (int64_t r = r0; r < r1; r++) {
            const float *restrict row = x + r * sx + c0;
            for (int64_t c = 0; c < width; c++) s[c] += row[c];
        }
        for (int64_t c = 0; c < width; c++) sum[c0 + c] += s[c];
    END_PASSES
}

VARIANTS void ck_dot_rows(const float *x, int64_t sx, const float *y, int64_t sy, int64_t rows, int64_t channels,
                          double *sum) {
    for (int64_t c = 0; c < channels; c++) sum[c] = 0;
    FOR_CHANNEL_PASSES
        float s[CHANNELS_PER_PASS] = {0};
        for (int64_t r = r0; r < r1; r++) {
            const float *restrict a = x + r * sx + c0, *restrict b = y + r * sy + c0;
            for (int64_t c = 0; c < width; c++) s[c] += a[c] * b[c];
        }
        for (int64_t c = 0; c < width; c++) sum[c0 + c] += s[c];
    END_PASSES
}

VARIANTS double ck_absolute_difference(const float *x, int64_t sx, const float *y, int64_t sy, int64_t rows,
                                       int64_t channels) {
    double total = 0;
    for (int64_t r = 0; r < rows; r++, x += sx, y += sy) {
#pragma clang fp reassociate(on)
        for (int64_t c = 0; c < channels; c++) total += fabs((double)x[c] - (double)y[c]);
    }
    return total;
}

VARIANTS void ck_norm_leaky_relu(const float *restrict x, int64_t sx, const float *restrict scale,
                                 const float *restrict shift, const float *restrict mean, float slope,
                                 float *restrict y, int64_t sy, int64_t rows, int64_t channels) {
    for (int64_t r = 0; r < rows; r++, x += sx, y += sy)
        for (int64_t c = 0; c < channels; c++) {
            const float z = scale[c] * (x[c] - mean[c]) + shift[c];
            y[c] = z > 0 ? z : slope * z;
        }
}

VARIANTS void ck_norm_leaky_relu_sums(const float *x, int64_t sx, const float *dy, int64_t sdy, const float *scale,
                                      const float *shift, const float *mean, const float *rstd, float slope,
                                      int64_t rows, int64_t channels, double *sum_g, double *sum_gx) {
    for (int64_t c = 0; c < channels; c++) sum_g[c] = sum_gx[c] = 0;
    FOR_CHANNEL_PASSES
        float s[CHANNELS_PER_PASS] = {0}, t[CHANNELS_PER_PASS] = {0};
        for (int64_t r = r0; r < r1; r++) {
            const float *restrict a = x + r * sx + c0, *restrict d = dy + r * sdy + c0;
            for (int64_t c = 0; c < width; c++) {
                const float g = scale[c0 + c] * (a[c] - mean[c0 + c]) + shift[c0 + c] > 0 ? d[c] : slope * d[c];
                s[c] += g;
                t[c] += g * ((a[c] - mean[c0 + c]) * rstd[c0 + c]);
            }
        }
        for (int64_t c = 0; c < width; c++) {
            sum_g[c0 + c] += s[c];
            sum_gx[c0 + c] += t[c];
        }
    END_PASSES
}

VARIANTS void ck_norm_leaky_relu_backward(const float *restrict x, int64_t sx, const float *restrict dy, int64_t sdy,
                                          const float *restrict scale, const float *restrict shift,
                                          const float *restrict mean, const float *restrict rstd,
                                          const float *restrict a, const float *restrict b, float slope,
                                          float *restrict dx, int64_t sdx, int64_t rows, int64_t channels) {
    for (int64_t r = 0; r < rows; r++, x += sx, dy += sdy, dx += sdx)
        for (int64_t c = 0; c < channels; c++) {
            const float g = scale[c] * (x[c] - mean[c]) + shift[c] > 0 ? dy[c] : slope * dy[c];
            dx[c] = scale[c] * (g - a[c] - (x[c] - mean[c]) * rstd[c] * b[c]);
        }
}
