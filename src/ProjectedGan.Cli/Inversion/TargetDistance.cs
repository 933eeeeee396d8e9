using ProjectedGan.Cli.Generation;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Inversion;

/// <summary>
/// How far images are from a target: the mean squared difference of pixels in [-1, 1], and the <see cref="PerceptualDistance"/>.
/// </summary>
internal sealed class TargetDistance : IDisposable
{
    private readonly FeatureNetwork _network;
    private readonly long _side;
    private readonly Tensor _pixels;
    private readonly Tensor[] _features;

    /// <param name="network">With its weights, on the target's device; owned from here on.</param>
    /// <param name="side">To which images are resized for it, in pixels: bilinear, as in training.</param>
    /// <param name="target">[1, 3, R, R] in [-1, 1]; stays the caller's.</param>
    public TargetDistance(FeatureNetwork network, long side, Tensor target)
    {
        _network = network;
        _side = side;
        network.Optimize();
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        _pixels = target.alias().DetachFromDisposeScope();
        _features = [.. PerceptualDistance.Directions(network, target, side).Select(stage => stage.DetachFromDisposeScope())];
    }

    /// <summary>The feature network that a generator was trained by, or another one of the weight store.</summary>
    /// <param name="trained">The generator.</param>
    /// <param name="name">The other one; null for the generator's own.</param>
    /// <param name="device">Where it is wanted.</param>
    /// <exception cref="PganException">Its weights are missing, or the generator's own network was a random one.</exception>
    public static FeatureNetwork OpenNetwork(TrainedGenerator trained, string? name, Device device)
    {
        var features = trained.Spec.Features;
        if (name is null && features.Weights is "" or FeatureSpec.RandomWeights)
        {
            throw new UsageException("The generator was trained on random features, which say little of likeness; "
                + "name a network of the weight store with --features, for example mobilenet_v2.");
        }

        var network = FeatureNetworks.Create(name ?? SpecSchema.Find("features.network")!.Text(trained.Spec));
        try
        {
            // A run that was trained elsewhere names a file of that machine.
            if (name is null && NetworkWeights.Store().Locate(features.Weights) is { } file)
            {
                WeightImport.Load(network, file);
            }
            else
            {
                NetworkWeights.Store().Load(network);
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
        var difference = image - _pixels;
        var seen = PerceptualDistance.Of(PerceptualDistance.Directions(_network, image, _side), _features);
        return (difference * difference).mean().Plus(seen).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _network.Dispose();
        _pixels.Dispose();
        Array.ForEach(_features, stage => stage.Dispose());
    }
}
