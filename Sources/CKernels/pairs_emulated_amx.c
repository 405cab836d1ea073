// What pairs_amx.c does, with tiles in memory: the sums are in the order that Intel's manual gives for TDPBF16PS (Software Developer's
// Manual, volume 2): over the first halves and over the second halves of a tile's pairs, each from 0, then both together, then
// together with C.
#if defined(__x86_64__)
#include <string.h>

#include "CKernels.h"
#include "pairs.h"

typedef struct {
    int64_t rows[8], columns[8];
    float values[8][16][16];
} tiles;

static void tiles_shape(tiles *t, int64_t rows0, int64_t rows1, int64_t pairs) {
    memset(t, 0, sizeof *t);
    for (int i = 0; i < 4; i++) t->rows[i] = i < 2 ? rows0 : rows1, t->columns[i] = 16;
    t->rows[4] = rows0, t->rows[5] = rows1, t->columns[4] = t->columns[5] = pairs;
    t->rows[6] = t->rows[7] = pairs, t->columns[6] = t->columns[7] = 16;
}

static void tile_load(tiles *t, int i, const float *p, int64_t stride) {
    for (int64_t r = 0; r < t->rows[i]; r++) memcpy(t->values[i][r], p + r * stride, (size_t)t->columns[i] * 4);
}

static void tile_store(const tiles *t, int i, float *p, int64_t stride) {
    for (int64_t r = 0; r < t->rows[i]; r++) memcpy(p + r * stride, t->values[i][r], (size_t)t->columns[i] * 4);
}

static float half(float pair, int second) {
    uint32_t bits;
    memcpy(&bits, &pair, 4);
    bits = second ? bits & 0xffff0000 : bits << 16;
    memcpy(&pair, &bits, 4);
    return pair;
}

static void tile_multiply(tiles *t, int c, int a, int b) {
    for (int64_t r = 0; r < t->rows[c]; r++) for (int64_t j = 0; j < 16; j++) {
        float sum[2] = {0, 0};
        for (int64_t k = 0; k < t->columns[a]; k++)
            for (int h = 0; h < 2; h++) sum[h] += half(t->values[a][r][k], h) * half(t->values[b][k][j], h);
        t->values[c][r][j] += sum[0] + sum[1];
    }
}
#define TILE_ZERO(t, i) memset((t)->values[i], 0, sizeof (t)->values[i])
#define TILE_LOAD(t, i, p, stride) tile_load(t, i, p, stride)
#define TILE_STORE(t, i, p, stride) tile_store(t, i, p, stride)
#define TILE_MULTIPLY(t, c, a, b) tile_multiply(t, c, a, b)
#define TILES_END(t) (void)(t)
#define PRODUCT pairs_emulated_amx
#include "kernels/tiles.h"
#endif
