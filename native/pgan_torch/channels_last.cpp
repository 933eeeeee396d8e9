#include "tensors.h"

// A new handle: of the same tensor where it is channels-last already, of a copy otherwise.
PGAN_API int pgan_torch_channels_last(at::Tensor* tensor, at::Tensor** result) {
    return pgan::guarded([&] {
        const auto& source = pgan::deref(tensor);
        TORCH_CHECK(source.dim() == 4, "channels-last needs a tensor [N, C, H, W]; this one has shape ", source.sizes(), ".");
        *result = pgan::to_handle(source.contiguous(at::MemoryFormat::ChannelsLast));
    });
}

PGAN_API int pgan_torch_is_channels_last(at::Tensor* tensor, int32_t* result) {
    return pgan::guarded([&] {
        const auto& source = pgan::deref(tensor);
        *result = source.dim() == 4 && source.is_contiguous(at::MemoryFormat::ChannelsLast);
    });
}

// Rearranges the memory of every tensor of four dimensions and leaves the others alone; the tensors stay the same objects.
PGAN_API int pgan_torch_make_channels_last(at::Tensor* const* tensors, int64_t count) {
    return pgan::guarded([&] {
        const at::NoGradGuard no_grad;
        for (int64_t i = 0; i < count; ++i) {
            const auto& tensor = pgan::deref(tensors[i]);
            if (tensor.dim() == 4 && !tensor.is_contiguous(at::MemoryFormat::ChannelsLast)) {
                tensor.set_data(tensor.detach().contiguous(at::MemoryFormat::ChannelsLast));
            }
        }
    });
}
