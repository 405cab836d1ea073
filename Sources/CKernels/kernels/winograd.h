// Winograd's minimal filtering F(4×4,3×3) (Lavin and Gray, arXiv:1509.09308) with the points 0, ±√½, ±√2, ∞: their products are 1 and
// their spread is small, which halves the rounding error of the usual 0, ±1, ±2, ∞ (docs/explanation/numerics.md).
//
// One-dimensional transforms, for a = √½ and b = √2; two-dimensional ones apply them to columns, then to rows.
#define WA 0.70710678118654752f
#define WB 1.41421356237309505f
#define WA3 0.35355339059327376f
#define WB3 2.82842712474619010f
enum { TILE_IN = 6, TILE_OUT = 4, POSITIONS = 36 };

// Bᵀ: 6 inputs → 6.
INLINE void transform_input(const vec x[6], vec y[6]) {
    const vec even1 = x[4] - 2.0f * x[2], odd1 = x[3] - 2.0f * x[1];
    const vec even2 = x[4] - 0.5f * x[2], odd2 = x[3] - 0.5f * x[1];
    y[0] = (x[0] + x[4]) - 2.5f * x[2];
    y[1] = even1 + WA * odd1;
    y[2] = even1 - WA * odd1;
    y[3] = even2 + WB * odd2;
    y[4] = even2 - WB * odd2;
    y[5] = (x[1] + x[5]) - 2.5f * x[3];
}

// Aᵀ: 6 → 4 outputs.
INLINE void transform_output(const vec x[6], vec y[4]) {
    const vec sum1 = x[1] + x[2], difference1 = x[1] - x[2], sum2 = x[3] + x[4], difference2 = x[3] - x[4];
    y[0] = x[0] + sum1 + sum2;
    y[1] = WA * difference1 + WB * difference2;
    y[2] = 0.5f * sum1 + 2.0f * sum2;
    y[3] = WA3 * difference1 + WB3 * difference2 + x[5];
}

// A: 4 output gradients → 6.
INLINE void transform_gradient(const vec x[4], vec y[6]) {
    const vec even1 = x[0] + 0.5f * x[2], odd1 = WA * x[1] + WA3 * x[3];
    const vec even2 = x[0] + 2.0f * x[2], odd2 = WB * x[1] + WB3 * x[3];
    y[0] = x[0];
    y[1] = even1 + odd1;
    y[2] = even1 - odd1;
    y[3] = even2 + odd2;
    y[4] = even2 - odd2;
    y[5] = x[3];
}

// G: 3 taps → 6; 1 ÷ (2α(α − β)) = −2/3 at ±a and 1 ÷ (2β(β − α)) = 1/6 at ±b, with α = ½ and β = 2.
INLINE void transform_filter(const vec x[3], vec y[6]) {
    const vec even1 = (-2.0f / 3) * x[0] + (-1.0f / 3) * x[2], odd1 = (-2.0f / 3 * WA) * x[1];
    const vec even2 = (1.0f / 6) * x[0] + (1.0f / 3) * x[2], odd2 = (1.0f / 6 * WB) * x[1];
    y[0] = x[0];
    y[1] = even1 + odd1;
    y[2] = even1 - odd1;
    y[3] = even2 + odd2;
    y[4] = even2 - odd2;
    y[5] = x[2];
}

// Gᵀ: 6 → 3 tap gradients.
INLINE void transform_filter_gradient(const vec x[6], vec y[3]) {
    const vec sum1 = x[1] + x[2], difference1 = x[1] - x[2], sum2 = x[3] + x[4], difference2 = x[3] - x[4];
    y[0] = x[0] + (-2.0f / 3) * sum1 + (1.0f / 6) * sum2;
    y[1] = (-2.0f / 3 * WA) * difference1 + (1.0f / 6 * WB) * difference2;
    y[2] = (-1.0f / 3) * sum1 + (1.0f / 3) * sum2 + x[5];
}

