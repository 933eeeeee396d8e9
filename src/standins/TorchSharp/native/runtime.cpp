// State of the process and the thread: random generators, threads, devices, version.
#include "entry.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <mutex>

namespace {

c10::Device device_of(int64_t device) {
    return {static_cast<c10::DeviceType>(device & 0xff), static_cast<c10::DeviceIndex>(device >> 32)};
}

}  // namespace

PGAN_EXPORT const char* pgan_ts_version() { return TORCH_VERSION; }

PGAN_EXPORT int pgan_ts_manual_seed(int64_t seed) {
    return pgan::guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

// The thread-safe default generator of a device; the handle is a Generator of its own that shares the state.
PGAN_EXPORT int pgan_ts_default_generator(int64_t device, void** result) {
    return pgan::guarded([&] { *result = new at::Generator(at::globalContext().defaultGenerator(device_of(device))); });
}

PGAN_EXPORT int pgan_ts_new_generator(uint64_t seed, int64_t device, void** result) {
    return pgan::guarded([&] {
        auto generator = at::globalContext().defaultGenerator(device_of(device)).clone();
        generator.set_current_seed(seed);
        *result = new at::Generator(std::move(generator));
    });
}

PGAN_EXPORT int pgan_ts_delete_generator(void* generator) {
    return pgan::guarded([&] { delete static_cast<at::Generator*>(generator); });
}

PGAN_EXPORT int pgan_ts_generator_seed(void* handle, uint64_t seed) {
    return pgan::guarded([&] {
        auto& generator = *static_cast<at::Generator*>(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_current_seed(seed);
    });
}

// Draws a seed from the system's entropy, as torch.Generator.seed does.
PGAN_EXPORT int pgan_ts_generator_reseed(void* handle, uint64_t* seed) {
    return pgan::guarded([&] {
        auto& generator = *static_cast<at::Generator*>(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        *seed = generator.seed();
    });
}

PGAN_EXPORT int pgan_ts_generator_initial_seed(void* handle, uint64_t* seed) {
    return pgan::guarded([&] { *seed = static_cast<at::Generator*>(handle)->current_seed(); });
}

PGAN_EXPORT int pgan_ts_generator_state(void* handle, void** state) {
    return pgan::guarded([&] {
        auto& generator = *static_cast<at::Generator*>(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        *state = pgan::own(generator.get_state());
    });
}

PGAN_EXPORT int pgan_ts_set_generator_state(void* handle, const void* state) {
    return pgan::guarded([&] {
        auto& generator = *static_cast<at::Generator*>(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_state(pgan::tensor_at(state));
    });
}

PGAN_EXPORT int pgan_ts_threads(int32_t* intra, int32_t* inter) {
    return pgan::guarded([&] {
        *intra = at::get_num_threads();
        *inter = at::get_num_interop_threads();
    });
}

PGAN_EXPORT int pgan_ts_set_threads(int32_t threads) {
    return pgan::guarded([&] { at::set_num_threads(threads); });
}

PGAN_EXPORT int pgan_ts_set_interop_threads(int32_t threads) {
    return pgan::guarded([&] { at::set_num_interop_threads(threads); });
}

PGAN_EXPORT int pgan_ts_cuda(int32_t* available, int32_t* cudnn, int32_t* devices) {
    return pgan::guarded([&] {
        *available = torch::cuda::is_available();
        *cudnn = torch::cuda::cudnn_is_available();
        *devices = static_cast<int32_t>(torch::cuda::device_count());
    });
}

PGAN_EXPORT int pgan_ts_cuda_synchronize(int64_t device) {
    return pgan::guarded([&] { torch::cuda::synchronize(device); });
}

PGAN_EXPORT int pgan_ts_cuda_seed(int64_t seed, int32_t all_devices) {
    return pgan::guarded([&] {
        if (all_devices != 0) torch::cuda::manual_seed_all(static_cast<uint64_t>(seed));
        else torch::cuda::manual_seed(static_cast<uint64_t>(seed));
    });
}

PGAN_EXPORT int pgan_ts_set_deterministic(int32_t enabled, int32_t warn_only) {
    return pgan::guarded([&] { at::globalContext().setDeterministicAlgorithms(enabled != 0, warn_only != 0); });
}

PGAN_EXPORT int32_t pgan_ts_deterministic() { return at::globalContext().deterministicAlgorithms(); }
