using ProjectedGan.Cli.Local;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Foundation;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Verification;

/// <summary>One run on a cluster of its own.</summary>
/// <param name="Spec">What is trained.</param>
/// <param name="Workers">Worker processes.</param>
/// <param name="IsWorkerKilled">Whether the last one is killed when half of the iterations are done.</param>
internal sealed record VerificationRun(TrainingSpec Spec, int Workers, bool IsWorkerKilled)
{
    /// <summary>Trains, and returns the hash of the weights.</summary>
    /// <exception cref="PganException">The experiment failed; the logs lie in the folder.</exception>
    public async Task<string> TrainAsync(string folder, CancellationToken cancellation)
    {
        await using var cluster = await LocalCluster.StartAsync(new LocalClusterOptions { Folder = folder, Workers = Workers, LanesPerWorker = 1 }, cancellation);
        await cluster.WaitForNodesAsync(Workers, cancellation);
        var spec = Spec with { Cluster = new ClusterSpec { MinWorkers = IsWorkerKilled ? 1 : Workers, MaxWorkers = Workers } };
        var experiment = await cluster.Experiments.SubmitAsync(
            new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "verification" }, cancellationToken: cancellation);
        using var watch = cluster.Experiments.Watch(new WatchRequest { Id = experiment.Id }, cancellationToken: cancellation);
        var isKilled = false;
        while (await watch.ResponseStream.MoveNext(cancellation))
        {
            if (IsWorkerKilled && !isKilled && watch.ResponseStream.Current.Progress is { } progress && progress.Images * 2 >= Spec.TotalImages)
            {
                cluster.Workers[^1].Kill();
                isKilled = true;
            }
        }
        var ended = await cluster.Experiments.GetAsync(new GetRequest { Id = experiment.Id }, cancellationToken: cancellation);
        if (ended.State != ExperimentState.Completed)
        {
            throw new PganException($"The experiment ended as {ended.State}: {ended.Reason} Logs: {folder}.");
        }
        if (isKilled && ended.MembershipEpoch < 2)
        {
            throw new PganException("The killed worker was not missed: the run ended before it was lost. Use more --iterations.");
        }
        return ended.WeightsHash;
    }
}

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
