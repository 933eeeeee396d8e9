// Autocast for the calling thread. libtorch 2.4 replaced a pair of functions for each device by one pair for all.
#include "tensors.h"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace pgan {
namespace {

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
bool is_enabled(c10::DeviceType device) {
    return at::autocast::is_autocast_enabled(device);
}
void set_enabled(c10::DeviceType device, bool enabled) {
    at::autocast::set_autocast_enabled(device, enabled);
}
at::ScalarType dtype(c10::DeviceType device) {
    return at::autocast::get_autocast_dtype(device);
}
void set_dtype(c10::DeviceType device, at::ScalarType type) {
    at::autocast::set_autocast_dtype(device, type);
}
#else
bool is_enabled(c10::DeviceType device) {
    return device == c10::DeviceType::CPU ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled();
}
void set_enabled(c10::DeviceType device, bool enabled) {
    device == c10::DeviceType::CPU ? at::autocast::set_cpu_enabled(enabled) : at::autocast::set_enabled(enabled);
}
at::ScalarType dtype(c10::DeviceType device) {
    return device == c10::DeviceType::CPU ? at::autocast::get_autocast_cpu_dtype() : at::autocast::get_autocast_gpu_dtype();
}
void set_dtype(c10::DeviceType device, at::ScalarType type) {
    device == c10::DeviceType::CPU ? at::autocast::set_autocast_cpu_dtype(type) : at::autocast::set_autocast_gpu_dtype(type);
}
#endif

c10::DeviceType device_type(int32_t is_cuda) {
    return is_cuda != 0 ? c10::DeviceType::CUDA : c10::DeviceType::CPU;
}

}  // namespace
}  // namespace pgan

PGAN_API int pgan_torch_autocast_enter(int32_t is_cuda, int32_t* was_enabled, int32_t* previous_dtype) {
    return pgan::guarded([&] {
        const auto device = pgan::device_type(is_cuda);
        *was_enabled = pgan::is_enabled(device);
        *previous_dtype = static_cast<int32_t>(pgan::dtype(device));
        pgan::set_dtype(device, at::kBFloat16);
        pgan::set_enabled(device, true);
        at::autocast::increment_nesting();
    });
}

PGAN_API int pgan_torch_autocast_leave(int32_t is_cuda, int32_t was_enabled, int32_t previous_dtype) {
    return pgan::guarded([&] {
        const auto device = pgan::device_type(is_cuda);
        // The cache holds bfloat16 copies of parameters; the next update makes them stale.
        if (at::autocast::decrement_nesting() == 0) {
            at::autocast::clear_cache();
        }
        pgan::set_enabled(device, was_enabled != 0);
        pgan::set_dtype(device, static_cast<at::ScalarType>(previous_dtype));
    });
}
