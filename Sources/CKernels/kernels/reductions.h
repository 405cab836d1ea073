// Channels are taken in passes so that the float32 partial sums stay on the stack; rows in runs of
// ROWS_PER_FLOAT_SUM whose sums are added in float64. Both depend on the shape alone: same bits for any thread count.
#define FOR_CHANNEL_PASSES                                                                 \
    for (int64_t c0 = 0; c0 < channels; c0 += CHANNELS_PER_PASS) {                         \
        const int64_t width = smaller(CHANNELS_PER_PASS, channels - c0);                   \
        for (int64_t r0 = 0; r0 < rows; r0 += ROWS_PER_FLOAT_SUM) {                        \
            const int64_t r1 = smaller(rows, r0 + ROWS_PER_FLOAT_SUM);
#define END_PASSES }}

static void KERNEL(squared_deviations)(const float *x, int64_t sx, const float *mean, int64_t rows, int64_t channels,
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

static void KERNEL(sum_rows)(const float *x, int64_t sx, int64_t rows, int64_t channels, double *sum) {
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

static void KERNEL(dot_rows)(const float *x, int64_t sx, const float *y, int64_t sy, int64_t rows, int64_t channels,
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

// One run of rows for VECTOR channels: Σ f(x) or Σ f(x) · y.
INLINE vec activated_run(const float *x, int64_t sx, KERNEL(channel_activation) f, const float *y, int64_t sy,
                         int64_t rows, int64_t count) {
    vec s = {0};
    for (int64_t r = 0; r < rows; r++) {
        const vec z = activated(f, count == VECTOR ? load(x + r * sx) : load_some(x + r * sx, count));
        if (y) s += z * (count == VECTOR ? load(y + r * sy) : load_some(y + r * sy, count));
        else s += z;
    }
    return s;
}

static void KERNEL(activated_sums)(const float *x, int64_t sx, const ck_activation *f, const float *y, int64_t sy,
                                   int64_t rows, int64_t channels, double *sum) {
    for (int64_t c = 0; c < channels; c++) sum[c] = 0;
    for (int64_t r = 0; r < rows; r += ROWS_PER_FLOAT_SUM) {
        const int64_t run = smaller(ROWS_PER_FLOAT_SUM, rows - r);
        for (int64_t c = 0; c < channels; c += VECTOR) {
            const int64_t count = smaller(VECTOR, channels - c);
            const float *from = x + r * sx + c, *other = y ? y + r * sy + c : 0;
            const KERNEL(channel_activation) a = load_activation(f, c, count);
            const vec s = count == VECTOR ? activated_run(from, sx, a, other, sy, run, VECTOR)
                                          : activated_run(from, sx, a, other, sy, run, count);
            for (int64_t l = 0; l < count; l++) sum[c + l] += s[l];
        }
    }
}

static void KERNEL(absolute_difference)(const float *x, int64_t sx, const float *y, int64_t sy, int64_t rows,
                                        int64_t channels, double *sum) {
    double total = 0;
    for (int64_t r = 0; r < rows; r++, x += sx, y += sy)
        for (int64_t c = 0; c < channels; c++) total += fabs((double)x[c] - (double)y[c]);
    *sum = total;
}

static void KERNEL(norm_leaky_relu_sums)(const float *x, int64_t sx, const float *dy, int64_t sdy, const float *scale,
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

INLINE vec norm_gradient(vec x, vec dy, vec scale, vec shift, vec mean, vec deviation, vec a, vec b, float slope) {
    const vec d = x - mean, g = scale * d + shift > 0 ? dy : slope * dy;
    return scale * (g - a - d * deviation * b);
}

static void KERNEL(norm_leaky_relu_backward)(const float *x, int64_t sx, float *dy, int64_t sdy, const float *scale,
                                             const float *shift, const float *mean, const float *deviation,
                                             const float *a, const float *b, float slope, int64_t rows,
                                             int64_t channels) {
    for (int64_t r = 0; r < rows; r++, x += sx, dy += sdy) {
        int64_t c = 0;
        for (; c + VECTOR <= channels; c += VECTOR)
            store(dy + c, norm_gradient(load(x + c), load(dy + c), load(scale + c), load(shift + c), load(mean + c),
                                        load(deviation + c), load(a + c), load(b + c), slope));
        const int64_t n = channels - c;
        if (n > 0)
            store_some(dy + c, norm_gradient(load_some(x + c, n), load_some(dy + c, n), load_some(scale + c, n),
                                             load_some(shift + c, n), load_some(mean + c, n),
                                             load_some(deviation + c, n), load_some(a + c, n), load_some(b + c, n),
                                             slope), n);
    }
}

static void KERNEL(run_sums)(const float *x, int64_t sx, int64_t rows, int64_t channels, float *shifts, double *sums,
                             double *squares) {
    for (int64_t c0 = 0; c0 < channels; c0 += VECTOR) {
        const int64_t count = smaller(VECTOR, channels - c0);
        const vec shift = count == VECTOR ? load(x + c0) : load_some(x + c0, count);
        wide_vec sum = {0}, square = {0};
        for (int64_t r0 = 0; r0 < rows; r0 += ROWS_PER_FLOAT_SUM) {
            vec s = {0}, q = {0};
            for (int64_t r = r0; r < smaller(rows, r0 + ROWS_PER_FLOAT_SUM); r++) {
                const float *p = x + r * sx + c0;
                const vec d = (count == VECTOR ? load(p) : load_some(p, count)) - shift;
                s += d;
                q += d * d;
            }
            sum += __builtin_convertvector(s, wide_vec);
            square += __builtin_convertvector(q, wide_vec);
        }
        for (int64_t l = 0; l < count; l++)
            shifts[c0 + l] = shift[l], sums[c0 + l] = sum[l], squares[c0 + l] = square[l];
    }
}
