using System.Security.Cryptography;
using ProjectedGan.Hosting.Serving;

namespace ProjectedGan.Hosting.Links;

/// <summary>What a worker or evaluator was started with.</summary>
public sealed record NodeSettings
{
    public required Uri Coordinator { get; init; }

    public required string Name { get; init; }

    /// <summary>The folder of fetched files.</summary>
    public required string Cache { get; init; }

    /// <summary>Most bytes of fetched files, besides those in use.</summary>
    public required long CacheBytes { get; init; }

    public required NodeServerOptions Server { get; init; }

    /// <summary>A new id for this process: readable, and unique among all nodes.</summary>
    public string NewId() =>
        $"{string.Concat(Name.Where(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.').Take(40))}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
}
