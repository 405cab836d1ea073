static void KERNEL(fill)(float *y, int64_t stride, int64_t rows, int64_t channels, float value) {
    for (int64_t r = 0; r < rows; r++, y += stride)
        for (int64_t c = 0; c < channels; c++) y[c] = value;
}

static void KERNEL(copy)(const float *restrict x, int64_t sx, float *restrict y, int64_t sy, int64_t rows, int64_t channels) {
    for (int64_t r = 0; r < rows; r++, x += sx, y += sy)
        for (int64_t c = 0; c < channels; c++) y[c] = x[c];
}

static void KERNEL(axpy)(float a, const float *restrict x, int64_t sx, float *restrict y, int64_t sy, int64_t rows,
                      int64_t channels) {
    for (int64_t r = 0; r < rows; r++, x += sx, y += sy)
        for (int64_t c = 0; c < channels; c++) y[c] += a * x[c];
}

static void KERNEL(fill_rows)(const float *restrict bias, float *restrict y, int64_t sy, int64_t rows, int64_t channels) {
    for (int64_t r = 0; r < rows; r++, y += sy)
        for (int64_t c = 0; c < channels; c++) y[c] = bias[c];
}

static void KERNEL(scale_channels)(const float *restrict x, int64_t sx, const float *restrict s, float *restrict y,
                                int64_t sy, int64_t rows, int64_t channels) {
    for (int64_t r = 0; r < rows; r++, x += sx, y += sy)
        for (int64_t c = 0; c < channels; c++) y[c] = x[c] * s[c];
}

static void KERNEL(leaky_relu)(const float *restrict x, int64_t sx, float slope, float *restrict y, int64_t sy,
                            int64_t rows, int64_t channels) {
    for (int64_t r = 0; r < rows; r++, x += sx, y += sy)
        for (int64_t c = 0; c < channels; c++) y[c] = x[c] > 0 ? x[c] : slope * x[c];
}

static void KERNEL(leaky_relu_backward)(const float *restrict y, int64_t sy, const float *restrict dy, int64_t sdy,
                                     float slope, float *restrict dx, int64_t sdx, int64_t rows, int64_t channels) {
    for (int64_t r = 0; r < rows; r++, y += sy, dy += sdy, dx += sdx)
        for (int64_t c = 0; c < channels; c++) dx[c] = y[c] > 0 ? dy[c] : slope * dy[c];
}

static void KERNEL(multiply)(const float *restrict x, int64_t sx, const float *restrict z, int64_t sz, float *restrict y,
                          int64_t sy, int64_t rows, int64_t channels) {
    for (int64_t r = 0; r < rows; r++, x += sx, z += sz, y += sy)
        for (int64_t c = 0; c < channels; c++) y[c] = x[c] * z[c];
}

static void KERNEL(adam)(float *restrict w, const float *restrict g, float *restrict m, float *restrict v, int64_t count,
                      float rate, float beta1, float beta2, float epsilon, float correction1, float correction2) {
    const float step = rate / correction1, root = 1.0f / sqrtf(correction2);
    for (int64_t i = 0; i < count; i++) {
        m[i] = beta1 * m[i] + (1 - beta1) * g[i];
        v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
        w[i] -= step * m[i] / (sqrtf(v[i]) * root + epsilon);
    }
}

static void KERNEL(exponential_average)(float *restrict average, const float *restrict w, int64_t count, float decay) {
    for (int64_t i = 0; i < count; i++) average[i] = decay * average[i] + (1 - decay) * w[i];
}

static void KERNEL(activate)(const float *x, int64_t sx, const ck_activation *f, float *y, int64_t sy, int64_t rows,
                             int64_t channels) {
    const float *restrict mean = f->mean, *restrict scale = f->scale, *restrict shift = f->shift;
    const float *restrict slope = f->slope;
    for (int64_t r = 0; r < rows; r++) {
        const float *restrict from = x + r * sx;
        float *restrict to = y + r * sy;
        for (int64_t c = 0; c < channels; c++) {
            const float z = scale[c] * (from[c] - mean[c]) + shift[c];
            to[c] = z > slope[c] * z ? z : slope[c] * z;
        }
    }
}
