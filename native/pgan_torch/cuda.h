// The part of the C interface that needs CUDA. cuda/ implements it over c10::cuda and the CUDA runtime; no_cuda/
// implements every entry as the same clear error. CMake takes one of the two.
#pragma once

#include "errors.h"

#include <cstdint>

PGAN_API int32_t pgan_torch_cuda_built();
PGAN_API int pgan_torch_cuda_device_count(int32_t* count);
PGAN_API int pgan_torch_cuda_describe(int32_t device, const char** name, int64_t* memory, int32_t* major, int32_t* minor);
PGAN_API int pgan_torch_cuda_synchronize(int32_t device);

// Streams come from libtorch's pool; dispose frees the handle only.
PGAN_API int pgan_torch_cuda_stream_create(int32_t device, int32_t high_priority, void** stream);
PGAN_API int pgan_torch_cuda_stream_dispose(void* stream);
PGAN_API int pgan_torch_cuda_stream_synchronize(void* stream);
// Makes the stream the calling thread's current one; `previous` becomes a handle of the one before.
PGAN_API int pgan_torch_cuda_stream_enter(void* stream, void** previous);
PGAN_API int pgan_torch_cuda_stream_restore(void* previous);

// A null stream means the calling thread's current one.
PGAN_API int pgan_torch_cuda_event_create(int32_t device, int32_t with_timing, void** event);
PGAN_API int pgan_torch_cuda_event_dispose(void* event);
PGAN_API int pgan_torch_cuda_event_record(void* event, void* stream);
PGAN_API int pgan_torch_cuda_event_block(void* event, void* stream);
PGAN_API int pgan_torch_cuda_event_synchronize(void* event);
PGAN_API int pgan_torch_cuda_event_query(void* event, int32_t* complete);
PGAN_API int pgan_torch_cuda_event_elapsed(void* start, void* end, double* milliseconds);

PGAN_API int pgan_torch_cuda_graph_create(int32_t device, void** graph);
PGAN_API int pgan_torch_cuda_graph_dispose(void* graph);
PGAN_API int pgan_torch_cuda_graph_capture_begin(void* graph);
PGAN_API int pgan_torch_cuda_graph_capture_end(void* graph);
PGAN_API int pgan_torch_cuda_graph_replay(void* graph);
