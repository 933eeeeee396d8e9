#include "kernels.h"
#include "tensors.h"

#include <ATen/Parallel.h>

namespace pgan {
namespace {

void lerp(const at::Tensor& average, const at::Tensor& current, double beta) {
    if (beta == 0.0) {
        average.copy_(current);
        return;
    }
    if (!is_plain_cpu(average) || !same_memory_order(average, current)) {
        at::Tensor target = average;
        at::lerp_out(target, current, average, beta);
        return;
    }
    AT_DISPATCH_FLOATING_TYPES(average.scalar_type(), "ema", [&] {
        scalar_t* a = average.data_ptr<scalar_t>();
        const scalar_t* c = current.data_ptr<scalar_t>();
        at::parallel_for(0, average.numel(), kElementGrain, [&](int64_t begin, int64_t end) {
            kernels::lerp(a + begin, c + begin, end - begin, static_cast<scalar_t>(beta));
        });
    });
    mark_written(average);
}

}  // namespace
}  // namespace pgan

// averages[i] = lerp(currents[i], averages[i], beta), in place.
PGAN_API int pgan_torch_ema_lerp(at::Tensor* const* averages, at::Tensor* const* currents, int64_t count, double beta) {
    return pgan::guarded([&] {
        const at::NoGradGuard no_grad;
        for (int64_t i = 0; i < count; ++i) {
            const auto average = pgan::deref(averages[i]).detach();
            const auto current = pgan::deref(currents[i]).detach();
            TORCH_CHECK(
                average.sizes() == current.sizes() && average.scalar_type() == current.scalar_type(), "EMA: tensor ", i,
                ": the average is ", average.scalar_type(), " ", average.sizes(), ", the current value ", current.scalar_type(), " ",
                current.sizes(), "; they must agree.");
            pgan::lerp(average, current, beta);
        }
    });
}
