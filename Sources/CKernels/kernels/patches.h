static inline void copy_floats(const float *restrict from, float *restrict to, int64_t count) {
    for (int64_t i = 0; i < count; i++) to[i] = from[i];
}

static inline void copy_pixel(const float *restrict from, float *restrict to, int64_t count, const ck_activation *f,
                              int64_t image) {
    if (!f) {
        copy_floats(from, to, count);
        return;
    }
    const float *restrict mean = f->mean + image, *restrict scale = f->scale + image;
    const float *restrict shift = f->shift + image, *restrict slope = f->slope + image;
    for (int64_t i = 0; i < count; i++) {
        const float z = scale[i] * (from[i] - mean[i]) + shift[i];
        to[i] = z > slope[i] * z ? z : slope[i] * z;
    }
}

static void KERNEL(gather_patches)(const ck_patches *g, const float *image, const ck_activation *activation,
                                   int64_t first, int64_t count, float *columns) {
    const int64_t c = g->channels, row = g->kernel_width * c, patch = g->kernel_height * row;
    const int64_t pixels = g->out_height * g->out_width;
    const int dense = g->stride == c;
    for (int64_t p = first; p < first + count; p++, columns += patch) {
        const int64_t n = p / pixels, oy = (p % pixels) / g->out_width, ox = p % g->out_width;
        const float *base = image + n * g->height * g->width * g->stride;
        const int64_t y0 = oy * g->step - g->pad_top, x0 = ox * g->step - g->pad_left;
        const int inside_x = x0 >= 0 && x0 + g->kernel_width <= g->width;
        for (int64_t ky = 0; ky < g->kernel_height; ky++) {
            float *to = columns + ky * row;
            const int64_t y = y0 + ky;
            if (y < 0 || y >= g->height) {
                memset(to, 0, (size_t)row * sizeof(float));
                continue;
            }
            const float *from = base + (y * g->width + x0) * g->stride;
            if (inside_x && dense && !activation) {
                copy_floats(from, to, row);
                continue;
            }
            for (int64_t kx = 0; kx < g->kernel_width; kx++, from += g->stride, to += c) {
                if (x0 + kx < 0 || x0 + kx >= g->width) memset(to, 0, (size_t)c * sizeof(float));
                else copy_pixel(from, to, c, activation, activation ? n * activation->image : 0);
            }
        }
    }
}

static void KERNEL(scatter_patches)(const ck_patches *g, const float *columns, int64_t first, int64_t count,
                                    float *image) {
    const int64_t c = g->channels, row = g->kernel_width * c, patch = g->kernel_height * row;
    const int64_t pixels = g->out_height * g->out_width;
    for (int64_t p = first; p < first + count; p++, columns += patch) {
        const int64_t n = p / pixels, oy = (p % pixels) / g->out_width, ox = p % g->out_width;
        float *base = image + n * g->height * g->width * g->stride;
        const int64_t y0 = oy * g->step - g->pad_top, x0 = ox * g->step - g->pad_left;
        for (int64_t ky = 0; ky < g->kernel_height; ky++) {
            const int64_t y = y0 + ky;
            if (y < 0 || y >= g->height) continue;
            for (int64_t kx = 0; kx < g->kernel_width; kx++) {
                const int64_t x = x0 + kx;
                if (x < 0 || x >= g->width) continue;
                const float *restrict from = columns + ky * row + kx * c;
                float *restrict to = base + (y * g->width + x) * g->stride;
                for (int64_t i = 0; i < c; i++) to[i] += from[i];
            }
        }
    }
}
