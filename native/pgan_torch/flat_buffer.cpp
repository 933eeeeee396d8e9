// One flat tensor holding many parameters: the tensors lie one after another in list order, each in its own memory
// order (row-major, or channels-last where the parameter is), without padding.
#include "kernels.h"
#include "tensors.h"

#include <ATen/Parallel.h>

#include <cstring>

namespace pgan {
namespace {

at::Tensor view_at(const at::Tensor& flat, const at::Tensor& like, int64_t offset) {
    return flat.as_strided(like.sizes(), like.strides(), flat.storage_offset() + offset);
}

void check_flat(const at::Tensor& flat, int64_t elements) {
    TORCH_CHECK(
        flat.dim() == 1 && flat.is_contiguous() && flat.numel() == elements, "flat buffer: the flat tensor must be contiguous of shape [",
        elements, "]; it is ", flat.sizes(), ".");
}

void check_member(const at::Tensor& tensor, const at::Tensor& flat, int64_t index) {
    TORCH_CHECK(
        tensor.scalar_type() == flat.scalar_type() && tensor.device() == flat.device(), "flat buffer: tensor ", index, " is ",
        tensor.scalar_type(), " on ", tensor.device(), ", the flat tensor ", flat.scalar_type(), " on ", flat.device(),
        "; they must agree.");
    TORCH_CHECK(
        tensor.is_non_overlapping_and_dense(), "flat buffer: tensor ", index, " has strides ", tensor.strides(),
        " with gaps or overlaps; make it contiguous first.");
}

int64_t total(const std::vector<at::Tensor>& tensors) {
    int64_t elements = 0;
    for (const auto& tensor : tensors) {
        elements += tensor.numel();
    }
    return elements;
}

// Calls body(tensor, view of flat, offset) for each member.
template <typename Body>
void for_each_member(const std::vector<at::Tensor>& tensors, const at::Tensor& flat, Body&& body) {
    check_flat(flat, total(tensors));
    int64_t offset = 0, index = 0;
    for (const auto& tensor : tensors) {
        check_member(tensor, flat, index++);
        body(tensor, offset);
        offset += tensor.numel();
    }
}

void gather_gradient(const at::Tensor& parameter, const at::Tensor& flat, int64_t offset) {
    const auto& gradient = parameter.grad();
    const auto bytes = static_cast<size_t>(parameter.numel()) * static_cast<size_t>(flat.element_size());
    char* target = static_cast<char*>(flat.data_ptr()) + static_cast<size_t>(offset) * static_cast<size_t>(flat.element_size());
    if (!gradient.defined()) {
        if (flat.device().is_cpu()) {
            std::memset(target, 0, bytes);
        } else {
            view_at(flat, parameter, offset).zero_();
        }
    } else if (flat.device().is_cpu() && same_memory_order(gradient, parameter)) {
        std::memcpy(target, gradient.data_ptr(), bytes);
    } else {
        view_at(flat, parameter, offset).copy_(gradient);
    }
}

}  // namespace
}  // namespace pgan

PGAN_API int pgan_torch_flatten(at::Tensor* const* tensors, int64_t count, at::Tensor** flat) {
    return pgan::guarded([&] {
        const at::NoGradGuard no_grad;
        TORCH_CHECK(count > 0, "flat buffer: the list of tensors is empty.");
        const auto members = pgan::gather(tensors, count);
        auto buffer =
            at::empty({pgan::total(members)}, members[0].options().requires_grad(false).memory_format(at::MemoryFormat::Contiguous));
        pgan::for_each_member(
            members, buffer, [&](const at::Tensor& tensor, int64_t offset) { pgan::view_at(buffer, tensor, offset).copy_(tensor); });
        *flat = pgan::to_handle(std::move(buffer));
    });
}

PGAN_API int pgan_torch_flat_view(at::Tensor* flat, at::Tensor* like, int64_t offset, at::Tensor** view) {
    return pgan::guarded([&] {
        const at::NoGradGuard no_grad;
        *view = pgan::to_handle(pgan::view_at(pgan::deref(flat).detach(), pgan::deref(like), offset));
    });
}

// Every parameter's storage becomes that of the view of the same index, whose values and memory order it takes on. Either all
// parameters change or, after an error, none.
PGAN_API int pgan_torch_alias(at::Tensor* const* parameters, at::Tensor* const* views, int64_t count) {
    return pgan::guarded([&] {
        const at::NoGradGuard no_grad;
        const auto targets = pgan::gather(parameters, count);
        const auto sources = pgan::gather(views, count);
        for (size_t i = 0; i < targets.size(); ++i) {
            const auto& target = targets[i];
            const auto& source = sources[i];
            TORCH_CHECK(
                target.sizes() == source.sizes() && target.scalar_type() == source.scalar_type() && target.device() == source.device(),
                "flat buffer: member ", i, " is ", source.scalar_type(), " ", source.sizes(), " on ", source.device(), "; a parameter of ",
                target.scalar_type(), " ", target.sizes(), " on ", target.device(), " cannot alias it.");
        }
        for (size_t i = 0; i < targets.size(); ++i) {
            targets[i].set_data(sources[i].detach());
        }
    });
}

PGAN_API int pgan_torch_gather_gradients(at::Tensor* const* parameters, int64_t count, at::Tensor* flat) {
    return pgan::guarded([&] {
        const at::NoGradGuard no_grad;
        const auto buffer = pgan::deref(flat).detach();
        pgan::for_each_member(pgan::gather(parameters, count), buffer, [&](const at::Tensor& parameter, int64_t offset) {
            pgan::gather_gradient(parameter, buffer, offset);
        });
        pgan::mark_written(*flat);
    });
}

PGAN_API int pgan_torch_zero_gradients(at::Tensor* const* parameters, int64_t count) {
    return pgan::guarded([&] {
        for (int64_t i = 0; i < count; ++i) {
            pgan::deref(parameters[i]).mutable_grad().reset();
        }
    });
}

// sum += addend, element by element.
PGAN_API int pgan_torch_add_in_place(at::Tensor* sum, at::Tensor* addend) {
    return pgan::guarded([&] {
        const at::NoGradGuard no_grad;
        const auto left = pgan::deref(sum).detach();
        const auto right = pgan::deref(addend).detach();
        TORCH_CHECK(
            left.sizes() == right.sizes(), "flat buffer: cannot add ", right.sizes(), " to ", left.sizes(), "; the shapes must agree.");
        if (!pgan::is_plain_cpu(left) || !pgan::same_memory_order(left, right) || left.is_same(right) ||
            left.data_ptr() == right.data_ptr()) {
            left.add_(right);
            return;
        }
        AT_DISPATCH_FLOATING_TYPES(left.scalar_type(), "add_in_place", [&] {
            scalar_t* out = left.data_ptr<scalar_t>();
            const scalar_t* in = right.data_ptr<scalar_t>();
            at::parallel_for(0, left.numel(), pgan::kElementGrain, [&](int64_t begin, int64_t end) {
                pgan::kernels::add(out + begin, in + begin, end - begin);
            });
        });
        pgan::mark_written(*sum);
    });
}
