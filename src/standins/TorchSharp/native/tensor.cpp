// Handles of tensors: making them from memory, reading what they are, indexing, deleting.
#include "entry.h"

#include <ATen/ATen.h>
#include <ATen/TensorIndexing.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

namespace {

struct Info {
    int64_t elements;
    void* data;
    int32_t dimensions;
    int32_t dtype;
    int32_t device_type;
    int32_t device_index;
    int32_t flags;
    int32_t element_size;
};

enum Flags : int32_t { Defined = 1, RequiresGrad = 2, Leaf = 4, Contiguous = 8, Sparse = 16 };

enum class IndexKind : int32_t { None, Ellipsis, Integer, Boolean, Slice, Tensor };

// Mirrors the managed struct. Bounds that are not given hold the type's smallest value.
struct Index {
    int32_t kind;
    int32_t padding;
    int64_t start;
    int64_t stop;
    int64_t step;
    void* tensor;
};

// int64_t in libtorch 1.13, SymInt in 2.x, which would otherwise take a plain number as an int.
using Integer = decltype(at::indexing::Slice().start());

constexpr int64_t Unset = std::numeric_limits<int64_t>::min();

at::indexing::TensorIndex index_of(const Index& index) {
    switch (static_cast<IndexKind>(index.kind)) {
        case IndexKind::None: return at::indexing::None;
        case IndexKind::Ellipsis: return at::indexing::Ellipsis;
        case IndexKind::Integer: return at::indexing::TensorIndex(Integer(index.start));
        case IndexKind::Boolean: return index.start != 0;
        case IndexKind::Tensor: return pgan::tensor_at(index.tensor);
        case IndexKind::Slice: {
            int64_t step = index.step == Unset ? 1 : index.step;
            int64_t start = index.start == Unset ? (step < 0 ? at::indexing::INDEX_MAX : 0) : index.start;
            int64_t stop = index.stop == Unset ? (step < 0 ? at::indexing::INDEX_MIN : at::indexing::INDEX_MAX) : index.stop;
            return at::indexing::Slice(start, stop, step);
        }
    }
    TORCH_CHECK(false, "Index of an unknown kind ", index.kind, ".");
}

std::vector<at::indexing::TensorIndex> indices_of(const Index* indices, int32_t count) {
    std::vector<at::indexing::TensorIndex> list;
    list.reserve(count);
    for (int32_t i = 0; i < count; ++i) list.push_back(index_of(indices[i]));
    return list;
}

}  // namespace

PGAN_EXPORT const char* pgan_ts_last_error() { return pgan::last_error().c_str(); }

PGAN_EXPORT int pgan_ts_delete(void* tensor) {
    return pgan::guarded([&] { delete static_cast<at::Tensor*>(tensor); });
}

PGAN_EXPORT int pgan_ts_info(const void* handle, Info* info) {
    return pgan::guarded([&] {
        const auto& tensor = pgan::tensor_at(handle);
        *info = Info{};
        if (!tensor.defined()) return;
        bool strided = tensor.layout() == at::kStrided;
        info->elements = tensor.numel();
        info->data = strided && tensor.has_storage() ? tensor.data_ptr() : nullptr;
        info->dimensions = static_cast<int32_t>(tensor.dim());
        info->dtype = static_cast<int32_t>(tensor.scalar_type());
        info->device_type = static_cast<int32_t>(tensor.device().type());
        info->device_index = tensor.device().index();
        info->element_size = static_cast<int32_t>(tensor.element_size());
        info->flags = Defined | (tensor.requires_grad() ? RequiresGrad : 0) | (tensor.is_leaf() ? Leaf : 0) |
                      (strided && tensor.is_contiguous() ? Contiguous : 0) | (strided ? 0 : Sparse);
    });
}

PGAN_EXPORT int pgan_ts_dimensions(const void* handle) {
    return static_cast<const at::Tensor*>(handle)->defined() ? static_cast<int>(static_cast<const at::Tensor*>(handle)->dim()) : 0;
}

// Both buffers hold as many numbers as the tensor has dimensions; either may be null.
PGAN_EXPORT int pgan_ts_layout(const void* handle, int64_t* sizes, int64_t* strides, int64_t* storage_offset) {
    return pgan::guarded([&] {
        const auto& tensor = pgan::tensor_at(handle);
        if (sizes) std::copy(tensor.sizes().begin(), tensor.sizes().end(), sizes);
        if (strides) std::copy(tensor.strides().begin(), tensor.strides().end(), strides);
        if (storage_offset) *storage_offset = tensor.storage_offset();
    });
}

// A new contiguous CPU tensor holding a copy of the bytes.
PGAN_EXPORT int pgan_ts_from_bytes(const void* data, int64_t bytes, int32_t dtype, const int64_t* sizes, int32_t dimensions, void** result) {
    return pgan::guarded([&] {
        auto tensor = at::empty(at::IntArrayRef(sizes, dimensions), at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
        TORCH_CHECK(static_cast<int64_t>(tensor.nbytes()) == bytes, "A tensor of shape ", tensor.sizes(), " holds ", tensor.numel(), " elements, the data ",
                    bytes / static_cast<int64_t>(tensor.element_size()), ".");
        if (bytes > 0) std::memcpy(tensor.data_ptr(), data, bytes);
        *result = pgan::own(std::move(tensor));
    });
}

PGAN_EXPORT int pgan_ts_index(const void* handle, const Index* indices, int32_t count, void** result) {
    return pgan::guarded([&] { *result = pgan::own(pgan::tensor_at(handle).index(indices_of(indices, count))); });
}

PGAN_EXPORT int pgan_ts_index_put(void* handle, const Index* indices, int32_t count, const void* value) {
    return pgan::guarded([&] {
        at::Tensor target = pgan::tensor_at(handle);
        target.index_put_(indices_of(indices, count), pgan::tensor_at(value));
    });
}
