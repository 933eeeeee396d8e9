// Spectral normalisation (Miyato et al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018):
// W / sigma with sigma = u'Wv, where W is seen as a matrix [shape[dim], everything else], and u, v are constants.
#include "spectral_norm.h"

#include <torch/csrc/autograd/custom_function.h>

namespace pgan {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

std::vector<int64_t> dim_first(int64_t rank, int64_t dim) {
    std::vector<int64_t> order{dim};
    for (int64_t axis = 0; axis < rank; ++axis) {
        if (axis != dim) {
            order.push_back(axis);
        }
    }
    return order;
}

// A view for dim 0 of a contiguous weight, a copy otherwise.
at::Tensor as_matrix(const at::Tensor& weight, int64_t dim) {
    const auto front = dim == 0 ? weight : weight.permute(dim_first(weight.dim(), dim));
    return front.reshape({front.size(0), -1});
}

at::Tensor from_matrix(const at::Tensor& matrix, const at::Tensor& like, int64_t dim) {
    if (dim == 0) {
        return matrix.reshape(like.sizes());
    }
    const auto order = dim_first(like.dim(), dim);
    std::vector<int64_t> front_shape, inverse(order.size());
    for (size_t i = 0; i < order.size(); ++i) {
        front_shape.push_back(like.size(order[i]));
        inverse[static_cast<size_t>(order[i])] = static_cast<int64_t>(i);
    }
    return matrix.reshape(front_shape).permute(inverse);
}

void check(const at::Tensor& weight, const at::Tensor& u, const at::Tensor& v, int64_t dim) {
    TORCH_CHECK(weight.dim() >= 2, "spectral norm: the weight has ", weight.dim(), " dimensions; it needs at least 2.");
    TORCH_CHECK(
        dim >= 0 && dim < weight.dim(), "spectral norm: dim ", dim, " is not an axis of a weight of ", weight.dim(), " dimensions.");
    TORCH_CHECK(weight.numel() > 0, "spectral norm: the weight is empty.");
    const auto rows = weight.size(dim);
    const auto columns = weight.numel() / rows;
    TORCH_CHECK(
        u.dim() == 1 && u.size(0) == rows, "spectral norm: u has shape ", u.sizes(), "; the weight ", weight.sizes(), " with dim ", dim,
        " needs [", rows, "].");
    TORCH_CHECK(
        v.dim() == 1 && v.size(0) == columns, "spectral norm: v has shape ", v.sizes(), "; the weight ", weight.sizes(), " with dim ", dim,
        " needs [", columns, "].");
    TORCH_CHECK(
        u.scalar_type() == weight.scalar_type() && v.scalar_type() == weight.scalar_type(),
        "spectral norm: u and v must have the weight's dtype ", weight.scalar_type(), ", not ", u.scalar_type(), " and ", v.scalar_type(),
        ".");
    TORCH_CHECK(
        u.device() == weight.device() && v.device() == weight.device(), "spectral norm: u and v must be on the weight's device ",
        weight.device(), ", not ", u.device(), " and ", v.device(), ".");
}

// Autocast would turn the matrix products of the general path to bfloat16; sigma needs the weight's own precision.
struct NoAutocast {
    c10::impl::ExcludeDispatchKeyGuard guard{c10::autocast_dispatch_keyset};
};

struct Normalization : torch::autograd::Function<Normalization> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& weight, const at::Tensor& u, const at::Tensor& v, int64_t dim) {
        const auto matrix = as_matrix(weight, dim);
        at::Tensor sigma, normalized;
        if (has_fast_path(matrix)) {
            AT_DISPATCH_FLOATING_TYPES(weight.scalar_type(), "spectral_norm", [&] {
                const scalar_t value = sigma_of<scalar_t>(matrix, u, v);
                sigma = at::scalar_tensor(value, weight.options());
                normalized = at::empty_like(weight);
                divide(normalized, weight, value);
            });
        } else {
            sigma = at::dot(u, at::mv(matrix, v));
            normalized = at::div(weight, sigma);
        }
        context->saved_data["dim"] = dim;
        context->save_for_backward({normalized, u, v, sigma});
        return normalized;
    }

    // dL/dW = (G - <G, W/sigma> uv') / sigma
    static tensor_list backward(AutogradContext* context, tensor_list gradients) {
        TORCH_CHECK(
            !at::GradMode::is_enabled(),
            "spectral norm: the gradient of a gradient (create_graph) is not provided; compute u'Wv with ordinary operations where it is "
            "needed.");
        const NoAutocast no_autocast;
        const auto saved = context->get_saved_variables();
        const auto& normalized = saved[0];
        const auto& u = saved[1];
        const auto& v = saved[2];
        const auto& sigma = saved[3];
        const auto& gradient = gradients[0];
        const int64_t dim = context->saved_data["dim"].toInt();
        at::Tensor result;
        if (dim == 0 && is_plain_cpu(gradient) && gradient.is_contiguous() && normalized.is_contiguous() &&
            same_memory_order(gradient, normalized)) {
            result = at::empty_like(gradient);
            AT_DISPATCH_FLOATING_TYPES(gradient.scalar_type(), "spectral_norm_backward", [&] {
                fused_backward<scalar_t>(result, gradient, normalized, u, v, sigma.item<scalar_t>());
            });
        } else {
            const auto inner = (gradient * normalized).sum();
            result = (gradient - from_matrix(at::outer(u * inner, v), gradient, dim)) / sigma;
        }
        return {result, at::Tensor(), at::Tensor(), at::Tensor()};
    }

