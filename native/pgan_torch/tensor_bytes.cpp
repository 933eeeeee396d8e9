#include "tensors.h"

// Address and size of a contiguous CPU tensor's memory.
PGAN_API int pgan_torch_data(at::Tensor* tensor, void** address, int64_t* bytes) {
    return pgan::guarded([&] {
        const auto& source = pgan::deref(tensor);
        TORCH_CHECK(source.device().is_cpu(), "raw bytes: the tensor is on ", source.device(), "; copy it to the CPU first.");
        TORCH_CHECK(
            source.is_contiguous(), "raw bytes: the tensor of shape ", source.sizes(), " has strides ", source.strides(),
            "; make it contiguous first.");
        *address = source.data_ptr();
        *bytes = static_cast<int64_t>(source.nbytes());
    });
}

// The tensor itself where it is contiguous on the CPU, a row-major CPU copy otherwise.
PGAN_API int pgan_torch_row_major_on_cpu(at::Tensor* tensor, at::Tensor** result) {
    return pgan::guarded([&] {
        const at::NoGradGuard no_grad;
        *result = pgan::to_handle(pgan::deref(tensor).detach().cpu().contiguous());
    });
}
