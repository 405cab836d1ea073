#!/usr/bin/env bash
# Nothing in the program may choose its arithmetic by processor but our own kernels (docs/explanation/numerics.md).
# Looks into what was built:
# - no BLAS among the libraries that the program loads;
# - no function of the C library in our own targets whose last bits differ from processor to processor (those that are
#   rounded exactly, such as sqrt and floor, may be there), none of its vector versions;
# - no instruction in the kernels whose approximation differs from maker to maker (rcp, rsqrt).
set -euo pipefail
cd "$(dirname "$0")/.."
built=$(swift build -c release --show-bin-path)
failed=0

libraries=$(ldd "$built/collagan")
if grep -i blas <<<"$libraries"; then
    echo "the program links a BLAS" >&2
    failed=1
fi
functions='exp|expm1|exp2|exp10|log|log1p|log2|log10|pow|sin|cos|tan|sincos|asin|acos|atan|atan2|sinh|cosh|tanh'
functions="$functions|asinh|acosh|atanh|cbrt|hypot|erf|erfc|tgamma|lgamma"
for target in Sources/*/; do
    find "$target" \( -name '*.swift' -o -name '*.c' \) -print -quit | grep -q . || continue # a system library
    name=$(basename "$target")
    mapfile -t objects < <(find "$built/$name.build" -name '*.o')
    if [ ${#objects[@]} -eq 0 ]; then
        echo "$name: no objects in $built; build first" >&2
        exit 2
    fi
    symbols=$(nm -u "${objects[@]}")
    if grep -E "^ +U (($functions)f?l?|_ZGV.*)\$" <<<"$symbols" | sort | uniq -c; then
        echo "$name calls these; use Elementary" >&2
        failed=1
    fi
done
mapfile -t kernels < <(find "$built/CKernels.build" -name '*.o')
code=$(objdump -d "${kernels[@]}")
if grep -m 3 -E '\sv?(rcp|rsqrt)(14|28)?[ps][sd]\s' <<<"$code"; then
    echo "the kernels use approximate instructions" >&2
    failed=1
fi
exit $failed
