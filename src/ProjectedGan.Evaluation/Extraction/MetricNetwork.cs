using System.Security.Cryptography;
using System.Text;
using ProjectedGan.Networks.Features;
using ProjectedGan.Specification.Metrics;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Extraction;

/// <summary>The network whose features are compared, with what identifies it.</summary>
/// <param name="Features">The network; not disposed with this object.</param>
/// <param name="Hash">Identifies weights and preprocessing; real statistics are cached under it.</param>
/// <param name="Device">Where the weights are.</param>
public sealed record MetricNetwork(IPooledFeatures Features, string Hash, Device Device)
{
    /// <summary>Takes a network that is a module itself, such as FID's Inception.</summary>
    /// <param name="network">The network.</param>
    /// <param name="resizing">How images are brought to its size; in another way than its own, its name tells.</param>
    public static MetricNetwork Of<TNetwork>(TNetwork network, ImageResizing resizing = ImageResizing.Network)
        where TNetwork : nn.Module, IPooledFeatures => Of(network, Resized(network, resizing), "");

    /// <summary>Takes the pooled features of a feature network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inputSize">Side in pixels to which images are resized for it.</param>
    /// <param name="resizing">How they are.</param>
    public static MetricNetwork Of(
        FeatureNetwork network, int inputSize = PooledFeatureNetwork.DefaultInputSize, ImageResizing resizing = ImageResizing.Network) =>
        Of(network, Resized(new PooledFeatureNetwork(network, inputSize), resizing), $"input {inputSize}");

    private static IPooledFeatures Resized(IPooledFeatures network, ImageResizing resizing) =>
        resizing == ImageResizing.Clean ? new CleanResizedFeatures(network) : network;

    private static MetricNetwork Of(nn.Module module, IPooledFeatures features, string settings)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var scope = NewDisposeScope();
        var state = module.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList();
        StringBuilder layout = new($"{features.Name} {settings}\n");
        foreach (var (name, tensor) in state)
        {
            layout.Append($"{name} {tensor.dtype} [{string.Join(',', tensor.shape)}]\n");
        }

        layout.Append(Bytes.Hash(state.Select(entry => entry.Value)));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(layout.ToString())));
        return new(features, hash, state.Count == 0 ? CPU : state[0].Value.device);
    }
}
