using ProjectedGan.Networks.Features;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Fakes;

/// <summary>A feature network without weights: the means of 4×4 patches.</summary>
internal sealed class PatchMeans : IPooledFeatures
{
    public string Name => "patch_means";

    public int FeatureCount => 12;

    /// <summary>Images seen so far.</summary>
    public long Images { get; private set; }

    public Tensor Pool(Tensor images)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Byte, images.dtype);
        Images += images.shape[0];
        return nn.functional.avg_pool2d(images.to_type(ScalarType.Float32).div(128f), 4).flatten(1).MoveToOuterDisposeScope();
    }
}
