#include "handles.h"

#include <string>

int32_t pgan_torch_cuda_built() {
    return 1;
}

int pgan_torch_cuda_device_count(int32_t* count) {
    // c10 gives 0, not an error, where there is no driver.
    return pgan::guarded([&] { *count = static_cast<int32_t>(c10::cuda::device_count()); });
}

int pgan_torch_cuda_describe(int32_t device, const char** name, int64_t* memory, int32_t* major, int32_t* minor) {
    return pgan::guarded([&] {
        thread_local std::string kept;
        cudaDeviceProp properties{};
        pgan::check_cuda(cudaGetDeviceProperties(&properties, pgan::require_device(device)), "reading a device's properties");
        kept = properties.name;
        *name = kept.c_str();
        *memory = static_cast<int64_t>(properties.totalGlobalMem);
        *major = properties.major;
        *minor = properties.minor;
    });
}

int pgan_torch_cuda_synchronize(int32_t device) {
    return pgan::guarded([&] {
        const c10::cuda::CUDAGuard guard(pgan::require_device(device));
        pgan::check_cuda(cudaDeviceSynchronize(), "waiting for the device");
    });
}
