using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Reduction;

/// <summary>
/// Rounds a node of the canonical tree as it travels. Every node is rounded, leaves and root included and whether it is sent or not, so
/// that the result does not show which nodes crossed a wire.
/// </summary>
public static class NodeRounding
{
    /// <summary>Rounds in place: nearest, ties to even.</summary>
    public static void Round(Tensor node, WirePrecision wire)
    {
        if (wire == WirePrecision.Float32)
        {
            return;
        }
        if (node.device.type == DeviceType.CPU && node.dtype == ScalarType.Float32)
        {
            // The arithmetic of the exchange itself: libtorch's conversions do not agree among themselves on NaN.
            BFloat16Rounding.Round(TensorBytes.Span<float>(node));
        }
        else
        {
            using var noGrad = no_grad();
            using var rounded = node.to_type(ScalarType.BFloat16);
            node.copy_(rounded);
        }
    }
}