// One tile of VECTOR channels: patch (6×6 pixels, rows y0 …, columns x0 …) → 36 values. `inside`: no pixel lies beyond the image.
INLINE void input_tile(const ck_image *image, int64_t c, int64_t y0, int64_t x0, int inside, int active,
                       KERNEL(channel_activation) f, int64_t count, int layout, int half, float *v, int64_t position) {
    const float *base = image->pixels + c;
    vec t[6][6];
    UNROLL for (int j = 0; j < 6; j++) {
        vec x[6], y[6];
        UNROLL for (int i = 0; i < 6; i++) {
            if (inside || (y0 + i >= 0 && y0 + i < image->height && x0 + j >= 0 && x0 + j < image->width)) {
                const float *p = base + ((y0 + i) * image->width + x0 + j) * image->stride;
                x[i] = count == VECTOR ? load(p) : load_some(p, count);
                if (active) x[i] = activated(f, x[i]);
            } else {
                x[i] = (vec){0};
            }
        }
        transform_input(x, y);
        UNROLL for (int i = 0; i < 6; i++) t[i][j] = y[i];
    }
    UNROLL for (int i = 0; i < 6; i++) {
        vec y[6];
        transform_input(t[i], y);
        UNROLL for (int j = 0; j < 6; j++) {
            put(layout, half, v, (i * 6 + j) * position, c, y[j], count);
        }
    }
}

// The columns of a later tile that the one before it does not share. Pixels of one channel vector lie too far apart for the
// processor to guess: this halves the time.
INLINE void prefetch_tile(const ck_image *image, const float *base, int64_t y0, int64_t x0) {
    UNROLL for (int i = 0; i < 6; i++) UNROLL for (int j = 2; j < 6; j++)
        __builtin_prefetch(base + ((y0 + i) * image->width + x0 + j) * image->stride);
}

INLINE void input_tiles(const ck_image *image, int64_t pad, int64_t row, int64_t first, int64_t tiles,
                        const ck_activation *activation, int layout, float *v, int64_t position, int64_t pitch) {
    const int64_t y0 = row * TILE_OUT - pad, channels = image->channels;
    const int rows_inside = y0 >= 0 && y0 + TILE_IN <= image->height;
    for (int64_t c0 = 0; c0 < channels; c0 += VECTOR) {
        // The last vector is moved back to be a whole one where there are enough channels: it writes the same values twice.
        const int64_t c = channels >= VECTOR ? smaller(c0, channels - VECTOR) : 0;
        const int64_t count = smaller(VECTOR, channels);
        KERNEL(channel_activation) f = {0};
        if (activation) f = load_activation(activation, c, count);
        for (int64_t t = 0; t < tiles; t++) {
            const int64_t x0 = (first + t) * TILE_OUT - pad;
            const int inside = rows_inside && x0 >= 0 && x0 + TILE_IN <= image->width, half = t & 1;
            float *to = v + (layout == CK_ROW_PAIRS ? t / 2 : t) * pitch;
            if (inside) prefetch_tile(image, image->pixels + c, y0, x0 + 2 * TILE_OUT);
            if (count < VECTOR)
                input_tile(image, c, y0, x0, 0, activation != 0, f, count, layout, half, to, position);
            else if (!inside && activation) input_tile(image, c, y0, x0, 0, 1, f, VECTOR, layout, half, to, position);
            else if (!inside) input_tile(image, c, y0, x0, 0, 0, f, VECTOR, layout, half, to, position);
            else if (activation) input_tile(image, c, y0, x0, 1, 1, f, VECTOR, layout, half, to, position);
            else input_tile(image, c, y0, x0, 1, 0, f, VECTOR, layout, half, to, position);
        }
    }
}

static void KERNEL(winograd_input)(const ck_image *image, int64_t pad, int64_t row, int64_t first, int64_t tiles,
                                   const ck_activation *activation, ck_layout layout, float *v, int64_t position,
                                   int64_t pitch) {
    switch (layout) {
        case CK_FLOATS: input_tiles(image, pad, row, first, tiles, activation, CK_FLOATS, v, position, pitch); break;
        case CK_CHANNEL_PAIRS:
            input_tiles(image, pad, row, first, tiles, activation, CK_CHANNEL_PAIRS, v, position, pitch);
            break;
        case CK_ROW_PAIRS: input_tiles(image, pad, row, first, tiles, activation, CK_ROW_PAIRS, v, position, pitch); break;
    }
}

