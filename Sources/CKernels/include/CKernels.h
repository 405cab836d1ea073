// Hot loops of the engine. Every function works on rows of `channels` floats that lie `stride` floats apart (a channel
// slice of a wider N,H,W,C tensor has stride > channels). No function allocates or starts threads.
#ifndef COLLAGAN_CKERNELS_H
#define COLLAGAN_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

// Instruction sets ------------------------------------------------------------------------------------------------------

/// "avx512", "avx2" or "baseline": the float32 kernels in use. The best that the processor has, or what the environment variable
/// COLLAGAN_ISA names; a name that is unknown or not to be had here counts as none.
const char *ck_instruction_set(void);
/// Whether this processor and build have an instruction set.
int ck_has_instruction_set(const char *name);
/// Takes another instruction set's float32 kernels from here on, before anything was computed; 0 if there is none of that name. The
/// unit for pairs, which fits the set chosen at the start, must not be used afterwards.
int ck_use_instruction_set(const char *name);
/// Floats in a vector.
int64_t ck_vector(void);
/// What multiplies pairs of bfloat16: the best unit that the processor has, "amx" or "avx512bf16", or the one that COLLAGAN_ISA
/// names, also "emulated"; all of them come with the best float32 kernels. Null without one, or if COLLAGAN_ISA names a float32 set.
const char *ck_pair_unit(void);

// Activations ----------------------------------------------------------------------------------------------------------

/// What is done to a channel as it is read: lrelu(scale · (x − mean) + shift), the part below 0 times slope in 0 … 1. The
/// arrays are those of the first image; the next image's lie `image` floats on.
typedef struct {
    const float *mean, *scale, *shift, *slope;
    int64_t image;
} ck_activation;

/// y = what `f` makes of x, for rows of the first image.
void ck_activate(const float *x, int64_t sx, const ck_activation *f, float *y, int64_t sy, int64_t rows, int64_t channels);

// Matrix products ------------------------------------------------------------------------------------------------------

/// C[m × n] = A[m × k] · B[k × n] (+ bias, one per column, if not null) (+ C if `add`). A's element (r, i) lies at
/// a[r · a_row + i · a_step]. B comes in panels of 2 · ck_vector() columns, `b_panel` floats apart, whose rows are `b_row` floats
/// apart: packed by ck_gemm_pack (b_panel = k · panel width, b_row = panel width), or where it lies (b_panel = panel width, b_row =
/// its row stride) if a panel's width can be read from the start of its last columns in every row. C's rows are c_row floats apart.
void ck_gemm(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_step, const float *b,
             int64_t b_panel, int64_t b_row, float *c, int64_t c_row, const float *bias, int add);
/// Packs B (element (i, j) at b[i · b_row + j · b_column]) into panels, the last one filled up with zeros:
/// ⌈n ÷ panel width⌉ · k · panel width floats.
void ck_gemm_pack(int64_t k, int64_t n, const float *b, int64_t b_row, int64_t b_column, float *packed);

/// How values lie: as floats; or rounded to bfloat16 and in pairs, each in a float's place, either of neighbouring channels of a row
/// or of a channel in two neighbouring rows (the second one's is 0 after an odd number of rows).
typedef enum { CK_FLOATS, CK_CHANNEL_PAIRS, CK_ROW_PAIRS } ck_layout;

/// ck_gemm of bfloat16 with sums in float32: k counts pairs along the depth, and a row of B holds the pairs of one k, a float's
/// place per column. So A lies in CK_CHANNEL_PAIRS, or transposed in CK_ROW_PAIRS; B lies in CK_ROW_PAIRS. An element's sum is over
/// k in an order that the unit decides, and its second halves come first where it adds one product at a time.
/// - Precondition: ck_pair_unit() is not null.
void ck_multiply_pairs(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_step, const float *b,
                       int64_t b_panel, int64_t b_row, float *c, int64_t c_row, const float *bias, int add);
/// Rows of floats, rounded into pairs (not CK_FLOATS) whose rows are sy floats apart.
void ck_round_rows(const float *x, int64_t sx, int64_t rows, int64_t channels, ck_layout layout, float *y, int64_t sy);

typedef void ck_pair_product(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_step, const float *b,
                             int64_t b_panel, int64_t b_row, float *c, int64_t c_row, const float *bias, int add);
/// The product of one unit: "amx", "avx512bf16"; or what stands for them in plain C: "emulated amx", "emulated". Null if this
/// processor or build does not have it.
ck_pair_product *ck_pair_product_of(const char *unit);

// Winograd F(4×4,3×3) --------------------------------------------------------------------------------------------------

/// One N,H,W,C image or a channel slice of one; pixels lie `stride` floats apart.
typedef struct {
    float *pixels;
    int64_t height, width, channels, stride;
} ck_image;