private:
    template <typename T>
    static void divide(const at::Tensor& quotient, const at::Tensor& weight, T divisor) {
        if (quotient.strides() != weight.strides() || !weight.is_non_overlapping_and_dense()) {
            at::Tensor target = quotient;
            at::div_out(target, weight, at::scalar_tensor(divisor, weight.options()));
            return;
        }
        T* out = quotient.data_ptr<T>();
        const T* in = weight.data_ptr<T>();
        at::parallel_for(0, weight.numel(), kElementGrain, [&](int64_t begin, int64_t end) {
            kernels::divide(out + begin, in + begin, end - begin, divisor);
        });
    }

    template <typename T>
    static void fused_backward(
        const at::Tensor& result, const at::Tensor& gradient, const at::Tensor& normalized, const at::Tensor& u, const at::Tensor& v,
        T sigma) {
        const T inner = inner_product<T>(gradient, normalized);
        const int64_t rows = u.numel(), columns = v.numel();
        const T* g = gradient.data_ptr<T>();
        const T* left = u.data_ptr<T>();
        const T* right = v.data_ptr<T>();
        T* out = result.data_ptr<T>();
        at::parallel_for(0, rows, std::max<int64_t>(1, kElementGrain / columns), [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row) {
                kernels::spectral_backward_row(out + row * columns, g + row * columns, right, columns, inner * left[row], sigma);
            }
        });
    }
};

void power_iterate(const at::Tensor& weight, const at::Tensor& u, const at::Tensor& v, int64_t dim, double epsilon) {
    const auto matrix = as_matrix(weight.detach(), dim);
    if (has_fast_path(matrix) && u.is_contiguous() && v.is_contiguous()) {
        AT_DISPATCH_FLOATING_TYPES(weight.scalar_type(), "power_iterate", [&] {
            const int64_t rows = matrix.size(0), columns = matrix.size(1);
            const scalar_t* w = matrix.data_ptr<scalar_t>();
            scalar_t* left = u.data_ptr<scalar_t>();
            scalar_t* right = v.data_ptr<scalar_t>();
            multiply_transposed(w, rows, columns, left, right);
            normalize_vector(right, columns, epsilon);
            multiply(w, rows, columns, right, left);
            normalize_vector(left, rows, epsilon);
        });
        mark_written(u);
        mark_written(v);
        return;
    }
    const auto next_v = at::mv(matrix.t(), u);
    v.copy_(next_v / next_v.norm().clamp_min(epsilon));
    const auto next_u = at::mv(matrix, v);
    u.copy_(next_u / next_u.norm().clamp_min(epsilon));
}

}  // namespace
}  // namespace pgan

PGAN_API int pgan_torch_spectral_normalize(at::Tensor* weight, at::Tensor* u, at::Tensor* v, int64_t dim, at::Tensor** result) {
    return pgan::guarded([&] {
        const auto& w = pgan::deref(weight);
        pgan::check(w, pgan::deref(u), pgan::deref(v), dim);
        const pgan::NoAutocast no_autocast;
        // By value: the next power iteration writes to u and v while this graph may still wait for its backward.
        const auto left = u->detach().clone(at::MemoryFormat::Contiguous);
        const auto right = v->detach().clone(at::MemoryFormat::Contiguous);
        *result = pgan::to_handle(pgan::Normalization::apply(w, left, right, dim));
    });
}

PGAN_API int pgan_torch_spectral_power_iterate(at::Tensor* weight, at::Tensor* u, at::Tensor* v, int64_t dim, double epsilon) {
    return pgan::guarded([&] {
        pgan::check(pgan::deref(weight), pgan::deref(u), pgan::deref(v), dim);
        const at::NoGradGuard no_grad;
        const pgan::NoAutocast no_autocast;
        pgan::power_iterate(*weight, *u, *v, dim, epsilon);
    });
}
