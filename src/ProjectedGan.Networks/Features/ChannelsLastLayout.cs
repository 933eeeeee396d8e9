using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>Tensors [N, C, H, W] whose memory is ordered N, H, W, C: libtorch's convolutions read and write them without reordering.</summary>
internal static class ChannelsLastLayout
{
    /// <summary>The same values in channels-last memory; the tensor itself where it is so already.</summary>
    /// <param name="tensor">[N, C, H, W].</param>
    public static Tensor Of(Tensor tensor) => tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
