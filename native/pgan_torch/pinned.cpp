#include "tensors.h"

#include <ATen/Context.h>

// An uninitialised CPU tensor in page-locked memory where there is CUDA, in ordinary memory otherwise.
PGAN_API int pgan_torch_pinned_empty(const int64_t* shape, int32_t rank, int8_t dtype, at::Tensor** result, int32_t* is_pinned) {
    return pgan::guarded([&] {
        const bool pin = at::hasCUDA();
        const auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)).device(at::kCPU).pinned_memory(pin);
        *result = pgan::to_handle(at::empty(at::IntArrayRef(shape, static_cast<size_t>(rank)), options));
        *is_pinned = pin;
    });
}
