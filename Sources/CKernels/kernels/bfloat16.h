// bfloat16 is the upper half of a float. Two of them make a pair, which lies in a float's place, the first in its lower half.
typedef uint32_t words __attribute__((ext_vector_type(VECTOR)));
typedef uint16_t halves __attribute__((ext_vector_type(VECTOR)));
typedef words unaligned_words __attribute__((aligned(4)));
typedef halves unaligned_halves __attribute__((aligned(2)));

// Rounded to nearest, ties to even, in the upper halves; the lower ones are 0.
INLINE words rounded(vec x) {
    const words bits = (words)x;
    return (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
}

// Writes the first `count` values to `row`, `offset` floats and `channel` values on: as floats, as pairs of neighbouring channels,
// or as the first or second half (`half`) of pairs with another row's.
INLINE void put(int layout, int half, float *row, int64_t offset, int64_t channel, vec x, int64_t count) {
    if (layout == CK_FLOATS) {
        float *to = row + offset + channel;
        if (count == VECTOR) store(to, x);
        else store_some(to, x, count);
    } else if (layout == CK_CHANNEL_PAIRS) {
        uint16_t *to = (uint16_t *)(row + offset) + channel;
        const halves y = __builtin_convertvector(rounded(x) >> 16, halves);
        if (count == VECTOR) *(unaligned_halves *)to = y;
        else for (int64_t i = 0; i < count; i++) to[i] = y[i];
    } else {
        uint32_t *to = (uint32_t *)row + offset + channel;
        const uint32_t keep = half ? 0xffff : 0, shift = half ? 0 : 16;
        if (count == VECTOR) *(unaligned_words *)to = (*(unaligned_words *)to & keep) | rounded(x) >> shift;
        else {
            const words y = rounded(x) >> shift;
            for (int64_t i = 0; i < count; i++) to[i] = (to[i] & keep) | y[i];
        }
    }
}

// sum + x · y over both halves of pairs, as vdpbf16ps orders it: the second half first. Products of two bfloat16 are exact, so
// it does not matter whether they are fused with the sum.
INLINE vec add_pair_products(vec sum, vec x, vec y) {
#if defined(NATIVE_PAIRS)
    return (vec)_mm512_dpbf16_ps((__m512)sum, (__m512bh)x, (__m512bh)y);
#else
    const words a = (words)x, b = (words)y;
    sum += (vec)(a & 0xffff0000) * (vec)(b & 0xffff0000);
    sum += (vec)(a << 16) * (vec)(b << 16);
    return sum;
#endif
}
