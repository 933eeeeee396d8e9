#include "kernels.h"
#include "tensors.h"

#include <ATen/Parallel.h>

#include <atomic>
#include <limits>

namespace pgan {
namespace {

constexpr double kNan = 0.0, kPositive = 1e5, kNegative = -1e5;

template <typename T>
kernels::NonFiniteCounts replace_on_cpu(const at::Tensor& tensor) {
    std::atomic<int64_t> nan{0}, positive{0}, negative{0};
    T* values = tensor.data_ptr<T>();
    at::parallel_for(0, tensor.numel(), kElementGrain, [&](int64_t begin, int64_t end) {
        const auto counts = kernels::replace_non_finite(values + begin, end - begin, T(kNan), T(kPositive), T(kNegative));
        nan += counts.nan;
        positive += counts.positive_infinity;
        negative += counts.negative_infinity;
    });
    return {nan, positive, negative};
}

// The counts stay on the tensor's device, so that nothing waits for it: int64 [3].
at::Tensor replace_on_device(const at::Tensor& tensor) {
    const double infinity = std::numeric_limits<double>::infinity();
    const auto counts = at::stack({at::isnan(tensor).sum(), at::eq(tensor, infinity).sum(), at::eq(tensor, -infinity).sum()});
    at::Tensor target = tensor;
    at::nan_to_num_(target, kNan, kPositive, kNegative);
    return counts;
}

at::Tensor replace(const at::Tensor& tensor) {
    TORCH_CHECK(
        at::isFloatingType(tensor.scalar_type()), "non-finite replacement needs a floating-point tensor, not ", tensor.scalar_type(), ".");
    if (!is_plain_cpu(tensor)) {
        return replace_on_device(tensor);
    }
    kernels::NonFiniteCounts counts;
    AT_DISPATCH_FLOATING_TYPES(tensor.scalar_type(), "replace_non_finite", [&] { counts = replace_on_cpu<scalar_t>(tensor); });
    auto result = at::empty({3}, at::kLong);
    int64_t* values = result.data_ptr<int64_t>();
    values[0] = counts.nan;
    values[1] = counts.positive_infinity;
    values[2] = counts.negative_infinity;
    if (counts.nan + counts.positive_infinity + counts.negative_infinity > 0) {
        mark_written(tensor);
    }
    return result;
}

}  // namespace
}  // namespace pgan

// Counts (NaN, +Inf, -Inf) as an int64 tensor of three on the tensor's device.
PGAN_API int pgan_torch_replace_non_finite(at::Tensor* tensor, at::Tensor** counts) {
    return pgan::guarded([&] {
        const at::NoGradGuard no_grad;
        *counts = pgan::to_handle(pgan::replace(pgan::deref(tensor).detach()));
    });
}

// As above, read back to the host; on CUDA this waits for the device.
PGAN_API int pgan_torch_replace_non_finite_now(at::Tensor* tensor, int64_t* nan, int64_t* positive, int64_t* negative) {
    return pgan::guarded([&] {
        const at::NoGradGuard no_grad;
        const auto counts = pgan::replace(pgan::deref(tensor).detach()).cpu();
        const int64_t* values = counts.data_ptr<int64_t>();
        *nan = values[0];
        *positive = values[1];
        *negative = values[2];
    });
}