INLINE void gradient_tile(const ck_image *image, int64_t c, int64_t y0, int64_t x0, int inside, int64_t count, int layout,
                          int half, float *v, int64_t position) {
    const float *base = image->pixels + c;
    vec t[6][4];
    UNROLL for (int j = 0; j < 4; j++) {
        vec x[4], y[6];
        UNROLL for (int i = 0; i < 4; i++) {
            x[i] = (vec){0};
            if (inside || (y0 + i < image->height && x0 + j < image->width)) {
                const float *p = base + ((y0 + i) * image->width + x0 + j) * image->stride;
                x[i] = count == VECTOR ? load(p) : load_some(p, count);
            }
        }
        transform_gradient(x, y);
        UNROLL for (int i = 0; i < 6; i++) t[i][j] = y[i];
    }
    UNROLL for (int i = 0; i < 6; i++) {
        vec y[6];
        transform_gradient(t[i], y);
        UNROLL for (int j = 0; j < 6; j++) {
            put(layout, half, v, (i * 6 + j) * position, c, y[j], count);
        }
    }
}

INLINE void gradient_tiles(const ck_image *image, int64_t row, int64_t first, int64_t tiles, int layout, float *v,
                           int64_t position, int64_t pitch) {
    const int64_t y0 = row * TILE_OUT, channels = image->channels;
    for (int64_t c0 = 0; c0 < channels; c0 += VECTOR) {
        const int64_t c = channels >= VECTOR ? smaller(c0, channels - VECTOR) : 0;
        const int64_t count = smaller(VECTOR, channels);
        for (int64_t t = 0; t < tiles; t++) {
            const int64_t x0 = (first + t) * TILE_OUT;
            const int inside = y0 + TILE_OUT <= image->height && x0 + TILE_OUT <= image->width, half = t & 1;
            float *to = v + (layout == CK_ROW_PAIRS ? t / 2 : t) * pitch;
            if (count < VECTOR) gradient_tile(image, c, y0, x0, 0, count, layout, half, to, position);
            else if (inside) gradient_tile(image, c, y0, x0, 1, VECTOR, layout, half, to, position);
            else gradient_tile(image, c, y0, x0, 0, VECTOR, layout, half, to, position);
        }
    }
}

static void KERNEL(winograd_gradient)(const ck_image *image, int64_t row, int64_t first, int64_t tiles, ck_layout layout,
                                      float *v, int64_t position, int64_t pitch) {
    if (layout == CK_ROW_PAIRS) gradient_tiles(image, row, first, tiles, CK_ROW_PAIRS, v, position, pitch);
    else gradient_tiles(image, row, first, tiles, CK_FLOATS, v, position, pitch);
}

// 36 values → 4×4 outputs of VECTOR channels.
INLINE void untransform(const float *m, int64_t position, int64_t count, vec y[4][4]) {
    vec t[4][6];
    UNROLL for (int j = 0; j < 6; j++) {
        vec x[6], z[4];
        UNROLL for (int i = 0; i < 6; i++) {
            const float *p = m + (i * 6 + j) * position;
            x[i] = count == VECTOR ? load(p) : load_some(p, count);
        }
        transform_output(x, z);
        UNROLL for (int i = 0; i < 4; i++) t[i][j] = z[i];
    }
    UNROLL for (int i = 0; i < 4; i++) transform_output(t[i], y[i]);
}