/// Bᵀ·d·B of 6×6 patches: `tiles` tiles from tile `first` of tile row `row` (4 output pixels each; the image is padded by `pad`
/// zeros). Position p of tile t lies at v[p · position + t · pitch + channel], 36 positions; in pairs of tiles (rows) t counts
/// pairs. `activation` may be null.
void ck_winograd_input(const ck_image *image, int64_t pad, int64_t row, int64_t first, int64_t tiles,
                       const ck_activation *activation, ck_layout layout, float *v, int64_t position, int64_t pitch);
/// A·dY·Aᵀ of 4×4 output gradients, same order; not in pairs of channels.
void ck_winograd_gradient(const ck_image *image, int64_t row, int64_t first, int64_t tiles, ck_layout layout, float *v,
                          int64_t position, int64_t pitch);
/// Aᵀ·m·A into 4×4 output pixels, plus bias and addend (null: none). Where sums is not null, per channel over the run's pixels:
/// shifts = some value of it, sums = Σ(y − shift), squares = Σ(y − shift)².
void ck_winograd_output(const ck_image *image, int64_t row, int64_t first, int64_t tiles, const float *m,
                        int64_t position, int64_t pitch, const float *bias, const ck_image *addend, float *shifts,
                        double *sums, double *squares);
/// 3×3 filters [3][3][inputs][outputs].
typedef struct {
    const float *weights;
    int64_t inputs, outputs;
} ck_filter;

/// G·g·Gᵀ of the filters for inputs row ..< row + rows and outputs column ..< column + columns, packed: 36 matrices rows × columns
/// as ck_gemm or ck_multiply_pairs takes them, `position` floats apart; not in pairs of channels.
void ck_winograd_filter(const ck_filter *f, int64_t row, int64_t rows, int64_t column, int64_t columns, ck_layout layout,
                        float *u, int64_t position);
/// The same for the input gradient: filters rotated by 180°, rows are outputs and columns inputs.
void ck_winograd_filter_backwards(const ck_filter *f, int64_t row, int64_t rows, int64_t column, int64_t columns,
                                  ck_layout layout, float *u, int64_t position);
/// dweights += Gᵀ·du·G for inputs first ..< first + count; du is 36 plain matrices count × outputs.
void ck_winograd_filter_gradient(const float *du, int64_t position, int64_t inputs, int64_t outputs, int64_t first,
                                 int64_t count, float *dweights);

// Gathering and scattering patches -------------------------------------------------------------------------------------

/// Geometry of a 2-D convolution over one batch of N,H,W,C images; out-of-image taps read as 0.
typedef struct {
    int64_t height, width, channels, stride;  // input image, input pixel stride
    int64_t out_height, out_width;
    int64_t kernel_height, kernel_width, step, pad_top, pad_left;
} ck_patches;

/// columns[p][ky][kx][c] for output pixels first ..< first + count, counted over the whole batch; `activation` may be null.
void ck_gather_patches(const ck_patches *g, const float *image, const ck_activation *activation, int64_t first,
                       int64_t count, float *columns);
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
/// sum[c] = Σ f(x) · y, or Σ f(x) where y is null.
void ck_activated_sums(const float *x, int64_t sx, const ck_activation *f, const float *y, int64_t sy, int64_t rows,
                       int64_t channels, double *sum);
/// shifts = the first row; sums = Σ (x − shift), squares = Σ (x − shift)².
void ck_run_sums(const float *x, int64_t sx, int64_t rows, int64_t channels, float *shifts, double *sums, double *squares);
/// sum[0] = Σ |x − y| over everything.
void ck_absolute_difference(const float *x, int64_t sx, const float *y, int64_t sy, int64_t rows, int64_t channels,
                            double *sum);

// Instance norm followed by leaky ReLU: y = lrelu(scale[c] · (x − mean[c]) + shift[c]) -----------------------------------

/// With g = dy · lrelu'(scale · (x − mean) + shift): sum_g[c] = Σ g, sum_gx[c] = Σ g · (x − mean[c]) · rstd[c]
void ck_norm_leaky_relu_sums(const float *x, int64_t sx, const float *dy, int64_t sdy, const float *scale,
                             const float *shift, const float *mean, const float *rstd, float slope, int64_t rows,
                             int64_t channels, double *sum_g, double *sum_gx);
/// dy becomes scale[c] · (g − a[c] − (x − mean[c]) · rstd[c] · b[c]).
void ck_norm_leaky_relu_backward(const float *x, int64_t sx, float *dy, int64_t sdy, const float *scale,
                                 const float *shift, const float *mean, const float *rstd, const float *a,
                                 const float *b, float slope, int64_t rows, int64_t channels);

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
