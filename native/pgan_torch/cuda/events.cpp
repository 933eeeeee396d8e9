#include "handles.h"

#include <memory>

using pgan::Event;

int pgan_torch_cuda_event_create(int32_t device, int32_t with_timing, void** event) {
    return pgan::guarded([&] {
        auto created = std::make_unique<Event>();
        created->device = pgan::require_device(device);
        const c10::cuda::CUDAGuard guard(created->device);
        pgan::check_cuda(
            cudaEventCreateWithFlags(&created->event, with_timing != 0 ? cudaEventDefault : cudaEventDisableTiming), "creating an event");
        *event = created.release();
    });
}

int pgan_torch_cuda_event_dispose(void* event) {
    return pgan::guarded([&] {
        const std::unique_ptr<Event> owned(&pgan::handle<Event>(event, "event"));
        const c10::cuda::CUDAGuard guard(owned->device);
        pgan::check_cuda(cudaEventDestroy(owned->event), "destroying an event");
    });
}

int pgan_torch_cuda_event_record(void* event, void* stream) {
    return pgan::guarded([&] {
        const auto& target = pgan::handle<Event>(event, "event");
        const c10::cuda::CUDAGuard guard(target.device);
        pgan::check_cuda(cudaEventRecord(target.event, pgan::stream_or_current(stream, target.device).stream()), "recording an event");
    });
}

int pgan_torch_cuda_event_block(void* event, void* stream) {
    return pgan::guarded([&] {
        const auto& source = pgan::handle<Event>(event, "event");
        const auto waiting = pgan::stream_or_current(stream, source.device);
        const c10::cuda::CUDAGuard guard(waiting.device_index());
        pgan::check_cuda(cudaStreamWaitEvent(waiting.stream(), source.event, 0), "waiting for an event");
    });
}

int pgan_torch_cuda_event_synchronize(void* event) {
    return pgan::guarded(
        [&] { pgan::check_cuda(cudaEventSynchronize(pgan::handle<Event>(event, "event").event), "waiting for an event"); });
}

int pgan_torch_cuda_event_query(void* event, int32_t* complete) {
    return pgan::guarded([&] {
        const auto status = cudaEventQuery(pgan::handle<Event>(event, "event").event);
        if (status == cudaErrorNotReady) {
            (void)cudaGetLastError();
            *complete = 0;
            return;
        }
        pgan::check_cuda(status, "asking for an event");
        *complete = 1;
    });
}

int pgan_torch_cuda_event_elapsed(void* start, void* end, double* milliseconds) {
    return pgan::guarded([&] {
        float elapsed = 0;
        pgan::check_cuda(
            cudaEventElapsedTime(&elapsed, pgan::handle<Event>(start, "event").event, pgan::handle<Event>(end, "event").event),
            "measuring between two events (both need timing and must have been recorded)");
        *milliseconds = elapsed;
    });
}
