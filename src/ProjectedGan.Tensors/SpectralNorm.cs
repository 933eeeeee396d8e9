using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>
/// Spectral normalisation (Miyato et al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018, section 2.1 and
/// algorithm 1) with the power iteration apart from the normalisation, so that the trainer decides when it runs.
/// </summary>
/// <remarks>
/// A weight W of any shape is the matrix [shape[dim], product of the other axes in order]; dim is the axis of output channels: 0 for
/// linear layers and convolutions, 1 for transposed convolutions. Everything keeps the weight's own precision under autocast.
/// </remarks>
public static class SpectralNorm
{
    /// <summary>W / σ with σ = u'Wv; u and v are constants, taken by value.</summary>
    /// <param name="original">Weight W; gradients flow to it through σ too.</param>
    /// <param name="u">Left singular vector [shape[dim]].</param>
    /// <param name="v">Right singular vector [numel / shape[dim]].</param>
    /// <param name="dim">Axis of the output channels.</param>
    /// <returns>A new tensor of W's shape and memory order; the caller disposes it. u and v may change before its backward pass runs.</returns>
    /// <exception cref="ArgumentException">Shapes do not fit together.</exception>
    public static Tensor Normalize(Tensor original, Tensor u, Tensor v, int dim)
    {
        Check(original, u, v, dim);
        using var autocast = Autocast.Off(original.device);
        // Clones: the next power iteration writes to u and v while this graph may still wait for its backward.
        using var left = u.clone();
        using var right = Arranged(v, original, dim).clone();
        return Normalization.apply(original, left, right, dim);
    }

    /// <summary>One power iteration in place, without a graph: v = W'u / |W'u|, then u = Wv / |Wv|.</summary>
    /// <param name="original">Weight W.</param>
    /// <param name="u">Left singular vector [shape[dim]], overwritten.</param>
    /// <param name="v">Right singular vector [numel / shape[dim]], overwritten; its old value is not read.</param>
    /// <param name="dim">Axis of the output channels.</param>
    /// <param name="epsilon">Smallest norm that is divided by.</param>
    /// <exception cref="ArgumentException">Shapes do not fit together.</exception>
    public static void PowerIterate(Tensor original, Tensor u, Tensor v, int dim, double epsilon = 1e-12)
    {
        Check(original, u, v, dim);
        using var autocast = Autocast.Off(original.device);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var matrix = Matrix(original, dim);
        var right = Unit(matrix.t().mv(u), epsilon);
        u.copy_(Unit(matrix.mv(right), epsilon));
        Arranged(v, original, dim, out var view).copy_(right.view(view));
    }

    /// <summary>dL/dW = (G − ⟨G, W/σ⟩ uv') / σ: half the passes over memory that autograd makes of the plain expression.</summary>
    private sealed class Normalization : autograd.SingleTensorFunction<Normalization>
    {
        private const string Axis = "axis";

        public override string Name => nameof(SpectralNorm);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (weight, u, v, dim) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (int)vars[3]);
            using var product = Matrix(weight, dim).mv(v);
            var sigma = u.dot(product);
            var normalized = weight / sigma;
            ctx.save_for_backward([normalized, u, v, sigma]);
            ctx.save_data(Axis, dim);
            return normalized;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            var saved = ctx.get_saved_variables();
            var (normalized, u, v, sigma) = (saved[0], saved[1], saved[2], saved[3]);
            var dim = (int)ctx.get_data(Axis);
            var gradient = Matrix(grad_output, dim);
            var inner = gradient.reshape(-1).dot(Matrix(normalized, dim).reshape(-1));
            var result = (u * inner.neg()).outer(v).AddInPlace(gradient).div_(sigma); // [rows, columns]
            long[] order = [dim, .. ColumnAxes(normalized, dim)];
            var inverse = Enumerable.Range(0, order.Length).Select(axis => (long)Array.IndexOf(order, axis)).ToArray();
            var weightGradient = result.view([.. order.Select(axis => normalized.shape[axis])]).permute(inverse);
            return [weightGradient.MoveToOuterDisposeScope(), null!, null!, null!];
        }
    }

    // In the order of the weight's memory, so that a channels-last weight is a matrix without a copy: columns H, W, C instead of C, H, W.
    private static Tensor Matrix(Tensor weight, int dim)
    {
        long[] order = [dim, .. ColumnAxes(weight, dim)];
        return weight.permute(order).reshape(weight.shape[dim], -1);
    }

    // v with its elements in the order of the matrix's columns.
    private static Tensor Arranged(Tensor v, Tensor weight, int dim) => Arranged(v, weight, dim, out _).reshape(-1);

    private static Tensor Arranged(Tensor v, Tensor weight, int dim, out long[] shape)
    {
        var axes = ColumnAxes(weight, dim);
        long[] inOrder = [.. Enumerable.Range(0, (int)weight.dim()).Where(axis => axis != dim).Select(axis => (long)axis)];
        shape = [.. axes.Select(axis => weight.shape[axis])];
        return v.view([.. inOrder.Select(axis => weight.shape[axis])]).permute([.. axes.Select(axis => (long)Array.IndexOf(inOrder, axis))]);
    }

    private static long[] ColumnAxes(Tensor weight, int dim) => (weight.dim(), dim) switch
    {
        (4, 0) => [2, 3, 1],
        (4, 1) => [0, 2, 3],
        _ => [.. Enumerable.Range(0, (int)weight.dim()).Where(axis => axis != dim).Select(axis => (long)axis)],
    };

    private static Tensor Unit(Tensor vector, double epsilon) => vector / vector.norm().clamp_min(Of(epsilon));

    private static void Check(Tensor weight, Tensor u, Tensor v, int dim)
    {
        if (weight.dim() < 2 || dim < 0 || dim >= weight.dim() || weight.NumberOfElements == 0)
        {
            throw new ArgumentException(
                $"Spectral norm: a weight [{string.Join(", ", weight.shape)}] with output axis {dim}; it needs two axes or more, that one among them, and elements.", nameof(weight));
        }

        var rows = weight.shape[dim];
        if (!u.shape.SequenceEqual([rows]) || !v.shape.SequenceEqual([weight.NumberOfElements / rows]))
        {
            throw new ArgumentException(
                $"Spectral norm: u has shape [{string.Join(", ", u.shape)}] and v [{string.Join(", ", v.shape)}]; the weight "
                + $"[{string.Join(", ", weight.shape)}] with output axis {dim} needs [{rows}] and [{weight.NumberOfElements / rows}].", nameof(u));
        }
    }
}
