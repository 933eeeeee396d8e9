// Tensors cross the C interface as at::Tensor*, which is what TorchSharp's Tensor.Handle holds.
#pragma once

#include "errors.h"

#include <ATen/ATen.h>

#include <utility>
#include <vector>

namespace pgan {

inline at::Tensor& deref(at::Tensor* handle) {
    TORCH_CHECK(handle != nullptr, "a tensor argument is null or disposed.");
    return *handle;
}

// The caller owns the result and frees it as TorchSharp frees any handle.
inline at::Tensor* to_handle(at::Tensor tensor) {
    return new at::Tensor(std::move(tensor));
}

inline std::vector<at::Tensor> gather(at::Tensor* const* handles, int64_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) {
        tensors.push_back(deref(handles[i]));
    }
    return tensors;
}

// A kernel that writes through the raw pointer tells autograd so, or a stale saved tensor would go unnoticed.
inline void mark_written(const at::Tensor& tensor) {
    if (!tensor.is_inference()) {
        tensor.unsafeGetTensorImpl()->bump_version();
    }
}

inline bool is_plain_cpu(const at::Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.layout() == at::kStrided && tensor.is_non_overlapping_and_dense() &&
           (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kDouble);
}

inline bool same_memory_order(const at::Tensor& a, const at::Tensor& b) {
    return a.scalar_type() == b.scalar_type() && a.device() == b.device() && a.sizes() == b.sizes() && a.strides() == b.strides();
}

// Elements a thread takes at a time in element-wise passes: large enough that small tensors stay on one thread.
constexpr int64_t kElementGrain = 32768;

}  // namespace pgan
