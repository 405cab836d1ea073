// Products of pairs in tiles of 16 rows and 16 columns, 2 × 2 tiles of C at a time. Included once with the processor's tiles and
// once with tiles in memory, which define the macros.
enum { TILE = 16, BLOCK = 2 * TILE, PANEL_COLUMNS = 32, PACKED_PAIRS = 256 };

// C's block += A's rows · one panel of B, for `pairs` pairs in steps of `step`.
static inline __attribute__((always_inline)) void tiles_block(tiles *t, int two_rows, int two_columns, int64_t pairs, int64_t step,
                                                              const float *a, int64_t a_row, const float *b, int64_t b_row,
                                                              float *c, int64_t c_row, int add) {
    float *below = c + TILE * c_row;
    if (add) {
        TILE_LOAD(t, 0, c, c_row);
        if (two_columns) TILE_LOAD(t, 1, c + TILE, c_row);
        if (two_rows) TILE_LOAD(t, 2, below, c_row);
        if (two_rows && two_columns) TILE_LOAD(t, 3, below + TILE, c_row);
    } else {
        TILE_ZERO(t, 0);
        if (two_columns) TILE_ZERO(t, 1);
        if (two_rows) TILE_ZERO(t, 2);
        if (two_rows && two_columns) TILE_ZERO(t, 3);
    }
    for (int64_t i = 0; i < pairs; i += step, a += step, b += step * b_row) {
        TILE_LOAD(t, 4, a, a_row);
        TILE_LOAD(t, 6, b, b_row);
        TILE_MULTIPLY(t, 0, 4, 6);
        if (two_rows) {
            TILE_LOAD(t, 5, a + TILE * a_row, a_row);
            TILE_MULTIPLY(t, 2, 5, 6);
        }
        if (two_columns) {
            TILE_LOAD(t, 7, b + TILE, b_row);
            TILE_MULTIPLY(t, 1, 4, 7);
            if (two_rows) TILE_MULTIPLY(t, 3, 5, 7);
        }
    }
    TILE_STORE(t, 0, c, c_row);
    if (two_columns) TILE_STORE(t, 1, c + TILE, c_row);
    if (two_rows) TILE_STORE(t, 2, below, c_row);
    if (two_rows && two_columns) TILE_STORE(t, 3, below + TILE, c_row);
}

// Rows of C for all columns. A last panel whose columns do not fill its tiles goes through memory of its own.
static void tiles_rows(tiles *t, int64_t rows, int64_t n, int64_t pairs, int64_t step, const float *a, int64_t a_row,
                       const float *b, int64_t b_panel, int64_t b_row, float *c, int64_t c_row, int add) {
    float rest[BLOCK * BLOCK];
    for (int64_t j = 0; j < n; j += PANEL_COLUMNS, b += b_panel, c += PANEL_COLUMNS) {
        const int64_t left = n - j < PANEL_COLUMNS ? n - j : PANEL_COLUMNS;
        const int whole = left % TILE == 0;
        float *to = whole ? c : rest;
        const int64_t to_row = whole ? c_row : BLOCK;
        if (!whole && add)
            for (int64_t r = 0; r < rows; r++) memcpy(rest + r * BLOCK, c + r * c_row, (size_t)left * 4);
        if (rows > TILE && left > TILE) tiles_block(t, 1, 1, pairs, step, a, a_row, b, b_row, to, to_row, add);
        else if (rows > TILE) tiles_block(t, 1, 0, pairs, step, a, a_row, b, b_row, to, to_row, add);
        else if (left > TILE) tiles_block(t, 0, 1, pairs, step, a, a_row, b, b_row, to, to_row, add);
        else tiles_block(t, 0, 0, pairs, step, a, a_row, b, b_row, to, to_row, add);
        if (!whole)
            for (int64_t r = 0; r < rows; r++) memcpy(c + r * c_row, rest + r * BLOCK, (size_t)left * 4);
    }
}

// Columns of A become the rows that tiles are loaded from.
static void pack_rows(int64_t rows, int64_t pairs, const float *a, int64_t a_row, int64_t a_step, float *packed) {
    for (int64_t i = 0; i < pairs; i++) for (int64_t r = 0; r < rows; r++) packed[r * PACKED_PAIRS + i] = a[r * a_row + i * a_step];
}

void PRODUCT(int64_t m, int64_t n, int64_t k, const float *a, int64_t a_row, int64_t a_step, const float *b, int64_t b_panel,
             int64_t b_row, float *c, int64_t c_row, const float *bias, int add) {
    if (bias && !add) {
        for (int64_t r = 0; r < m; r++) memcpy(c + r * c_row, bias, (size_t)n * 4);
        add = 1;
    }
    tiles t;
    float packed[BLOCK * PACKED_PAIRS];
    int64_t shape[2] = {0, 0};
    for (int64_t i0 = 0, pairs; i0 < k; i0 += pairs) {
        // Whole tiles, then what is left of the depth.
        const int64_t most = a_step == 1 ? k : PACKED_PAIRS, left = k - i0 < most ? k - i0 : most;
        pairs = left < TILE ? left : left / TILE * TILE;
        const int64_t step = pairs < TILE ? pairs : TILE;
        for (int64_t r0 = 0; r0 < m; r0 += BLOCK) {
            const int64_t rows = m - r0 < BLOCK ? m - r0 : BLOCK;
            if (shape[0] != rows || shape[1] != step) {
                tiles_shape(&t, rows < TILE ? rows : TILE, rows > TILE ? rows - TILE : 0, step);
                shape[0] = rows, shape[1] = step;
            }
            const float *source = a + r0 * a_row + i0 * a_step;
            if (a_step != 1) pack_rows(rows, pairs, source, a_row, a_step, packed);
            tiles_rows(&t, rows, n, pairs, step, a_step == 1 ? source : packed, a_step == 1 ? a_row : PACKED_PAIRS,
                       b + i0 * b_row, b_panel, b_row, c + r0 * c_row, c_row, add || i0 > 0);
        }
    }
    TILES_END(&t);
}
