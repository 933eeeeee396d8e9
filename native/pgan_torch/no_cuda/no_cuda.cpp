#include "../cuda.h"

#include <ATen/Version.h>
#include <dlfcn.h>
#include <torch/version.h>

#include <string>

namespace {

int unavailable() {
    return pgan::guarded([] {
        Dl_info info{};
        const bool found = dladdr(reinterpret_cast<void*>(&at::show_config), &info) != 0 && info.dli_fname != nullptr;
        TORCH_CHECK(
            false, "This build of pgan_torch has no CUDA: libtorch ", TORCH_VERSION, " at ", found ? info.dli_fname : "an unknown place",
            " is a CPU build; build with LIBTORCH set to a libtorch that has CUDA (`LIBTORCH=DIR ./pgan build`), or run on the CPU.");
    });
}

}  // namespace

int32_t pgan_torch_cuda_built() {
    return 0;
}
int pgan_torch_cuda_device_count(int32_t*) {
    return unavailable();
}
int pgan_torch_cuda_describe(int32_t, const char**, int64_t*, int32_t*, int32_t*) {
    return unavailable();
}
int pgan_torch_cuda_synchronize(int32_t) {
    return unavailable();
}
int pgan_torch_cuda_stream_create(int32_t, int32_t, void**) {
    return unavailable();
}
int pgan_torch_cuda_stream_dispose(void*) {
    return unavailable();
}
int pgan_torch_cuda_stream_synchronize(void*) {
    return unavailable();
}
int pgan_torch_cuda_stream_enter(void*, void**) {
    return unavailable();
}
int pgan_torch_cuda_stream_restore(void*) {
    return unavailable();
}
int pgan_torch_cuda_event_create(int32_t, int32_t, void**) {
    return unavailable();
}
int pgan_torch_cuda_event_dispose(void*) {
    return unavailable();
}
int pgan_torch_cuda_event_record(void*, void*) {
    return unavailable();
}
int pgan_torch_cuda_event_block(void*, void*) {
    return unavailable();
}
int pgan_torch_cuda_event_synchronize(void*) {
    return unavailable();
}
int pgan_torch_cuda_event_query(void*, int32_t*) {
    return unavailable();
}
int pgan_torch_cuda_event_elapsed(void*, void*, double*) {
    return unavailable();
}
int pgan_torch_cuda_graph_create(int32_t, void**) {
    return unavailable();
}
int pgan_torch_cuda_graph_dispose(void*) {
    return unavailable();
}
int pgan_torch_cuda_graph_capture_begin(void*) {
    return unavailable();
}
int pgan_torch_cuda_graph_capture_end(void*) {
    return unavailable();
}
int pgan_torch_cuda_graph_replay(void*) {
    return unavailable();
}
