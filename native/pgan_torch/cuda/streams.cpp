#include "handles.h"

#include <memory>

using c10::cuda::CUDAStream;

int pgan_torch_cuda_stream_create(int32_t device, int32_t high_priority, void** stream) {
    return pgan::guarded([&] { *stream = new CUDAStream(c10::cuda::getStreamFromPool(high_priority != 0, pgan::require_device(device))); });
}

int pgan_torch_cuda_stream_dispose(void* stream) {
    return pgan::guarded([&] { delete static_cast<CUDAStream*>(stream); });
}

int pgan_torch_cuda_stream_synchronize(void* stream) {
    return pgan::guarded([&] { pgan::handle<CUDAStream>(stream, "stream").synchronize(); });
}

int pgan_torch_cuda_stream_enter(void* stream, void** previous) {
    return pgan::guarded([&] {
        const auto& next = pgan::handle<CUDAStream>(stream, "stream");
        auto before = std::make_unique<CUDAStream>(c10::cuda::getCurrentCUDAStream(next.device_index()));
        c10::cuda::setCurrentCUDAStream(next);
        *previous = before.release();
    });
}

int pgan_torch_cuda_stream_restore(void* previous) {
    return pgan::guarded([&] {
        const std::unique_ptr<CUDAStream> before(&pgan::handle<CUDAStream>(previous, "stream"));
        c10::cuda::setCurrentCUDAStream(*before);
    });
}
