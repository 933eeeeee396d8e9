// A random generator of its own on one device, apart from libtorch's global ones.
#include "tensors.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include <mutex>

namespace {

at::Generator& deref(void* generator) {
    TORCH_CHECK(generator != nullptr, "the generator is disposed.");
    return *static_cast<at::Generator*>(generator);
}

template <typename Fill>
int fill(void* generator, at::Tensor* tensor, Fill&& body) {
    return pgan::guarded([&] {
        const at::NoGradGuard no_grad;
        const auto& source = deref(generator);
        const auto& target = pgan::deref(tensor);
        TORCH_CHECK(
            target.device().type() == source.device().type() && (target.device().is_cpu() || target.device() == source.device()),
            "a generator on ", source.device(), " cannot fill a tensor on ", target.device(), ".");
        body(target, source);
    });
}

}  // namespace

PGAN_API int pgan_torch_generator_create(int32_t is_cuda, int32_t device, uint64_t seed, void** generator) {
    return pgan::guarded([&] {
        if (is_cuda == 0) {
            *generator = new at::Generator(at::detail::createCPUGenerator(seed));
            return;
        }
        TORCH_CHECK(at::hasCUDA(), "a generator on cuda:", device, " needs a libtorch with CUDA and a device; run on the CPU.");
        const auto& global =
            at::globalContext().defaultGenerator(c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device)));
        auto own = global.clone();
        own.set_current_seed(seed);
        *generator = new at::Generator(std::move(own));
    });
}

PGAN_API int pgan_torch_generator_dispose(void* generator) {
    return pgan::guarded([&] { delete &deref(generator); });
}

PGAN_API int pgan_torch_generator_seed(void* generator, uint64_t seed) {
    return pgan::guarded([&] {
        auto& target = deref(generator);
        const std::lock_guard<std::mutex> lock(target.mutex());
        target.set_current_seed(seed);
    });
}

PGAN_API int pgan_torch_generator_get_state(void* generator, at::Tensor** state) {
    return pgan::guarded([&] {
        auto& source = deref(generator);
        const std::lock_guard<std::mutex> lock(source.mutex());
        *state = pgan::to_handle(source.get_state());
    });
}

PGAN_API int pgan_torch_generator_set_state(void* generator, at::Tensor* state) {
    return pgan::guarded([&] {
        auto& target = deref(generator);
        const std::lock_guard<std::mutex> lock(target.mutex());
        target.set_state(pgan::deref(state));
    });
}

PGAN_API int pgan_torch_generator_normal(void* generator, at::Tensor* tensor, double mean, double deviation) {
    return fill(generator, tensor, [&](at::Tensor target, const at::Generator& source) { target.normal_(mean, deviation, source); });
}

PGAN_API int pgan_torch_generator_uniform(void* generator, at::Tensor* tensor, double low, double high) {
    return fill(generator, tensor, [&](at::Tensor target, const at::Generator& source) { target.uniform_(low, high, source); });
}

PGAN_API int pgan_torch_generator_integers(void* generator, at::Tensor* tensor, int64_t low, int64_t high) {
    return fill(generator, tensor, [&](at::Tensor target, const at::Generator& source) { target.random_(low, high, source); });
}
