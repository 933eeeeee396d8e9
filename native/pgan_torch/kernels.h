// Raw loops over float and double memory. Each is compiled for several instruction sets and chosen at run time; the
// bits are the same on all of them, because every operation is a correctly rounded IEEE one, contraction to FMA is off
// (CMakeLists.txt) and sums run in a fixed order of sixteen (float) or eight (double) lanes.
#pragma once

#include <cstdint>

namespace pgan::kernels {

template <typename T>
struct AdamScalars {
    T beta1;
    T one_minus_beta1;
    T beta2;
    T one_minus_beta2;
    T negative_step_size;  // -lr / (1 - beta1^t)
    T root_correction2;    // sqrt(1 - beta2^t)
    T epsilon;
};

struct NonFiniteCounts {
    int64_t nan = 0;
    int64_t positive_infinity = 0;
    int64_t negative_infinity = 0;
};

#define PGAN_DECLARE_KERNELS(T)                                                                                       \
    void adam(T* parameter, const T* gradient, T* moment1, T* moment2, int64_t count, const AdamScalars<T>& scalars); \
    /* average = lerp(current, average, beta), with torch.lerp's two forms for beta below and from 0.5 on */          \
    void lerp(T* average, const T* current, int64_t count, T beta);                                                   \
    void add(T* sum, const T* addend, int64_t count);                                                                 \
    void scale(T* values, int64_t count, T factor);                                                                   \
    void divide(T* quotient, const T* dividend, int64_t count, T divisor);                                            \
    NonFiniteCounts replace_non_finite(T* values, int64_t count, T nan, T positive_infinity, T negative_infinity);    \
    T dot(const T* a, const T* b, int64_t count);                                                                     \
    /* sum[j] += factors[i] * rows[i * stride + j] over all i, for count columns */                                   \
    void add_scaled_rows(T* sum, const T* rows, int64_t stride, const T* factors, int64_t row_count, int64_t count);  \
    /* result[j] = (gradient[j] - factor * v[j]) / sigma */                                                           \
    void spectral_backward_row(T* result, const T* gradient, const T* v, int64_t count, T factor, T sigma);

PGAN_DECLARE_KERNELS(float)
PGAN_DECLARE_KERNELS(double)
#undef PGAN_DECLARE_KERNELS

}  // namespace pgan::kernels
