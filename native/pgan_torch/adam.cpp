// Adam (Kingma and Ba, 2015) as torch.optim.Adam computes it: the epsilon is added after the bias correction of the root.
#include "kernels.h"
#include "tensors.h"

#include <ATen/Parallel.h>

#include <cmath>

namespace pgan {
namespace {

struct AdamStep {
    double beta1;
    double beta2;
    double epsilon;
    double step_size;         // lr / (1 - beta1^t)
    double root_correction2;  // sqrt(1 - beta2^t)
};

struct AdamLists {
    std::vector<at::Tensor> parameters, gradients, moments1, moments2;
};

template <typename T>
void fused(
    const at::Tensor& parameter, const at::Tensor& gradient, const at::Tensor& moment1, const at::Tensor& moment2, const AdamStep& step) {
    const kernels::AdamScalars<T> scalars{
        static_cast<T>(step.beta1),     static_cast<T>(1 - step.beta1),  static_cast<T>(step.beta2),
        static_cast<T>(1 - step.beta2), static_cast<T>(-step.step_size), static_cast<T>(step.root_correction2),
        static_cast<T>(step.epsilon),
    };
    T* p = parameter.data_ptr<T>();
    const T* g = gradient.data_ptr<T>();
    T* m = moment1.data_ptr<T>();
    T* v = moment2.data_ptr<T>();
    at::parallel_for(0, parameter.numel(), kElementGrain, [&](int64_t begin, int64_t end) {
        kernels::adam(p + begin, g + begin, m + begin, v + begin, end - begin, scalars);
    });
}

// CUDA, and what the fused pass does not take: libtorch's own multi-tensor operations.
void foreach_update(const AdamLists& lists, const AdamStep& step) {
    at::_foreach_mul_(lists.moments1, step.beta1);
    at::_foreach_add_(lists.moments1, lists.gradients, 1 - step.beta1);
    at::_foreach_mul_(lists.moments2, step.beta2);
    at::_foreach_addcmul_(lists.moments2, lists.gradients, lists.gradients, 1 - step.beta2);
    const auto denominators = at::_foreach_sqrt(lists.moments2);
    at::_foreach_div_(denominators, step.root_correction2);
    at::_foreach_add_(denominators, step.epsilon);
    at::_foreach_addcdiv_(lists.parameters, lists.moments1, denominators, -step.step_size);
}

void check(const at::Tensor& parameter, const at::Tensor& gradient, const at::Tensor& moment1, const at::Tensor& moment2, int64_t index) {
    TORCH_CHECK(
        parameter.sizes() == gradient.sizes() && parameter.sizes() == moment1.sizes() && parameter.sizes() == moment2.sizes(),
        "Adam: tensor ", index, ": the parameter has shape ", parameter.sizes(), ", its gradient ", gradient.sizes(), ", its moments ",
        moment1.sizes(), " and ", moment2.sizes(), "; all four must agree.");
    TORCH_CHECK(
        parameter.scalar_type() == moment1.scalar_type() && parameter.scalar_type() == moment2.scalar_type() &&
            parameter.scalar_type() == gradient.scalar_type(),
        "Adam: tensor ", index, ": parameter, gradient and moments must share one dtype; they are ", parameter.scalar_type(), ", ",
        gradient.scalar_type(), ", ", moment1.scalar_type(), " and ", moment2.scalar_type(), ".");
}

void update(
    at::Tensor* const* parameters, at::Tensor* const* gradients, at::Tensor* const* moments1, at::Tensor* const* moments2, int64_t count,
    const AdamStep& step) {
    AdamLists rest;
    for (int64_t i = 0; i < count; ++i) {
        const auto parameter = deref(parameters[i]).detach();
        const auto gradient = gradients != nullptr ? deref(gradients[i]) : parameters[i]->grad();
        if (!gradient.defined()) {
            continue;
        }
        const auto& moment1 = deref(moments1[i]);
        const auto& moment2 = deref(moments2[i]);
        check(parameter, gradient, moment1, moment2, i);
        if (is_plain_cpu(parameter) && same_memory_order(parameter, gradient) && same_memory_order(parameter, moment1) &&
            same_memory_order(parameter, moment2)) {
            AT_DISPATCH_FLOATING_TYPES(
                parameter.scalar_type(), "adam", [&] { fused<scalar_t>(parameter, gradient, moment1, moment2, step); });
            mark_written(*parameters[i]);
            mark_written(moment1);
            mark_written(moment2);
        } else {
            rest.parameters.push_back(parameter);
            rest.gradients.push_back(gradient);
            rest.moments1.push_back(moment1);
            rest.moments2.push_back(moment2);
        }
    }
    if (!rest.parameters.empty()) {
        foreach_update(rest, step);
    }
}

}  // namespace
}  // namespace pgan

// Updates `count` parameters in place. `gradients` null means each parameter's own .grad; a parameter without one is
// left alone. `step` counts from 1.
PGAN_API int pgan_torch_adam_step(
    at::Tensor* const* parameters, at::Tensor* const* gradients, at::Tensor* const* moments1, at::Tensor* const* moments2, int64_t count,
    double learning_rate, double beta1, double beta2, double epsilon, int64_t step) {
    return pgan::guarded([&] {
        TORCH_CHECK(step >= 1, "Adam: step ", step, " is not a step number; the first step is 1.");
        const at::NoGradGuard no_grad;
        const double correction1 = 1 - std::pow(beta1, static_cast<double>(step));
        const double correction2 = 1 - std::pow(beta2, static_cast<double>(step));
        pgan::update(
            parameters, gradients, moments1, moments2, count, {beta1, beta2, epsilon, learning_rate / correction1, std::sqrt(correction2)});
    });
}