INLINE void output_tiles(const ck_image *image, int64_t y0, int64_t first, int64_t tiles, const float *m,
                         int64_t position, int64_t pitch, int64_t c, int64_t count, const float *bias,
                         const ck_image *addend, float *shifts, double *sums, double *squares) {
    vec offset = {0}, shift = {0};
    if (bias) offset = count == VECTOR ? load(bias + c) : load_some(bias + c, count);
    wide_vec sum = {0}, square = {0};
    const int64_t rows = smaller(TILE_OUT, image->height - y0);
    for (int64_t t = 0; t < tiles; t++) {
        const int64_t x0 = (first + t) * TILE_OUT, columns = smaller(TILE_OUT, image->width - x0);
        vec y[4][4];
        untransform(m + t * pitch + c, position, count, y);
        vec s = {0}, q = {0};
        float *base = image->pixels + (y0 * image->width + x0) * image->stride + c;
        const float *more = addend ? addend->pixels + (y0 * addend->width + x0) * addend->stride + c : 0;
        const int whole = count == VECTOR && rows == TILE_OUT && columns == TILE_OUT;
        if (whole) {
            UNROLL for (int i = 0; i < 4; i++) UNROLL for (int j = 0; j < 4; j++) {
                y[i][j] += offset;
                if (more) y[i][j] += load(more + (i * addend->width + j) * addend->stride);
                store(base + (i * image->width + j) * image->stride, y[i][j]);
            }
            if (sums) {
                if (t == 0) shift = y[0][0];
                UNROLL for (int i = 0; i < 4; i++) UNROLL for (int j = 0; j < 4; j++) {
                    const vec d = y[i][j] - shift;
                    s += d;
                    q += d * d;
                }
            }
        } else {
            for (int64_t i = 0; i < rows; i++) for (int64_t j = 0; j < columns; j++) {
                vec x = y[i][j] + offset;
                if (more) x += load_some(more + (i * addend->width + j) * addend->stride, count);
                float *to = base + (i * image->width + j) * image->stride;
                if (count == VECTOR) store(to, x);
                else store_some(to, x, count);
                if (t == 0 && i == 0 && j == 0) shift = x;
                const vec d = x - shift;
                s += d;
                q += d * d;
            }
        }
        if (sums) {
            sum += __builtin_convertvector(s, wide_vec);
            square += __builtin_convertvector(q, wide_vec);
        }
    }
    if (sums) {
        for (int64_t l = 0; l < count; l++) shifts[c + l] = shift[l], sums[c + l] = sum[l], squares[c + l] = square[l];
    }
}

static void KERNEL(winograd_output)(const ck_image *image, int64_t row, int64_t first, int64_t tiles, const float *m,
                                    int64_t position, int64_t pitch, const float *bias, const ck_image *addend,
                                    float *shifts, double *sums, double *squares) {
    const int64_t channels = image->channels, y0 = row * TILE_OUT;
    for (int64_t c0 = 0; c0 < channels; c0 += VECTOR) {
        const int64_t c = channels >= VECTOR ? smaller(c0, channels - VECTOR) : 0;
        const int64_t count = smaller(VECTOR, channels);
        if (count == VECTOR)
            output_tiles(image, y0, first, tiles, m, position, pitch, c, VECTOR, bias, addend, shifts, sums, squares);
        else
            output_tiles(image, y0, first, tiles, m, position, pitch, c, count, bias, addend, shifts, sums, squares);
    }
}

// Nine taps of VECTOR outputs → 36 values, one for each matrix: row `row` of a panel, or half of a row.
INLINE void filter_tile(const vec taps[3][3], int layout, int64_t row, float *panel, int64_t position) {
    float *u = panel + (layout == CK_ROW_PAIRS ? row / 2 : row) * PANEL;
    vec t[6][3];
    UNROLL for (int j = 0; j < 3; j++) {
        const vec x[3] = {taps[0][j], taps[1][j], taps[2][j]};
        vec y[6];
        transform_filter(x, y);
        UNROLL for (int i = 0; i < 6; i++) t[i][j] = y[i];
    }
    UNROLL for (int i = 0; i < 6; i++) {
        vec y[6];
        transform_filter(t[i], y);
        UNROLL for (int j = 0; j < 6; j++) put(layout, row & 1, u, (i * 6 + j) * position, 0, y[j], VECTOR);
    }
}

// Where column `column` of the packed matrices begins.
INLINE float *filter_panel(ck_layout layout, int64_t rows, int64_t column, float *u) {
    const int64_t height = layout == CK_ROW_PAIRS ? (rows + 1) / 2 : rows;
    return u + column / PANEL * height * PANEL + column % PANEL;
}

