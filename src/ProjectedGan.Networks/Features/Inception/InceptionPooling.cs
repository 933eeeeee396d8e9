using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features.Inception;

/// <summary>What an Inception branch does before its convolutions.</summary>
internal enum InceptionPooling
{
    None,

    /// <summary>3×3 average at stride 1; padding does not count.</summary>
    Average,

    /// <summary>3×3 maximum at stride 1.</summary>
    Maximum,

    /// <summary>3×3 maximum at stride 2 without padding: halves the map.</summary>
    Halving,
}

internal static class InceptionPoolings
{
    public static Tensor Apply(this InceptionPooling pooling, Tensor input) => pooling switch
    {
        InceptionPooling.Average => nn.functional.avg_pool2d(
            input, kernel_size: 3, stride: 1, padding: 1, ceil_mode: false, count_include_pad: false),
        InceptionPooling.Maximum => nn.functional.max_pool2d(input, kernel_size: 3, stride: 1, padding: 1),
        InceptionPooling.Halving => nn.functional.max_pool2d(input, kernel_size: 3, stride: 2),
        _ => input,
    };
}
