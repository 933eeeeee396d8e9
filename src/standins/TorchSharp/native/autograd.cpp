// Gradients: flags of tensors, backward passes, and the two thread-local modes.
#include "entry.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

namespace {

std::vector<at::Tensor> list_of(void* const* handles, int32_t count) {
    std::vector<at::Tensor> list;
    list.reserve(count);
    for (int32_t i = 0; i < count; ++i) list.push_back(handles[i] ? *static_cast<at::Tensor*>(handles[i]) : at::Tensor());
    return list;
}

}  // namespace

PGAN_EXPORT int pgan_ts_set_requires_grad(void* handle, int32_t value) {
    return pgan::guarded([&] { pgan::tensor_at(handle).set_requires_grad(value != 0); });
}

// Null when there is no gradient.
PGAN_EXPORT int pgan_ts_grad(const void* handle, void** result) {
    return pgan::guarded([&] {
        const auto& grad = pgan::tensor_at(handle).grad();
        *result = grad.defined() ? pgan::own(grad) : nullptr;
    });
}

PGAN_EXPORT int pgan_ts_set_grad(void* handle, const void* grad) {
    return pgan::guarded([&] {
        const auto& tensor = pgan::tensor_at(handle);
        if (grad == nullptr) {
            tensor.mutable_grad() = at::Tensor();
            return;
        }
        const auto& value = pgan::tensor_at(grad);
        TORCH_CHECK(value.sizes() == tensor.sizes(), "A gradient of shape ", value.sizes(), " does not fit a tensor of shape ", tensor.sizes(), ".");
        tensor.mutable_grad() = value;
    });
}

PGAN_EXPORT int pgan_ts_retain_grad(void* handle) {
    return pgan::guarded([&] { pgan::tensor_at(handle).retain_grad(); });
}

PGAN_EXPORT int pgan_ts_backward(void* const* tensors, int32_t count, void* const* grads, int32_t grad_count, int32_t retain_graph, int32_t create_graph,
                                 void* const* inputs, int32_t input_count) {
    return pgan::guarded([&] {
        torch::autograd::backward(list_of(tensors, count), list_of(grads, grad_count), retain_graph != 0, create_graph != 0, list_of(inputs, input_count));
    });
}

// Writes one handle for each input, null where allow_unused let an input go without a gradient.
PGAN_EXPORT int pgan_ts_autograd_grad(void* const* outputs, int32_t count, void* const* inputs, int32_t input_count, void* const* grads, int32_t grad_count,
                                      int32_t retain_graph, int32_t create_graph, int32_t allow_unused, void** results) {
    return pgan::guarded([&] {
        auto found = torch::autograd::grad(list_of(outputs, count), list_of(inputs, input_count), list_of(grads, grad_count), retain_graph != 0,
                                           create_graph != 0, allow_unused != 0);
        for (size_t i = 0; i < found.size(); ++i) results[i] = found[i].defined() ? pgan::own(std::move(found[i])) : nullptr;
    });
}

PGAN_EXPORT int32_t pgan_ts_grad_enabled() { return c10::GradMode::is_enabled(); }

PGAN_EXPORT void pgan_ts_set_grad_enabled(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

PGAN_EXPORT int32_t pgan_ts_inference_enabled() { return c10::InferenceMode::is_enabled(); }

// The guard must be ended on the thread that began it.
PGAN_EXPORT int pgan_ts_begin_inference(int32_t enabled, void** guard) {
    return pgan::guarded([&] { *guard = new c10::InferenceMode(enabled != 0); });
}

PGAN_EXPORT int pgan_ts_end_inference(void* guard) {
    return pgan::guarded([&] { delete static_cast<c10::InferenceMode*>(guard); });
}
