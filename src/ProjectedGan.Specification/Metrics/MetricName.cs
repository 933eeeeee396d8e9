using System.Globalization;
using System.Text.Json.Serialization;

namespace ProjectedGan.Specification.Metrics;

/// <summary>
/// Names of figures. Only features of FID's own network (the 2015 TensorFlow graph of Inception-v3) give figures named <c>fid</c>, <c>kid</c>
/// and <c>is</c>; every other figure carries the name of its network, because figures of two networks cannot be compared.
/// </summary>
public static class MetricName
{
    /// <summary>The name of FID's network.</summary>
    public const string FidNetwork = "inception_v3_fid";

    /// <summary>The key of a Fréchet distance, <c>fid</c> or <c>fd_mobilenet_v2</c> for example.</summary>
    public static string Frechet(string network) => IsFid(network) ? "fid" : "fd_" + network;

    /// <summary>The key of a kernel distance.</summary>
    public static string Kernel(string network) => IsFid(network) ? "kid" : "kd_" + network;

    /// <summary>
    /// The key of a precision: <c>precision_…</c> with the paper's 3 neighbours, <c>precision5_…</c> with 5. Published ones use VGG16, so no
    /// network goes unnamed.
    /// </summary>
    public static string Precision(string network, int neighbour) => $"precision{Suffix(neighbour)}_{network}";

    /// <summary>The key of a recall.</summary>
    public static string Recall(string network, int neighbour) => $"recall{Suffix(neighbour)}_{network}";

    /// <summary>The key of a density, <c>density5_mobilenet_v2</c> for example.</summary>
    public static string Density(string network, int neighbour) => $"density{neighbour}_{network}";

    /// <summary>The key of a coverage.</summary>
    public static string Coverage(string network, int neighbour) => $"coverage{neighbour}_{network}";

    /// <summary>The key of a mean distance between generated samples.</summary>
    public static string Diversity(string network) => "diversity_" + network;

    /// <summary>The key of an inception score's mean.</summary>
    public static string Inception(string network) => IsFid(network) ? "is" : "is_" + network;

    /// <summary>What a chart or a table calls a Fréchet distance, <c>FID</c> or <c>Fréchet distance (mobilenet_v2)</c> for example.</summary>
    public static string FrechetTitle(string network) => IsFid(network) ? "FID" : $"Fréchet distance ({network})";

    /// <summary>A key as figure and network: <c>fd</c> and <c>mobilenet_v2</c>, <c>fid</c> and FID's own network.</summary>
    public static (string Figure, string Network) Split(string name) =>
        name.Split('_', 2) is [var figure, var network] ? (figure, network) : (name, FidNetwork);

    /// <summary>Whether smaller values of a figure are better, as those of distances are.</summary>
    /// <param name="figure">As <see cref="Split"/> gives it.</param>
    public static bool LowerIsBetter(string figure) => figure is "fid" or "fd" or "kid" or "kd";

    private static string Suffix(int neighbour) =>
        neighbour == MetricKinds.DefaultNeighbour ? "" : neighbour.ToString(CultureInfo.InvariantCulture);

    private static bool IsFid(string network) => network == FidNetwork;
}

/// <summary>How a metric network's images are brought to its size.</summary>
public enum ImageResizing
{
    /// <summary>The network's own way, without antialiasing; FID's is TensorFlow 1's bilinear resize, on which published FIDs are defined.</summary>
    [JsonStringEnumMemberName("network")]
    Network,

    /// <summary>As clean-fid does it (Parmar et al. 2022): <c>CleanResize</c>.</summary>
    [JsonStringEnumMemberName("clean")]
    Clean,
}
