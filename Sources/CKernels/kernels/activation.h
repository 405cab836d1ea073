// What is done to a channel as it is read: lrelu(scale · (x − mean) + shift), kept in registers for VECTOR channels.
typedef struct {
    vec mean, scale, shift, slope;
} KERNEL(channel_activation);

INLINE KERNEL(channel_activation) load_activation(const ck_activation *f, int64_t c, int64_t count) {
    KERNEL(channel_activation) a;
    if (count == VECTOR) {
        a.mean = load(f->mean + c), a.scale = load(f->scale + c);
        a.shift = load(f->shift + c), a.slope = load(f->slope + c);
    } else {
        a.mean = load_some(f->mean + c, count), a.scale = load_some(f->scale + c, count);
        a.shift = load_some(f->shift + c, count), a.slope = load_some(f->slope + c, count);
    }
    return a;
}

INLINE vec activated(KERNEL(channel_activation) a, vec x) {
    const vec z = a.scale * (x - a.mean) + a.shift;
    return larger(z, a.slope * z);
}
