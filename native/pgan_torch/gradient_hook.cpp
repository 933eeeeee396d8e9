// Calls back when a parameter's gradient of a backward pass is complete, by a post hook on its AccumulateGrad node.
#include "tensors.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <array>
#include <memory>

namespace pgan {
namespace {

// Returns 0, or 1 after writing a zero-terminated UTF-8 text of at most `capacity` bytes to `error`.
using Callback = int32_t (*)(void* context, char* error, int32_t capacity);

struct Hook final : torch::autograd::FunctionPostHook {
    Hook(Callback callback, void* context) : callback(callback), context(context) {}

    torch::autograd::variable_list operator()(
        const torch::autograd::variable_list& outputs, const torch::autograd::variable_list& /*inputs*/) override {
        std::array<char, 2048> error{};
        TORCH_CHECK(callback(context, error.data(), static_cast<int32_t>(error.size())) == 0, error.data());
        return outputs;
    }

    Callback callback;
    void* context;
};

struct Registration {
    // Parameters hold their accumulator weakly: without this reference the node and its hook would die after a backward.
    std::shared_ptr<torch::autograd::Node> accumulator;
    uintptr_t key = 0;
};

}  // namespace
}  // namespace pgan

PGAN_API int pgan_torch_gradient_hook_add(at::Tensor* parameter, pgan::Callback callback, void* context, void** registration) {
    return pgan::guarded([&] {
        const auto& target = pgan::deref(parameter);
        TORCH_CHECK(
            target.is_leaf() && target.requires_grad(), "a gradient hook needs a leaf tensor that requires a gradient, as parameters do.");
        auto created = std::make_unique<pgan::Registration>();
        created->accumulator = torch::autograd::impl::grad_accumulator(target);
        created->key = created->accumulator->add_post_hook(std::make_unique<pgan::Hook>(callback, context));
        *registration = created.release();
    });
}

PGAN_API int pgan_torch_gradient_hook_remove(void* registration) {
    return pgan::guarded([&] {
        const std::unique_ptr<pgan::Registration> owned(static_cast<pgan::Registration*>(registration));
        TORCH_CHECK(owned != nullptr, "the gradient hook is disposed.");
        owned->accumulator->del_post_hook(owned->key);
    });
}
