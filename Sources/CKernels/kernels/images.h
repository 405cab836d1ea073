static void KERNEL(max_pool_row)(const float *top, const float *bottom, int64_t sx, int64_t out_width, int64_t channels,
                              float *y, int64_t sy, uint8_t *winner) {
    for (int64_t p = 0; p < out_width; p++, top += 2 * sx, bottom += 2 * sx, y += sy, winner += channels)
        for (int64_t c = 0; c < channels; c++) {
            const float taps[4] = {top[c], top[sx + c], bottom[c], bottom[sx + c]};
            int best = 0;
            for (int t = 1; t < 4; t++) best = taps[t] > taps[best] ? t : best;
            y[c] = taps[best];
            winner[c] = (uint8_t)best;
        }
}

static void KERNEL(max_pool_row_backward)(const float *dy, int64_t sdy, const uint8_t *winner, int64_t out_width,
                                       int64_t channels, float *dtop, float *dbottom, int64_t sdx) {
    for (int64_t p = 0; p < out_width; p++, dtop += 2 * sdx, dbottom += 2 * sdx, dy += sdy, winner += channels)
        for (int64_t c = 0; c < channels; c++) {
            dtop[c] = winner[c] == 0 ? dy[c] : 0;
            dtop[sdx + c] = winner[c] == 1 ? dy[c] : 0;
            dbottom[c] = winner[c] == 2 ? dy[c] : 0;
            dbottom[sdx + c] = winner[c] == 3 ? dy[c] : 0;
        }
}

static void KERNEL(filter_valid)(const float *restrict x, int64_t height, int64_t width, const float *restrict kernel,
                              int64_t taps, float *restrict scratch, float *restrict y) {
    const int64_t ow = width - taps + 1, oh = height - taps + 1;
    for (int64_t r = 0; r < height; r++) {
        float *restrict to = scratch + r * ow;
        memset(to, 0, (size_t)ow * sizeof(float));
        for (int64_t t = 0; t < taps; t++)
            for (int64_t c = 0; c < ow; c++) to[c] += kernel[t] * x[r * width + c + t];
    }
    for (int64_t r = 0; r < oh; r++) {
        float *restrict to = y + r * ow;
        memset(to, 0, (size_t)ow * sizeof(float));
        for (int64_t t = 0; t < taps; t++)
            for (int64_t c = 0; c < ow; c++) to[c] += kernel[t] * scratch[(r + t) * ow + c];
    }
}

static void KERNEL(filter_valid_transposed)(const float *restrict dy, int64_t height, int64_t width,
                                         const float *restrict kernel, int64_t taps, float *restrict scratch,
                                         float *restrict dx) {
    const int64_t ow = width - taps + 1, oh = height - taps + 1;
    memset(scratch, 0, (size_t)(height * ow) * sizeof(float));
    for (int64_t r = 0; r < oh; r++)
        for (int64_t t = 0; t < taps; t++)
            for (int64_t c = 0; c < ow; c++) scratch[(r + t) * ow + c] += kernel[t] * dy[r * ow + c];
    memset(dx, 0, (size_t)(height * width) * sizeof(float));
    for (int64_t r = 0; r < height; r++)
        for (int64_t t = 0; t < taps; t++)
            for (int64_t c = 0; c < ow; c++) dx[r * width + c + t] += kernel[t] * scratch[r * ow + c];
}
