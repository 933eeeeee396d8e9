// What the process runs on: libtorch, its BLAS, threads, memory, deterministic kernels.
#include "tensors.h"

#include <ATen/Config.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <torch/version.h>

#include <algorithm>
#include <limits>
#include <string>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

// Texts handed out stay valid until the same thread asks for the next one.
const char* keep(std::string text) {
    thread_local std::string kept;
    kept = std::move(text);
    return kept.c_str();
}

}  // namespace

PGAN_API const char* pgan_torch_libtorch_version() {
    return TORCH_VERSION;
}

PGAN_API int pgan_torch_libtorch_path(const char** path) {
    return pgan::guarded([&] {
        Dl_info info{};
        const auto symbol = reinterpret_cast<void*>(&at::show_config);
        *path = keep(dladdr(symbol, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "");
    });
}

// libtorch's own build report; it also names the CPU capability in use.
PGAN_API int pgan_torch_show_config(const char** text) {
    return pgan::guarded([&] { *text = keep(at::show_config()); });
}

PGAN_API int pgan_torch_features(int32_t* has_mkl, int32_t* has_mkldnn, int32_t* intra_op_threads, int32_t* inter_op_threads) {
    return pgan::guarded([&] {
        *has_mkl = at::hasMKL();
        *has_mkldnn = at::globalContext().hasMKLDNN();
        *intra_op_threads = at::get_num_threads();
        *inter_op_threads = at::get_num_interop_threads();
    });
}

PGAN_API int pgan_torch_set_threads(int32_t count) {
    return pgan::guarded([&] { at::set_num_threads(count); });
}

// glibc gives large blocks back to the kernel at once and pays page faults for them again at the next allocation.
// `supported` is 0 where the C library has no such setting.
PGAN_API int pgan_torch_tune_allocator(int64_t trim_threshold, int32_t top_pad, int32_t* supported) {
    return pgan::guarded([&] {
#ifdef __GLIBC__
        // mallopt takes an int; the environment variable's 32 GiB is out of its range, the largest int does as well.
        const int threshold = static_cast<int>(std::min<int64_t>(trim_threshold, std::numeric_limits<int>::max()));
        *supported = mallopt(M_MMAP_MAX, 0) != 0 && mallopt(M_TRIM_THRESHOLD, threshold) != 0 && mallopt(M_TOP_PAD, top_pad) != 0;
#else
        *supported = 0;
#endif
    });
}

PGAN_API int pgan_torch_use_deterministic_kernels() {
    return pgan::guarded([] {
        auto& context = at::globalContext();
        // Warn only: bilinear upsampling has no deterministic backward on CUDA, and refusing it would stop training there.
        context.setDeterministicAlgorithms(true, true);
        context.setDeterministicCuDNN(true);
        context.setBenchmarkCuDNN(false);
        context.setAllowTF32CuBLAS(false);
        context.setAllowTF32CuDNN(false);
    });
}
