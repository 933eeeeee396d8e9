using System.Security.Cryptography;
using System.Text;

namespace ProjectedGan.Evaluation.RealStatistics;

/// <summary>What real features depend on.</summary>
/// <param name="DatasetHash">Hash of the images and their order.</param>
/// <param name="Network">Name of the feature network.</param>
/// <param name="NetworkHash">Hash of its weights and preprocessing.</param>
public sealed record RealFeaturesKey(string DatasetHash, string Network, string NetworkHash)
{
    // Raised whenever features of the same images and weights change, so that old files are not taken for new ones.
    private const int FormatVersion = 1;

    /// <summary>The name of the cache file.</summary>
    public string FileName => $"{Stem}.safetensors";

    /// <summary>The name of the file of neighbourhoods' radii.</summary>
    internal string RadiiFileName => $"{Stem}-radii.safetensors";

    private string Stem
    {
        get
        {
            var text = $"{FormatVersion}\n{DatasetHash}\n{Network}\n{NetworkHash}";
            return $"{Network}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32]}";
        }
    }

    /// <summary>What the file says of itself.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata() => new Dictionary<string, string>
    {
        ["dataset"] = DatasetHash,
        ["network"] = Network,
        ["network_hash"] = NetworkHash,
    };
}
