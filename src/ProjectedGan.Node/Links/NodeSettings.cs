using ProjectedGan.Node.Hosting;
using static TorchSharp.torch;

namespace ProjectedGan.Node.Links;

/// <summary>What a worker or evaluator was started with.</summary>
internal sealed record NodeSettings
{
    public required Uri Coordinator { get; init; }

    public required Device Device { get; init; }

    public required string Name { get; init; }

    /// <summary>The folder of fetched files.</summary>
    public required string Cache { get; init; }

    /// <summary>Most bytes of fetched files, besides those in use.</summary>
    public required long CacheBytes { get; init; }

    public required NodeServerOptions Server { get; init; }
}
