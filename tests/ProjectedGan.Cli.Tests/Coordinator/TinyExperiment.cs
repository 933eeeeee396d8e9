using System.IO.Compression;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Data.Images;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>A spec and a dataset that are right in every way and small.</summary>
internal static class TinyExperiment
{
    /// <summary>Writes a zip of 6 images of 64 pixels; returns its path.</summary>
    public static string WriteDataset(TemporaryFolder home, string name = "tiny.zip")
    {
        using var file = File.Create(home.At(name));
        using ZipArchive zip = new(file, ZipArchiveMode.Create);
        for (var i = 0; i < 6; i++)
        {
            var pixels = new byte[64 * 64 * 3];
            new Random(i).NextBytes(pixels);
            using var entry = zip.CreateEntry($"{i:D2}.png", CompressionLevel.NoCompression).Open();
            entry.Write(ImageCodec.EncodePng(new ImageBuffer(64, 64, 3, pixels)));
        }

        return home.At(name);
    }

    /// <param name="dataset">Its <c>data.path</c>.</param>
    /// <param name="more">Lines that are added.</param>
    public static string Spec(string dataset, string more = "") => $$"""
        batch: 4
        replicas: 2
        totalImages: 40
        data: {path: "{{dataset}}", resolution: 64}
        features: {network: mobilenet_v2, weights: random, inputSize: 128}
        generator: {kind: fastgan_lite, latentSize: 16, width: 4}
        {{more}}
        """;
}
