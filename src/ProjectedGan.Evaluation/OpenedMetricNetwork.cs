using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Features.Inception;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification.Metrics;
using ProjectedGan.Tensors;
using ProjectedGan.Weights.Sources;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation;

/// <summary>A network with its weights, ready to measure with. Disposing it frees the weights.</summary>
public sealed class OpenedMetricNetwork : IDisposable
{
    private readonly FrozenNetwork _module;

    private OpenedMetricNetwork(FrozenNetwork module, MetricNetwork network)
    {
        _module = module;
        Network = network;
    }

    public MetricNetwork Network { get; }

    /// <summary>Opens a network of the weight store by its name.</summary>
    /// <exception cref="UsageException">There is no network of that name.</exception>
    /// <exception cref="WeightFileException">Its weights are not imported, or damaged; the message says how to get them.</exception>
    public static OpenedMetricNetwork FromStore(string name, Device device, ImageResizing resizing = ImageResizing.Network)
    {
        var module = WeightImport.Find(name).Create();
        return Ready(module, () => NetworkWeights.Store().Load(module), device, resizing);
    }

    /// <summary>Opens a network from a weights file.</summary>
    /// <exception cref="WeightFileException">The file is not of the network.</exception>
    public static OpenedMetricNetwork FromFile(string name, string path, Device device, ImageResizing resizing = ImageResizing.Network)
    {
        var module = WeightImport.Find(name).Create();
        return Ready(module, () => WeightImport.Load(module, path), device, resizing);
    }

    public void Dispose() => _module.Dispose();

    // A figure from wrong features looks like any other. The network brings the one image to its size.
    private static void Check(MetricNetwork network)
    {
        using var scope = NewDisposeScope();
        ConvolutionCheck.Require(Convolutions.Record(() => network.Features.Pool(zeros([1, 3, 64, 64], ScalarType.Byte, network.Device))));
    }

    private static OpenedMetricNetwork Ready(FrozenNetwork module, Action load, Device device, ImageResizing resizing)
    {
        try
        {
            load();
            module.to(device);
            // The hash is of the weights as published, so it is taken before they are folded.
            var network = module switch
            {
                FeatureNetwork features => MetricNetwork.Of(features, resizing: resizing),
                InceptionV3 inception => MetricNetwork.Of(inception, resizing),
                NsfwInceptionV3 inception => MetricNetwork.Of(inception, resizing),
                ClipVisionTransformer clip => MetricNetwork.Of(clip, resizing),
                _ => throw new InvalidOperationException($"{module.Name} has no pooled features."),
            };
            module.Optimize();
            Check(network);
            return new OpenedMetricNetwork(module, network);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }
}
