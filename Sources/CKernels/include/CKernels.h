// Hot loops of the engine. Every function works on rows of `channels` floats that lie `stride` floats apart (a channel
// slice of a wider N,H,W,C tensor has stride > channels). No function allocates or starts threads.
#ifndef COLLAGAN_CKERNELS_H
#define COLLAGAN_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

// Gathering and scattering patches -------------------------------------------------------------------------------------

/// Geometry of a 2-D convolution over one batch of N,H,W,C images; out-of-image taps read as 0.
typedef struct {
    int64_t height, width, channels, stride;  // input image, input pixel stride
    int64_t out_height, out_width;
    int64_t kernel_height, kernel_width, step, pad_top, pad_left;
} ck_patches;

/// columns[p][ky][kx][c] for output pixels first ..< first + count, counted over the whole batch.
void ck_gather_patches(const ck_patches *g, const float *image, int64_t first, int64_t count, float *columns);
/// The transpose: adds columns back onto the image.
void ck_scatter_patches(const ck_patches *g, const float *columns, int64_t first, int64_t count, float *image);

// Pointwise ------------------------------------------------------------------------------------------------------------

void ck_fill(float *y, int64_t stride, int64_t rows, int64_t channels, float value);
void ck_copy(const float *x, int64_t sx, float *y, int64_t sy, int64_t rows, int64_t channels);
/// y += a · x
void ck_axpy(float a, const float *x, int64_t sx, float *y, int64_t sy, int64_t rows, int64_t channels);
/// Every row of y becomes bias.
void ck_fill_rows(const float *bias, float *y, int64_t sy, int64_t rows, int64_t channels);
/// y[r][c] = x[r][c] · s[c]
void ck_scale_channels(const float *x, int64_t sx, const float *s, float *y, int64_t sy, int64_t rows, int64_t channels);
/// y = x > 0 ? x : slope · x
void ck_leaky_relu(const float *x, int64_t sx, float slope, float *y, int64_t sy, int64_t rows, int64_t channels);
/// dx = y > 0 ? dy : slope · dy
void ck_leaky_relu_backward(const float *y, int64_t sy, const float *dy, int64_t sdy, float slope, float *dx, int64_t sdx,
                            int64_t rows, int64_t channels);
void ck_sigmoid(const float *x, float *y, int64_t count);
/// y = x · z
void ck_multiply(const float *x, int64_t sx, const float *z, int64_t sz, float *y, int64_t sy, int64_t rows,
                 int64_t channels);

// Reductions over rows, one result per channel; sums are over at most 16 rows in float32, over those in float64 ----------

/// squares[c] = Σ (x − mean[c])²
void ck_squared_deviations(const float *x, int64_t sx, const float *mean, int64_t rows, int64_t channels,
                           double *squares);
/// sum[c] = Σ x
void ck_sum_rows(const float *x, int64_t sx, int64_t rows, int64_t channels, double *sum);
/// sum[c] = Σ x · y
void ck_dot_rows(const float *x, int64_t sx, const float *y, int64_t sy, int64_t rows, int64_t channels, double *sum);
/// Σ |x − y| over everything.
double ck_absolute_difference(const float *x, int64_t sx, const float *y, int64_t sy, int64_t rows, int64_t channels);

// Instance norm followed by leaky ReLU: y = lrelu(scale[c] · (x − mean[c]) + shift[c]) -----------------------------------

void ck_norm_leaky_relu(const float *x, int64_t sx, const float *scale, const float *shift, const float *mean,
                        float slope, float *y, int64_t sy, int64_t rows, int64_t channels);
/// With g = dy · lrelu'(scale · (x − mean) + shift): sum_g[c] = Σ g, sum_gx[c] = Σ g · (x − mean[c]) · rstd[c]
void ck_norm_leaky_relu_sums(const float *x, int64_t sx, const float *dy, int64_t sdy, const float *scale,
                             const float *shift, const float *mean, const float *rstd, float slope, int64_t rows,
                             int64_t channels, double *sum_g, double *sum_gx);
/// dx = scale[c] · (g − a[c] − (x − mean[c]) · rstd[c] · b[c])
void ck_norm_leaky_relu_backward(const float *x, int64_t sx, const float *dy, int64_t sdy, const float *scale,
                                 const float *shift, const float *mean, const float *rstd, const float *a,
                                 const float *b, float slope, float *dx, int64_t sdx, int64_t rows, int64_t channels);

// Max pooling 2×2 ------------------------------------------------------------------------------------------------------

/// One output row of out_width pixels from two input rows; winner[p][c] in 0..3 says which tap won.
void ck_max_pool_row(const float *top, const float *bottom, int64_t sx, int64_t out_width, int64_t channels, float *y,
                     int64_t sy, uint8_t *winner);
void ck_max_pool_row_backward(const float *dy, int64_t sdy, const uint8_t *winner, int64_t out_width, int64_t channels,
                              float *dtop, float *dbottom, int64_t sdx);

// Separable filter over one single-channel image, valid positions only -------------------------------------------------

/// y[(h − taps + 1) × (w − taps + 1)] = x filtered along both axes; scratch holds h × (w − taps + 1) floats.
void ck_filter_valid(const float *x, int64_t height, int64_t width, const float *kernel, int64_t taps, float *scratch,
                     float *y);
/// The transpose: dx[h × w] from dy[(h − taps + 1) × (w − taps + 1)].
void ck_filter_valid_transposed(const float *dy, int64_t height, int64_t width, const float *kernel, int64_t taps,
                                float *scratch, float *dx);

// Optimiser ------------------------------------------------------------------------------------------------------------

/// One Adam update. correction1 = 1 − β1^t, correction2 = 1 − β2^t.
void ck_adam(float *w, const float *g, float *m, float *v, int64_t count, float rate, float beta1, float beta2,
             float epsilon, float correction1, float correction2);
/// average = decay · average + (1 − decay) · w
void ck_exponential_average(float *average, const float *w, int64_t count, float decay);

#endif
