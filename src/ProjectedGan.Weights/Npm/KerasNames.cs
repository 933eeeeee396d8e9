using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Npm;

/// <summary>
/// Keras names and layouts in PyTorch's conventions. The layer keeps its name, the last part becomes PyTorch's word for it:
/// <c>Conv1/kernel</c> → <c>Conv1.weight</c>. Kernels change from channels-last to channels-first order.
/// </summary>
internal static class KerasNames
{
    /// <summary>The name here, and where the converted tensor's elements lie in the stored row-major one.</summary>
    public static (string Name, StridedLayout Layout) Convert(string name, long[] shape)
    {
        var slash = name.LastIndexOf('/');
        var layer = slash < 0 ? "" : name[..slash].Replace('/', '.') + ".";
        var part = name[(slash + 1)..];
        var layout = part switch
        {
            // [height, width, in, out] → [out, in, height, width]
            "kernel" when shape.Length == 4 => StridedLayout.Permuted(shape, 3, 2, 0, 1),
            // [height, width, channels, 1] → [channels, 1, height, width]
            "depthwise_kernel" when shape.Length == 4 => StridedLayout.Permuted(shape, 2, 3, 0, 1),
            // [in, out] → [out, in]
            "kernel" when shape.Length == 2 => StridedLayout.Permuted(shape, 1, 0),
            _ => new StridedLayout(0, shape, StridedLayout.RowMajor(shape)),
        };
        var converted = part switch
        {
            "kernel" or "depthwise_kernel" or "gamma" => "weight",
            "beta" => "bias",
            "moving_mean" => "running_mean",
            "moving_variance" => "running_var",
            _ => part,
        };
        return (layer + converted, layout);
    }
}
