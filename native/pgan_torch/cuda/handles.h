#pragma once

#include "../cuda.h"

#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>

namespace pgan {

inline void check_cuda(cudaError_t status, const char* what) {
    if (status != cudaSuccess) {
        // The error state is sticky; without this the next, unrelated call would report it again.
        (void)cudaGetLastError();
        TORCH_CHECK(false, "CUDA: ", what, " failed: ", cudaGetErrorString(status), ".");
    }
}

inline c10::DeviceIndex require_device(int32_t device) {
    const auto count = static_cast<int32_t>(c10::cuda::device_count());
    TORCH_CHECK(
        count > 0, "libtorch finds no CUDA device: check that the driver is installed and that `nvidia-smi` lists one, or run on the CPU.");
    TORCH_CHECK(
        device >= 0 && device < count, "there is no device cuda:", device, "; the machine has ", count, " (cuda:0 to cuda:", count - 1,
        ").");
    return static_cast<c10::DeviceIndex>(device);
}

struct Event {
    cudaEvent_t event = nullptr;
    c10::DeviceIndex device = 0;
};

template <typename T>
T& handle(void* pointer, const char* what) {
    TORCH_CHECK(pointer != nullptr, "the ", what, " is null or disposed.");
    return *static_cast<T*>(pointer);
}

inline c10::cuda::CUDAStream stream_or_current(void* stream, c10::DeviceIndex device) {
    return stream == nullptr ? c10::cuda::getCurrentCUDAStream(device) : *static_cast<c10::cuda::CUDAStream*>(stream);
}

}  // namespace pgan
