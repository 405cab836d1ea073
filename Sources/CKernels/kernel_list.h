// Every kernel: X(name, (parameters), (arguments)). The tables of the instruction sets and the dispatch are made from it; the header
// says what they do.
#ifndef COLLAGAN_KERNEL_LIST_H
#define COLLAGAN_KERNEL_LIST_H

#define KERNEL_LIST(X) \
    X(activate, \
      (const float *x, int64_t sx, const ck_activation *f, float *y, int64_t sy, int64_t rows, int64_t channels), \
      (x, sx, f, y, sy, rows, channels)) \
    X(gemm, \
      (int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_step, const float *b, \
       int64_t b_panel, int64_t b_row, float *c, int64_t c_row, const float *bias, int add), \
      (m, n, k, a, a_row, a_step, b, b_panel, b_row, c, c_row, bias, add)) \
    X(gemm_pairs, \
      (int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_step, const float *b, \
       int64_t b_panel, int64_t b_row, float *c, int64_t c_row, const float *bias, int add), \
      (m, n, k, a, a_row, a_step, b, b_panel, b_row, c, c_row, bias, add)) \
    X(round_rows, \
      (const float *x, int64_t sx, int64_t rows, int64_t channels, ck_layout layout, float *y, int64_t sy), \
      (x, sx, rows, channels, layout, y, sy)) \
    X(gemm_pack, \
      (int64_t k, int64_t n, const float *b, int64_t b_row, int64_t b_column, float *packed), \
      (k, n, b, b_row, b_column, packed)) \
    X(winograd_input, \
      (const ck_image *image, int64_t pad, int64_t row, int64_t first, int64_t tiles, \
       const ck_activation *activation, ck_layout layout, float *v, int64_t position, int64_t pitch), \
      (image, pad, row, first, tiles, activation, layout, v, position, pitch)) \
    X(winograd_gradient, \
      (const ck_image *image, int64_t row, int64_t first, int64_t tiles, ck_layout layout, float *v, int64_t position, \
       int64_t pitch), \
      (image, row, first, tiles, layout, v, position, pitch)) \
    X(winograd_output, \
      (const ck_image *image, int64_t row, int64_t first, int64_t tiles, const float *m, int64_t position, \
       int64_t pitch, const float *bias, const ck_image *addend, float *shifts, double *sums, double *squares), \
      (image, row, first, tiles, m, position, pitch, bias, addend, shifts, sums, squares)) \
    X(winograd_filter, \
      (const ck_filter *f, int64_t row, int64_t rows, int64_t column, int64_t columns, ck_layout layout, float *u, \
       int64_t position), \
      (f, row, rows, column, columns, layout, u, position)) \
    X(winograd_filter_backwards, \
      (const ck_filter *f, int64_t row, int64_t rows, int64_t column, int64_t columns, ck_layout layout, float *u, \
       int64_t position), \
      (f, row, rows, column, columns, layout, u, position)) \
    X(winograd_filter_gradient, \
      (const float *du, int64_t position, int64_t inputs, int64_t outputs, int64_t first, int64_t count, \
       float *dweights), \
      (du, position, inputs, outputs, first, count, dweights)) \
    X(gather_patches, \
      (const ck_patches *g, const float *image, const ck_activation *activation, int64_t first, int64_t count, \
       float *columns), \
      (g, image, activation, first, count, columns)) \
    X(scatter_patches, \
      (const ck_patches *g, const float *columns, int64_t first, int64_t count, float *image), \
      (g, columns, first, count, image)) \
    X(fill, \
      (float *y, int64_t stride, int64_t rows, int64_t channels, float value), \
      (y, stride, rows, channels, value)) \
    X(copy, \
      (const float *x, int64_t sx, float *y, int64_t sy, int64_t rows, int64_t channels), \
      (x, sx, y, sy, rows, channels)) \
    X(axpy, \
      (float a, const float *x, int64_t sx, float *y, int64_t sy, int64_t rows, int64_t channels), \
      (a, x, sx, y, sy, rows, channels)) \
    X(fill_rows, \
      (const float *bias, float *y, int64_t sy, int64_t rows, int64_t channels), \
      (bias, y, sy, rows, channels)) \
    X(scale_channels, \
      (const float *x, int64_t sx, const float *s, float *y, int64_t sy, int64_t rows, int64_t channels), \
      (x, sx, s, y, sy, rows, channels)) \
    X(leaky_relu, \
      (const float *x, int64_t sx, float slope, float *y, int64_t sy, int64_t rows, int64_t channels), \
      (x, sx, slope, y, sy, rows, channels)) \
    X(leaky_relu_backward, \
      (const float *y, int64_t sy, const float *dy, int64_t sdy, float slope, float *dx, int64_t sdx, int64_t rows, \
       int64_t channels), \
      (y, sy, dy, sdy, slope, dx, sdx, rows, channels)) \
    X(multiply, \
      (const float *x, int64_t sx, const float *z, int64_t sz, float *y, int64_t sy, int64_t rows, \
       int64_t channels), \
      (x, sx, z, sz, y, sy, rows, channels)) \
    X(squared_deviations, \
      (const float *x, int64_t sx, const float *mean, int64_t rows, int64_t channels, double *squares), \
      (x, sx, mean, rows, channels, squares)) \
    X(sum_rows, \
      (const float *x, int64_t sx, int64_t rows, int64_t channels, double *sum), \
      (x, sx, rows, channels, sum)) \
    X(dot_rows, \
      (const float *x, int64_t sx, const float *y, int64_t sy, int64_t rows, int64_t channels, double *sum), \
      (x, sx, y, sy, rows, channels, sum)) \
    X(activated_sums, \
      (const float *x, int64_t sx, const ck_activation *f, const float *y, int64_t sy, int64_t rows, \
       int64_t channels, double *sum), \
      (x, sx, f, y, sy, rows, channels, sum)) \
    X(run_sums, \
      (const float *x, int64_t sx, int64_t rows, int64_t channels, float *shifts, double *sums, double *squares), \
      (x, sx, rows, channels, shifts, sums, squares)) \
    X(absolute_difference, \
      (const float *x, int64_t sx, const float *y, int64_t sy, int64_t rows, int64_t channels, double *sum), \
      (x, sx, y, sy, rows, channels, sum)) \
    X(norm_leaky_relu_sums, \
      (const float *x, int64_t sx, const float *dy, int64_t sdy, const float *scale, const float *shift, \
       const float *mean, const float *rstd, float slope, int64_t rows, int64_t channels, double *sum_g, \
       double *sum_gx), \
      (x, sx, dy, sdy, scale, shift, mean, rstd, slope, rows, channels, sum_g, sum_gx)) \
    X(norm_leaky_relu_backward, \
      (const float *x, int64_t sx, float *dy, int64_t sdy, const float *scale, const float *shift, \
       const float *mean, const float *rstd, const float *a, const float *b, float slope, int64_t rows, \
       int64_t channels), \
      (x, sx, dy, sdy, scale, shift, mean, rstd, a, b, slope, rows, channels)) \
    X(max_pool_row, \
      (const float *top, const float *bottom, int64_t sx, int64_t out_width, int64_t channels, float *y, \
       int64_t sy, uint8_t *winner), \
      (top, bottom, sx, out_width, channels, y, sy, winner)) \
    X(max_pool_row_backward, \
      (const float *dy, int64_t sdy, const uint8_t *winner, int64_t out_width, int64_t channels, float *dtop, \
       float *dbottom, int64_t sdx), \
      (dy, sdy, winner, out_width, channels, dtop, dbottom, sdx)) \
    X(filter_valid, \
      (const float *x, int64_t height, int64_t width, const float *kernel, int64_t taps, float *scratch, float *y), \
      (x, height, width, kernel, taps, scratch, y)) \
    X(filter_valid_transposed, \
      (const float *dy, int64_t height, int64_t width, const float *kernel, int64_t taps, float *scratch, \
       float *dx), \
      (dy, height, width, kernel, taps, scratch, dx)) \
    X(adam, \
      (float *w, const float *g, float *m, float *v, int64_t count, float rate, float beta1, float beta2, \
       float epsilon, float correction1, float correction2), \
      (w, g, m, v, count, rate, beta1, beta2, epsilon, correction1, correction2)) \
    X(exponential_average, \
      (float *average, const float *w, int64_t count, float decay), \
      (average, w, count, decay))

#define MEMBER(name, parameters, arguments) void (*name) parameters;
struct kernel_table {
    const char *name;
    int64_t vector;
    KERNEL_LIST(MEMBER)
};

#endif
