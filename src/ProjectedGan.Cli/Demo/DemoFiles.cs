using ProjectedGan.Cli.Datasets;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Demo;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Demo;

/// <summary>Makes what the demo needs from the packages that the launcher fetched; each part once.</summary>
internal static class DemoFiles
{
    /// <summary>The network whose features the discriminators see.</summary>
    public const string FeatureNetwork = "mobilenet_v2";

    /// <summary>The network of the second opinion, which took no part in training.</summary>
    public const string OtherNetwork = "inception_v3_nsfw";

    /// <summary>The dataset zip.</summary>
    public static string Dataset(bool allEmoji, CancellationToken cancellation)
    {
        var path = Path.Combine(PganHome.Datasets, $"{(allEmoji ? "emoji-all" : "emoji-faces")}-{DemoSpec.Resolution}.zip");
        if (File.Exists(path))
        {
            return path;
        }

        var package = Package(EmojiFaces.PackageFile);
        var source = allEmoji ? EmojiFaces.AllWithoutSkinTones(package) : EmojiFaces.Faces(package);
        Directory.CreateDirectory(PganHome.Datasets);
        var created = DatasetCreateCommand.Create(source, path, new DatasetCreateOptions { Resolution = DemoSpec.Resolution }, cancellation);
        Console.WriteLine($"made {Path.GetFileName(path)}: {created.Count:N0} images from {EmojiFaces.PackageFile}");
        return path;
    }

    /// <summary>Imports a network of the weights package.</summary>
    public static string Weights(string network)
    {
        var store = NetworkWeights.Store();
        if (!store.Contains(network))
        {
            var stored = store.Import(Package(WeightImport.NsfwjsFile), network);
            Console.WriteLine($"imported {stored.Name}: {stored.Description!.Parameters:N0} parameters from {WeightImport.NsfwjsFile}");
        }

        return store.Path(network);
    }

    private static string Package(string file)
    {
        var path = Path.Combine(PganHome.Downloads, file);
        return File.Exists(path) ? path : throw new PganException($"'{path}' is missing; `./pgan demo` fetches it with npm.");
    }
}

/// <summary>
/// The demo's experiment: a small Projected GAN that shows faces after a few minutes on two CPU cores. Widths are a quarter of the
/// reference's or less, and the learning rate is five times the reference's; <c>docs/demo.md</c> has the measurements.
/// </summary>
internal static class DemoSpec
{
    /// <summary>Height and width of the images, in pixels.</summary>
    public const int Resolution = 64;

    /// <param name="dataset">The zip that <see cref="DemoFiles"/> made.</param>
    /// <param name="weights">The imported MobileNetV2.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="device">Where to compute.</param>
    public static TrainingSpec Create(string dataset, string weights, long seed, DeviceKind device) => new()
    {
        Seed = seed,
        Batch = 16,
        Replicas = 2,
        // The demo ends by the clock, long before this.
        TotalImages = 10_000_000,
        SharedFakes = true,
        Data = new() { Path = dataset, Resolution = Resolution, Mirror = true, DecodingThreads = 1 },
        Generator = new() { Kind = GeneratorKind.FastGanLite, LatentSize = 128, Width = 16 },
        Features = new() { Network = FeatureNetworkKind.MobileNetV2, Weights = weights, InputSize = 128 },
        Projection = new() { Channels = 32 },
        Discriminator = new() { WidthFactor = 0.25 },
        // With colour augmentation too, the distance is on average larger after as many images: docs/demo.md.
        Augmentation = new() { Color = false },
        Optimizer = new() { GeneratorRate = 1e-3, DiscriminatorRate = 1e-3 },
        // A longer memory than the reference's ramp-up: the average of so short a run is still shaky with it.
        Ema = new() { RampUp = 0.25 },
        Schedule = new() { ReportImages = 64, SnapshotImages = 1_000, EvaluationImages = 3_000, CheckpointImages = 2_000, KeepCheckpoints = 2 },
        // Grids come quickly and distances are rare: an evaluator keeps up with all of them.
        Evaluation = new() { EverySnapshot = true },
        Execution = new() { Device = device },
    };
}
