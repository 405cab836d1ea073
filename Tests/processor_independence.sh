#!/usr/bin/env bash
# Nothing in the program may choose its arithmetic by processor but our own kernels (docs/numerics.md). Looks into what was built:
# - no OpenBLAS among the libraries that the program loads;
# - no function of the C library in our own targets whose last bits differ from processor to processor (those that are rounded exactly, such as sqrt and
#   floor, may be there);
# - no instruction in the kernels whose approximation differs from maker to maker (rcp, rsqrt).
set -euo pipefail
cd "$(dirname "$0")/.."
built=$(swift build -c release --show-bin-path)
failed=0

if ldd "$built/collagan" | grep -i blas; then
    echo "the program links a BLAS" >&2
    failed=1
fi
functions='exp|expm1|exp2|exp10|log|log1p|log2|log10|pow|sin|cos|tan|sincos|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot|erf|erfc|tgamma|lgamma'
for target in Sources/*/; do
    objects=$(find "$built/$(basename "$target").build" -name '*.o' 2>/dev/null || true)
    [ -n "$objects" ] || continue
    # shellcheck disable=SC2086
    if nm -u $objects | grep -E "^ +U ($functions)f?l?\$" | sort | uniq -c; then
        echo "$target calls these; use Elementary" >&2
        failed=1
    fi
done
kernels=$(find "$built/CKernels.build" -name '*.o')
# shellcheck disable=SC2086
if objdump -d $kernels | grep -E '\sv?(rcp|rsqrt)(14|28)?[ps][sd]\s' | head -n 3; then
    echo "the kernels use approximate instructions" >&2
    failed=1
fi
exit $failed
