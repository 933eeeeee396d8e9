using System.Text.RegularExpressions;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Features.Inception;
using ProjectedGan.Torch;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.WeightFiles;

/// <summary>Turns published weight files of pretrained networks into safetensors under the names that the networks here have.</summary>
public static partial class WeightImport
{
    /// <summary>The npm package nsfwjs, as it is downloaded.</summary>
    public const string NsfwjsFile = "nsfwjs-4.3.0.tgz";

    private const string Nsfwjs =
        "npm package nsfwjs 4.3.0 (MIT): its .tgz or unpacked folder; an ImageNet network fine-tuned as an image-content classifier, 8-bit weights";

    private const string Timm = "timm's checkpoint of this name (Apache-2.0), .pth or safetensors";

    /// <summary>The networks, with where their weights come from.</summary>
    public static IReadOnlyList<ImportableNetwork> Networks { get; } =
    [
        new("mobilenet_v2", Nsfwjs, NsfwjsFile, "mobilenet_v2", () => new MobileNetV2()),
        new("tf_efficientnet_lite0", Timm, null, null, () => new EfficientNetLite(EfficientNetLiteVariant.Lite0)),
        new("tf_efficientnet_lite1", Timm, null, null, () => new EfficientNetLite(EfficientNetLiteVariant.Lite1)),
        new("inception_v3_fid", "pt_inception-2015-12-05-6726825d.pth of pytorch-fid (Apache-2.0): the TensorFlow graph that FID is defined on",
            null, null, () => new InceptionV3()),
        new("inception_v3_nsfw", Nsfwjs, NsfwjsFile, "inception_v3", () => new NsfwInceptionV3()),
    ];

    /// <summary>The network of a name.</summary>
    /// <exception cref="UsageException">There is none; the message lists the names.</exception>
    public static ImportableNetwork Find(string name) => Networks.FirstOrDefault(network => network.Name == name)
        ?? throw new UsageException($"Unknown network '{name}'; use one of {string.Join(", ", Networks.Select(network => network.Name))}.");

    /// <summary>
    /// Reads a published file, checks that it fits the network tensor by tensor, and writes the network's state as safetensors with
    /// its provenance in the metadata. What was at the destination before stays whole if anything fails.
    /// </summary>
    /// <param name="source">A file of any format that <see cref="WeightFile.Open"/> reads, or an unpacked npm package.</param>
    /// <param name="destination">The safetensors file.</param>
    /// <param name="network">One of <see cref="Networks"/>' names.</param>
    /// <exception cref="UsageException">The network's name is unknown.</exception>
    /// <exception cref="WeightFileException">The file cannot be read, is not of the network, has values that are not finite, or the destination cannot be written.</exception>
    public static void Import(string source, string destination, string network)
    {
        var found = Find(network);
        var sha256 = File.Exists(source) ? CheckedSha256(source) : null;
        using var module = found.Create();
        var metadata = LoadInto(module, found.PackagePart, source);
        metadata[WeightMetadata.Network] = found.Name;
        metadata[WeightMetadata.Source] = metadata.GetValueOrDefault(WeightMetadata.Source) ?? Path.GetFileName(source);
        if (sha256 is not null)
        {
            metadata[WeightMetadata.SourceSha256] = sha256;
        }
        StateDict.Save(module, destination, metadata);
    }

    /// <summary>
    /// Loads a network from a file of any format, in the network's own names or in those of its source; dictionaries around the
    /// weights (<c>state_dict</c>, <c>model</c>) are found by the names inside.
    /// </summary>
    /// <exception cref="WeightFileException">The file cannot be read, is not of the network, or has values that are not finite.</exception>
    public static void Load(FrozenNetwork network, string path)
    {
        ArgumentNullException.ThrowIfNull(network);
        LoadInto(network, Networks.FirstOrDefault(item => item.Name == network.Name)?.PackagePart, path);
    }

    private static Dictionary<string, string> LoadInto(FrozenNetwork network, string? packagePart, string path)
    {
        using var source = WeightFile.IsPackage(path) ? TensorFlowJs.ReadPackage(path, packagePart) : WeightFile.Open(path);
        var prefix = Prefix(network, source);
        StateDict.Load(network, source, new StateDictOptions
        {
            Rename = name => name.StartsWith(prefix, StringComparison.Ordinal) ? network.LocalName(name[prefix.Length..]) : null,
        });
        using var scope = NewDisposeScope();
        // Training would go on with them to its end, and every figure that is measured with them would look like any other.
        var broken = StateDict.Named(network).FirstOrDefault(item => !item.Tensor.isfinite().all().item<bool>());
        return broken.Name is null
            ? new Dictionary<string, string>(source.Metadata)
            : throw new WeightFileException($"'{path}' has NaN or infinite values in tensor '{broken.Name}': it is damaged or of a training that diverged; fetch it again.");
    }

    // PyTorch's published files end in the first digits of their hash: NAME-6726825d.pth.
    private static string CheckedSha256(string path)
    {
        var sha256 = WeightFile.Sha256(path);
        var published = PublishedHash().Match(Path.GetFileName(path));
        return !published.Success || sha256.StartsWith(published.Groups[1].Value, StringComparison.Ordinal)
            ? sha256
            : throw new WeightFileException($"'{path}' is damaged: its SHA-256 begins with {sha256[..8]}, not with the "
                + $"{published.Groups[1].Value} of its name; fetch it again.");
    }

    [GeneratedRegex("-([0-9a-f]{8})\\.(?:pth|pt|safetensors)$")]
    private static partial Regex PublishedHash();

    // The dictionaries around the weights are those below which most names are the network's: none, one (state_dict) or two
    // (state_dict.module, from data-parallel training).
    private static string Prefix(FrozenNetwork network, IWeightSource source)
    {
        var wanted = StateDict.Named(network).Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
        return source.Tensors.SelectMany(tensor => Prefixes(tensor.Name)).Distinct().OrderBy(prefix => prefix.Length)
            .MaxBy(prefix => source.Tensors.Count(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal)
                && network.LocalName(tensor.Name[prefix.Length..]) is { } local && wanted.Contains(local))) ?? "";
    }

    private static IEnumerable<string> Prefixes(string name)
    {
        yield return "";
        var parts = name.Split('.', 3);
        if (parts.Length > 1)
        {
            yield return parts[0] + ".";
        }
        if (parts.Length > 2)
        {
            yield return $"{parts[0]}.{parts[1]}.";
        }
    }
}
