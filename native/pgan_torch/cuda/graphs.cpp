#include "handles.h"

#include <ATen/cuda/CUDAGraph.h>

#include <memory>

namespace {

struct Graph {
    c10::DeviceIndex device = 0;
    at::cuda::CUDAGraph graph;
};

}  // namespace

int pgan_torch_cuda_graph_create(int32_t device, void** graph) {
    return pgan::guarded([&] {
        const auto index = pgan::require_device(device);
        const c10::cuda::CUDAGuard guard(index);
        auto created = std::make_unique<Graph>();
        created->device = index;
        *graph = created.release();
    });
}

int pgan_torch_cuda_graph_dispose(void* graph) {
    return pgan::guarded([&] { delete static_cast<Graph*>(graph); });
}

int pgan_torch_cuda_graph_capture_begin(void* graph) {
    return pgan::guarded([&] {
        auto& target = pgan::handle<Graph>(graph, "graph");
        const c10::cuda::CUDAGuard guard(target.device);
        target.graph.capture_begin();
    });
}

int pgan_torch_cuda_graph_capture_end(void* graph) {
    return pgan::guarded([&] {
        auto& target = pgan::handle<Graph>(graph, "graph");
        const c10::cuda::CUDAGuard guard(target.device);
        target.graph.capture_end();
    });
}

int pgan_torch_cuda_graph_replay(void* graph) {
    return pgan::guarded([&] {
        auto& target = pgan::handle<Graph>(graph, "graph");
        const c10::cuda::CUDAGuard guard(target.device);
        target.graph.replay();
    });
}
