using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.WeightFiles;
using ProjectedGan.Node.Generation;
using ProjectedGan.Torch;
using ProjectedGan.Training.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Node.Inversion;

/// <summary>
/// How far images are from a target: the mean squared difference of pixels in [-1, 1], and that of a frozen network's features, whose vector
/// at each place of each of the four stages is brought to length one and whose mean is taken over places and stages (Zhang et al. 2018, "The
/// Unreasonable Effectiveness of Deep Features as a Perceptual Metric", equation 1). Differs from the paper: its weights of channels are
/// learned from people's judgements; here all are one.
/// </summary>
internal sealed class PerceptualDistance : IDisposable
{
    private const double Epsilon = 1e-10;

    private readonly FeatureNetwork _network;
    private readonly long _side;
    private readonly Tensor _pixels;
    private readonly Tensor[] _features;

    /// <param name="network">With its weights, on the target's device; owned from here on.</param>
    /// <param name="side">To which images are resized for it, in pixels: bilinear, as in training.</param>
    /// <param name="target">[1, 3, R, R] in [-1, 1]; stays the caller's.</param>
    public PerceptualDistance(FeatureNetwork network, long side, Tensor target)
    {
        _network = network;
        _side = side;
        network.Optimize();
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        _pixels = target.alias().DetachFromDisposeScope();
        _features = [.. Features(target).Select(stage => stage.DetachFromDisposeScope())];
    }

    /// <summary>The feature network that a generator was trained by, or another one of the weight store.</summary>
    /// <param name="trained">The generator.</param>
    /// <param name="name">The other one; null for the generator's own.</param>
    /// <param name="device">Where it is wanted.</param>
    /// <exception cref="PganException">Its weights are missing, or the generator's own network was a random one.</exception>
    public static FeatureNetwork OpenNetwork(TrainedGenerator trained, string? name, Device device)
    {
        FeatureSpec features = trained.Spec.Features;
        if (name is null && features.Weights is "" or FeatureSpec.RandomWeights)
        {
            throw new UsageException("The generator was trained on random features, which say little of likeness; "
                + "name a network of the weight store with --features, for example mobilenet_v2.");
        }

        FeatureNetwork network = FeatureNetworks.Create(name ?? SpecSchema.Find("features.network")!.Text(trained.Spec));
        try
        {
            // A run that was trained elsewhere names a file of that machine.
            if (name is null && WeightStore.Default().Locate(features.Weights) is { } file)
            {
                WeightImport.Load(network, file);
            }
            else
            {
                WeightStore.Default().Load(network);
            }

            network.to(device);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The distance of one image from the target.</summary>
    /// <param name="image">[1, 3, R, R] in about [-1, 1].</param>
    /// <returns>A scalar with its graph; the caller's.</returns>
    public Tensor Of(Tensor image)
    {
        using var scope = NewDisposeScope();
        Tensor distance = Square(image - _pixels).mean();
        foreach ((Tensor stage, Tensor wanted) in Features(image).Zip(_features))
        {
            distance = distance.Plus(Square(stage - wanted).sum(1).mean() * Scalars.Of(1.0 / _features.Length));
        }

        return distance.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _network.Dispose();
        _pixels.Dispose();
        Array.ForEach(_features, stage => stage.Dispose());
    }

    // [1, C, h, w] of each stage, of length one along C.
    private Tensor[] Features(Tensor image)
    {
        Tensor seen = image.size(2) == _side
            ? image
            : nn.functional.interpolate(image, size: [_side, _side], mode: InterpolationMode.Bilinear, align_corners: false);
        return Array.ConvertAll(_network.Extract(seen), stage => stage * Square(stage).sum(1, keepdim: true).Plus(Scalars.Of(Epsilon)).rsqrt());
    }

    private static Tensor Square(Tensor values) => values * values;
}
