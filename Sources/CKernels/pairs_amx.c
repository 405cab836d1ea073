// Products of pairs by AMX tiles.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "CKernels.h"
#include "pairs.h"
#pragma clang attribute push(__attribute__((target("amx-tile,amx-bf16"))), apply_to = function)

// Tiles 0 … 3 are C's, two by two; 4 and 5 A's; 6 and 7 B's.
typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tiles;

static inline void tiles_shape(tiles *t, int64_t rows0, int64_t rows1, int64_t pairs) {
    *t = (tiles){.palette = 1};
    for (int i = 0; i < 4; i++) t->rows[i] = (uint8_t)(i < 2 ? rows0 : rows1), t->row_bytes[i] = rows1 || i < 2 ? 64 : 0;
    t->rows[4] = (uint8_t)rows0, t->rows[5] = (uint8_t)rows1;
    t->row_bytes[4] = (uint16_t)(4 * pairs), t->row_bytes[5] = rows1 ? (uint16_t)(4 * pairs) : 0;
    t->rows[6] = t->rows[7] = (uint8_t)pairs, t->row_bytes[6] = t->row_bytes[7] = 64;
    _tile_loadconfig(t);
}
#define TILE_ZERO(t, i) _tile_zero(i)
#define TILE_LOAD(t, i, p, stride) _tile_loadd(i, p, (size_t)(stride) * 4)
#define TILE_STORE(t, i, p, stride) _tile_stored(i, p, (size_t)(stride) * 4)
#define TILE_MULTIPLY(t, c, a, b) _tile_dpbf16ps(c, a, b)
#define TILES_END(t) _tile_release()
#define PRODUCT pairs_amx
#include "kernels/tiles.h"
#pragma clang attribute pop
#endif