static void KERNEL(winograd_filter)(const ck_filter *f, int64_t row, int64_t rows, int64_t column, int64_t columns,
                                    ck_layout layout, float *u, int64_t position) {
    for (int64_t k0 = 0; k0 < columns; k0 += VECTOR) {
        const int64_t left = smaller(VECTOR, columns - k0);
        float *panel = filter_panel(layout, rows, k0, u);
        for (int64_t c = 0; c < rows; c++) {
            vec taps[3][3];
            UNROLL for (int i = 0; i < 3; i++) UNROLL for (int j = 0; j < 3; j++) {
                const float *p = f->weights + ((i * 3 + j) * f->inputs + row + c) * f->outputs + column + k0;
                __builtin_prefetch(p + 8 * f->outputs);
                taps[i][j] = left == VECTOR ? load(p) : load_some(p, left);
            }
            if (layout == CK_ROW_PAIRS) filter_tile(taps, CK_ROW_PAIRS, c, panel, position);
            else filter_tile(taps, CK_FLOATS, c, panel, position);
        }
    }
}

// VECTOR runs of VECTOR weights, one after another in a filter's outputs → for each output the weights of VECTOR inputs.
INLINE void turn(const float *from, int64_t stride, int64_t rows, int64_t columns, vec x[VECTOR]) {
    for (int i = 0; i < VECTOR; i++) {
        x[i] = (vec){0};
        if (i < rows) x[i] = columns == VECTOR ? load(from + i * stride) : load_some(from + i * stride, columns);
    }
    transpose(x);
}

static void KERNEL(winograd_filter_backwards)(const ck_filter *f, int64_t row, int64_t rows, int64_t column,
                                              int64_t columns, ck_layout layout, float *u, int64_t position) {
    for (int64_t c0 = 0; c0 < columns; c0 += VECTOR) {
        const int64_t left = smaller(VECTOR, columns - c0);
        float *panel = filter_panel(layout, rows, c0, u);
        for (int64_t k0 = 0; k0 < rows; k0 += VECTOR) {
            const int64_t run = smaller(VECTOR, rows - k0);
            vec turned[9][VECTOR];
            for (int tap = 0; tap < 9; tap++)
                turn(f->weights + ((8 - tap) * f->inputs + column + c0) * f->outputs + row + k0, f->outputs, left, run,
                     turned[tap]);
            for (int64_t k = 0; k < run; k++) {
                vec taps[3][3];
                UNROLL for (int i = 0; i < 3; i++) UNROLL for (int j = 0; j < 3; j++) taps[i][j] = turned[i * 3 + j][k];
                if (layout == CK_ROW_PAIRS) filter_tile(taps, CK_ROW_PAIRS, k0 + k, panel, position);
                else filter_tile(taps, CK_FLOATS, k0 + k, panel, position);
            }
        }
    }
}

static void KERNEL(winograd_filter_gradient)(const float *du, int64_t position, int64_t inputs, int64_t outputs,
                                             int64_t first, int64_t count, float *dweights) {
    for (int64_t c = 0; c < count; c++) {
        for (int64_t k = 0; k < outputs; k += VECTOR) {
            const int64_t left = smaller(VECTOR, outputs - k);
            vec t[3][6];
            UNROLL for (int j = 0; j < 6; j++) {
                vec x[6], y[3];
                UNROLL for (int i = 0; i < 6; i++) {
                    const float *p = du + (i * 6 + j) * position + c * outputs + k;
                    x[i] = left == VECTOR ? load(p) : load_some(p, left);
                }
                transform_filter_gradient(x, y);
                UNROLL for (int i = 0; i < 3; i++) t[i][j] = y[i];
            }
            UNROLL for (int i = 0; i < 3; i++) {
                vec y[3];
                transform_filter_gradient(t[i], y);
                UNROLL for (int j = 0; j < 3; j++) {
                    float *to = dweights + ((i * 3 + j) * inputs + first + c) * outputs + k;
                    if (left == VECTOR) store(to, load(to) + y[j]);
                    else store_some(to, load_some(to, left) + y[j], left);
                }
            }
        }
    }
}
