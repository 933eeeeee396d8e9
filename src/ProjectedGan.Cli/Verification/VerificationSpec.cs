using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Verification;

/// <summary>A run that is small enough to be repeated, and touches everything that could differ: several replicas, batch statistics, augmentation, mirroring.</summary>
internal static class VerificationSpec
{
    private const int Resolution = 64;
    private const int Images = 48;

    /// <summary>A spec without its data set; its feature network is drawn from the seed.</summary>
    public static TrainingSpec Create(int replicas, int iterations) => new()
    {
        Seed = 11,
        Replicas = replicas,
        Batch = replicas,
        TotalImages = (long)replicas * iterations,
        Data = new DataSpec { Resolution = Resolution, Mirror = true, DecodingThreads = 1 },
        Generator = new GeneratorSpec { Kind = GeneratorKind.FastGanLite, LatentSize = 16, Width = 4 },
        Features = new FeatureSpec { Network = FeatureNetworkKind.MobileNetV2, Weights = FeatureSpec.RandomWeights, InputSize = 128 },
        Projection = new ProjectionSpec { Channels = 4 },
        Discriminator = new DiscriminatorSpec { WidthFactor = 0.0625 },
        Schedule = new ScheduleSpec { ReportImages = 1, SnapshotImages = 0, EvaluationImages = 0, CheckpointImages = 0 },
    };

    /// <summary>Writes a data set of noise and returns its path.</summary>
    public static string WriteDataset(string folder, CancellationToken cancellation)
    {
        var images = Directory.CreateDirectory(Path.Combine(folder, "images")).FullName;
        for (var i = 0; i < Images; i++)
        {
            var pixels = new byte[Resolution * Resolution * 3];
            new Random(i).NextBytes(pixels);
            File.WriteAllBytes(Path.Combine(images, $"{i:D2}.png"), ImageCodec.EncodePng(new ImageBuffer(Resolution, Resolution, 3, pixels)));
        }
        var zip = Path.Combine(folder, "noise.zip");
        DatasetCreator.Create(new DatasetSource(images), zip, new DatasetCreateOptions { Resolution = Resolution }, null, cancellation);
        return zip;
    }
}
