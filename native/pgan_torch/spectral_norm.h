// The arithmetic of spectral norm over contiguous CPU memory. Work is cut by rows, columns or chunks of fixed size, and each
// piece is summed in a fixed order, so that the thread count cannot change the bits.
#pragma once

#include "kernels.h"
#include "tensors.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

namespace pgan {

constexpr int64_t kColumnBlock = 2048;

inline bool has_fast_path(const at::Tensor& matrix) {
    return is_plain_cpu(matrix) && matrix.is_contiguous();
}

template <typename T>
void multiply(const T* matrix, int64_t rows, int64_t columns, const T* v, T* product) {
    at::parallel_for(0, rows, std::max<int64_t>(1, kElementGrain / columns), [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) {
            product[row] = kernels::dot(matrix + row * columns, v, columns);
        }
    });
}

template <typename T>
void multiply_transposed(const T* matrix, int64_t rows, int64_t columns, const T* u, T* product) {
    const int64_t blocks = (columns + kColumnBlock - 1) / kColumnBlock;
    at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
        for (int64_t block = begin; block < end; ++block) {
            const int64_t first = block * kColumnBlock;
            const int64_t count = std::min(kColumnBlock, columns - first);
            std::fill_n(product + first, count, T(0));
            kernels::add_scaled_rows(product + first, matrix + first, columns, u, rows, count);
        }
    });
}

template <typename T>
void normalize_vector(T* vector, int64_t count, double epsilon) {
    const double norm = std::sqrt(static_cast<double>(kernels::dot(vector, vector, count)));
    kernels::divide(vector, vector, count, static_cast<T>(std::max(norm, epsilon)));
}

template <typename T>
T sigma_of(const at::Tensor& matrix, const at::Tensor& u, const at::Tensor& v) {
    const auto product = at::empty({matrix.size(0)}, matrix.options());
    multiply(matrix.data_ptr<T>(), matrix.size(0), matrix.size(1), v.data_ptr<T>(), product.data_ptr<T>());
    return kernels::dot(u.data_ptr<T>(), product.data_ptr<T>(), matrix.size(0));
}

// <a, b> in chunks of fixed size whose sums are added in order, so that the thread count cannot change the bits.
template <typename T>
T inner_product(const at::Tensor& a, const at::Tensor& b) {
    const int64_t count = a.numel();
    const int64_t chunks = (count + kElementGrain - 1) / kElementGrain;
    std::vector<double> partial(static_cast<size_t>(chunks));
    const T* x = a.data_ptr<T>();
    const T* y = b.data_ptr<T>();
    at::parallel_for(0, chunks, 1, [&](int64_t begin, int64_t end) {
        for (int64_t chunk = begin; chunk < end; ++chunk) {
            const int64_t first = chunk * kElementGrain;
            partial[static_cast<size_t>(chunk)] = kernels::dot(x + first, y + first, std::min(kElementGrain, count - first));
        }
    });
    double sum = 0;
    for (const double value : partial) {
        sum += value;
    }
    return static_cast<T>(sum);
}

}  // namespace pgan
