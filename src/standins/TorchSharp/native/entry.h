// What every entry of this library shares: the export macro, the guard that turns C++ exceptions into an error code, and tensor handles.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <string>

#define PGAN_EXPORT extern "C" __attribute__((visibility("default")))

namespace pgan {

inline std::string& last_error() {
    static thread_local std::string text;
    return text;
}

// Runs a body and returns 0, or keeps the text of what it threw for pgan_ts_last_error and returns 1.
template <class Body>
int guarded(Body&& body) noexcept {
    try {
        body();
        return 0;
    } catch (const c10::Error& error) {
        last_error() = error.what_without_backtrace();
    } catch (const std::exception& error) {
        last_error() = error.what();
    } catch (...) {
        last_error() = "An unknown C++ exception was thrown by libtorch.";
    }
    return 1;
}

// A handle is an at::Tensor of its own, made with new; the managed side deletes it through pgan_ts_delete.
inline at::Tensor* own(at::Tensor tensor) { return new at::Tensor(std::move(tensor)); }

inline const at::Tensor& tensor_at(const void* handle) {
    TORCH_CHECK(handle != nullptr, "Tensor is null or disposed.");
    return *static_cast<const at::Tensor*>(handle);
}

}  // namespace pgan
