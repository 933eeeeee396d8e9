using System.Text.RegularExpressions;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Features.Inception;
using ProjectedGan.Weights;
using ProjectedGan.Weights.Npm;
using ProjectedGan.Weights.PyTorch;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.StateDicts;

/// <summary>Turns published weight files of pretrained networks into safetensors under the names that the networks here have.</summary>
public static partial class WeightImport
{
    /// <summary>The npm package nsfwjs, as it is downloaded.</summary>
    public const string NsfwjsFile = "nsfwjs-4.3.0.tgz";

    private const string Nsfwjs = "npm package nsfwjs 4.3.0: an ImageNet network fine-tuned as an image-content classifier, 8-bit weights";
    private const string Timm = "timm";
    private const string TimmReleases = "https://github.com/rwightman/pytorch-image-models/releases/download";
    private const string Torchvision = "torchvision";
    private const string TorchvisionModels = "https://download.pytorch.org/models";

    /// <summary>The networks, with where their weights come from.</summary>
    public static IReadOnlyList<ImportableNetwork> Networks { get; } =
    [
        new("mobilenet_v2", Nsfwjs, "MIT", () => new MobileNetV2()) { Package = NsfwjsFile, PackagePart = "mobilenet_v2" },
        Lite(EfficientNetLiteVariant.Lite0, "0aa007d2"),
        Lite(EfficientNetLiteVariant.Lite1, "bde8b488"),
        Lite(EfficientNetLiteVariant.Lite2, "dcccb7df"),
        Lite(EfficientNetLiteVariant.Lite3, "b733e338"),
        Lite(EfficientNetLiteVariant.Lite4, "741542c3"),
        new("resnet18", Torchvision, "BSD-3-Clause", () => new ResNet(ResNetVariant.ResNet18))
        {
            Published = At($"{TorchvisionModels}/resnet18-f37072fd.pth", "f37072fd"),
        },
        new("resnet50", Torchvision, "BSD-3-Clause", () => new ResNet(ResNetVariant.ResNet50))
        {
            Published = At($"{TorchvisionModels}/resnet50-0676ba61.pth", "0676ba61"),
        },
        new("clip_resnet50", "OpenAI's CLIP RN50, the image tower", "MIT", () => new ClipResNet50())
        {
            Published = At(
                "https://openaipublic.azureedge.net/clip/models/afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762/RN50.pt",
                "afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762"),
            IsProgram = true,
        },
        new("vit_base_patch16_224", Timm, "Apache-2.0", () => new VisionTransformer(VisionTransformerVariant.VitBase))
        {
            Published = At($"{TimmReleases}/v0.1-vitjx/jx_vit_base_p16_224-80ecf9dd.pth", "80ecf9dd"),
        },
        new("deit_base_distilled_patch16_224", "DeiT's authors", "Apache-2.0", () => new VisionTransformer(VisionTransformerVariant.DeitBaseDistilled))
        {
            Published = At("https://dl.fbaipublicfiles.com/deit/deit_base_distilled_patch16_224-df68dfff.pth", "df68dfff"),
        },
        new("inception_v3_fid", "pytorch-fid: the TensorFlow graph that FID is defined on", "Apache-2.0", () => new InceptionV3())
        {
            Published = At("https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth", "6726825d"),
        },
        new("swav_resnet50", "SwAV's authors: 800 epochs", "CC-BY-NC-4.0", () => new ResNet(ResNetVariant.SwavResNet50))
        {
            // Neither its name nor its authors tell a hash.
            Published = At("https://dl.fbaipublicfiles.com/deepcluster/swav_800ep_pretrain.pth.tar", null),
        },
        new("clip_vit_b32", "OpenAI's CLIP ViT-B/32, the image tower", "MIT", () => new ClipVisionTransformer())
        {
            Published = At(
                "https://openaipublic.azureedge.net/clip/models/40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af/ViT-B-32.pt",
                "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af"),
            IsProgram = true,
        },
        new("inception_v3_nsfw", Nsfwjs, "MIT", () => new NsfwInceptionV3()) { Package = NsfwjsFile, PackagePart = "inception_v3" },
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
    /// <exception cref="WeightFileException">The file cannot be read, is not of the network, or has values that are not finite.</exception>
    /// <exception cref="PganException">The destination cannot be written; what was there is unchanged.</exception>
    public static void Import(string source, string destination, string network)
    {
        var found = Find(network);
        var sha256 = File.Exists(source) ? CheckedSha256(source) : null;
        using var module = found.Create();
        var metadata = LoadInto(module, found, source);
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
        LoadInto(network, Networks.FirstOrDefault(item => item.Name == network.Name), path);
    }

    private static Dictionary<string, string> LoadInto(FrozenNetwork network, ImportableNetwork? found, string path)
    {
        using var source = Open(found, path);
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

    private static IWeightSource Open(ImportableNetwork? found, string path)
    {
        if (WeightFile.IsPackage(path))
        {
            return TensorFlowJs.ReadPackage(path, found?.PackagePart);
        }
        return found is { IsProgram: true } && TorchPickle.IsProgram(path) ? TorchPickle.ReadProgram(path) : WeightFile.Open(path);
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

    private static ImportableNetwork Lite(EfficientNetLiteVariant variant, string sha256)
    {
        var name = $"tf_efficientnet_lite{(int)variant}";
        return new(name, Timm, "Apache-2.0", () => new EfficientNetLite(variant)) { Published = At($"{TimmReleases}/v0.1-weights/{name}-{sha256}.pth", sha256) };
    }

    private static PublishedFile At(string address, string? sha256Start) => new(new Uri(address), sha256Start);

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

/// <summary>A pretrained network whose weights can be imported.</summary>
/// <param name="Name">Its name in specs, file names and reports.</param>
/// <param name="Origin">Where its weights come from, in words.</param>
/// <param name="Licence">The weights' licence, by its SPDX name.</param>
/// <param name="Create">Builds it without weights.</param>
public sealed record ImportableNetwork(string Name, string Origin, string Licence, Func<FrozenNetwork> Create)
{
    /// <summary>File name of the npm package that has it, as npm names it; null where none does.</summary>
    public string? Package { get; init; }

    /// <summary>Its name inside of the package; null where packages do not have it.</summary>
    public string? PackagePart { get; init; }

    /// <summary>The file at its publisher's; null where a package has it.</summary>
    public PublishedFile? Published { get; init; }

    /// <summary>Whether it is published as a TorchScript program, of which the tensors alone are read.</summary>
    public bool IsProgram { get; init; }

    /// <summary>The name of the file that a user brings.</summary>
    public string FileName => Package ?? Published?.Name ?? Name;
}
