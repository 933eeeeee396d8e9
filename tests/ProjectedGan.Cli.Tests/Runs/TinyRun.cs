using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Data.Images;

namespace ProjectedGan.Cli.Tests.Runs;

/// <summary>A spec whose iterations take a fraction of a second, with images to go with it.</summary>
internal static class TinyRun
{
    /// <summary>Writes a folder of 24 images and a spec beside it; returns the spec's path.</summary>
    public static string Write(TemporaryFolder home, int totalImages, int checkpointImages)
    {
        Directory.CreateDirectory(home.At("images"));
        for (var i = 0; i < 24; i++)
        {
            var pixels = new byte[64 * 64 * 3];
            new Random(i).NextBytes(pixels);
            File.WriteAllBytes(home.At("images", $"{i:D2}.png"), ImageCodec.EncodePng(new ImageBuffer(64, 64, 3, pixels)));
        }

        var spec = home.At("tiny.yaml");
        File.WriteAllText(spec, $"""
            seed: 7
            batch: 4
            replicas: 2
            totalImages: {totalImages}
            data:
              path: {home.At("images")}
              resolution: 64
              mirror: true
            generator:
              kind: fastgan_lite
              latentSize: 16
              width: 4
            features:
              network: mobilenet_v2
              weights: random
              inputSize: 128
            projection:
              channels: 4
            discriminator:
              widthFactor: 0.05
            schedule:
              reportImages: 4
              snapshotImages: 0
              evaluationImages: 0
              checkpointImages: {checkpointImages}
            """);
        return spec;
    }

    /// <summary>The hash in the line <c>weights HASH after N images</c>.</summary>
    public static string WeightsHash(PganResult result)
    {
        string line = result.Output.Split('\n').Last(line => line.StartsWith("weights ", StringComparison.Ordinal));
        return line.Split(' ')[1];
    }
}
