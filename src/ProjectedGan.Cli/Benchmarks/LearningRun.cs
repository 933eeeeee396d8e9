using System.Text.Json;
using System.Text.Json.Nodes;
using ProjectedGan.Cli.Generation;
using ProjectedGan.Cli.Runs;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using ProjectedGan.Training.Checkpoints;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>What is trained how often and how long.</summary>
internal sealed record LearningPlan
{
    public required TrainingSpec Spec { get; init; }

    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>Real images shown in a run.</summary>
    public required long Images { get; init; }

    /// <summary>Images between two measurements.</summary>
    public required long Every { get; init; }

    public required string Folder { get; init; }

    /// <summary>The image counts that are measured: multiples of <see cref="Every"/>, rounded up to whole iterations.</summary>
    public IReadOnlyList<long> Measured => [.. Enumerable.Range(1, (int)(Images / Every)).Select(i => Iterations(i * Every) * Spec.Batch)];

    public long Iterations(long images) => (images + Spec.Batch - 1) / Spec.Batch;

    /// <exception cref="UsageException">A count is wrong.</exception>
    public static void Check(IReadOnlyList<long> seeds, long images, long every)
    {
        if (every < 1 || images < every)
        {
            throw new UsageException($"--images is {images} and --every {every}: at least one image lies between measurements, and one measurement within the run.");
        }

        if (seeds.Count == 0 || seeds.Distinct().Count() != seeds.Count || seeds.Any(seed => seed < 0))
        {
            throw new UsageException($"--seeds is {string.Join(' ', seeds)}: give one or more different seeds from 0.");
        }
    }
}

/// <summary>Losses and gradients at one point of a run, as <c>pgan train</c> logs them.</summary>
internal sealed record LearningFigures(
    long ImagesSeen, double GeneratorLoss, double DiscriminatorLoss, double RealAccuracy, double GeneratedAccuracy, double GeneratorGradientNorm,
    double DiscriminatorGradientNorm)
{
    public static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);
}

/// <summary>One run: a side and a seed.</summary>
internal abstract class LearningRun(LearningPlan plan, string side, long seed)
{
    private const int ReportedIterations = 8;

    protected LearningPlan Plan => plan;

    public string Side => side;

    public long Seed => seed;

    public string Name => $"{side}-seed{seed}";

    /// <summary>Processor threads that training takes.</summary>
    public int Threads => Math.Min(Environment.ProcessorCount, Spec.Replicas * Spec.Execution.ThreadsPerReplica);

    protected string Folder => Path.Combine(plan.Folder, Name);

    protected string SpecFile => Folder + ".yaml";

    protected TrainingSpec Spec => plan.Spec with
    {
        Seed = seed,
        TotalImages = plan.Images,
        Schedule = new()
        {
            ReportImages = ReportedIterations * plan.Spec.Batch,
            SnapshotImages = 0,
            EvaluationImages = 0,
            CheckpointImages = plan.Every,
            KeepCheckpoints = plan.Measured.Count + 1,
        },
    };

    /// <summary>Trains to the end, or goes on where an earlier call stopped.</summary>
    /// <exception cref="UsageException">The folder holds a run of another spec.</exception>
    public Task TrainAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Folder);
        if (File.Exists(SpecFile) && SpecSchema.Differences(TrainingSpecFile.LoadUnvalidated(SpecFile), Spec, onlyResult: true) is { Count: > 0 } differences)
        {
            throw new UsageException($"'{Folder}' holds a run of another spec ({string.Join("; ", differences)}); give another --out.");
        }

        TrainingSpecFile.Save(Spec, SpecFile);
        return plan.Measured.All(images => File.Exists(Weights(images))) ? Task.CompletedTask : RunAsync(cancellation);
    }

    /// <summary>The averaged generator after so many images; the caller disposes it.</summary>
    public TrainedGenerator Open(long images) => TrainedGenerator.Open(Weights(images), SpecFile, CPU);

    /// <summary>Losses and gradients on the way.</summary>
    public abstract IReadOnlyList<LearningFigures> Figures();

    /// <summary>The file of the averaged generator's weights after so many images.</summary>
    protected abstract string Weights(long images);

    protected abstract Task RunAsync(CancellationToken cancellation);
}

/// <summary>Trained by <c>pgan train</c>, whose checkpoints hold the averaged generator.</summary>
internal sealed class OwnLearningRun(LearningPlan plan, long seed) : LearningRun(plan, "pgan", seed)
{
    private RunFolder Run => new(Folder);

    public override IReadOnlyList<LearningFigures> Figures() =>
        [.. File.ReadLines(Run.Log).Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["event"] == nameof(RunLog.Progress))
            .Select(line => line["values"].Deserialize<LearningFigures>(LearningFigures.Format)!)];

    protected override string Weights(long images) => Path.Combine(Run.Checkpoints, $"checkpoint-{Plan.Iterations(images):d9}", CheckpointFiles.Average);

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        // Distances are measured for all runs alike, later.
        string[] arguments = ["train", "--spec", SpecFile, "--run", Folder, "--evaluation-samples", "0"];
        await PeerProcess.RunAsync(PeerProcess.Self, arguments, "", line => Console.WriteLine($"{Name}: {line.Trim()}"), cancellation);
    }
}

/// <summary>Trained by a peer's script, which writes the averaged generator and prints figures.</summary>
internal sealed class PeerLearningRun(LearningPlan plan, long seed, string python, string script) : LearningRun(plan, "peer", seed)
{
    private string Log => Path.Combine(Folder, "figures.jsonl");

    public override IReadOnlyList<LearningFigures> Figures() => [.. File.ReadLines(Log).Select(Parse)];

    protected override string Weights(long images) => Path.Combine(Folder, $"{images:d9}.safetensors");

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        if (Spec.Features.Weights == FeatureSpec.RandomWeights)
        {
            throw new UsageException("features.weights is random, which differs from one program to the other; name a weights file.");
        }

        var configuration = PeerProcess.Configuration(Spec, Threads);
        configuration["seed"] = Seed;
        configuration["data"] = Path.GetFullPath(Spec.Data.Path);
        configuration["mirror"] = Spec.Data.Mirror;
        configuration["weights"] = Path.GetFullPath(Spec.Features.Weights);
        configuration["snapshots"] = new JsonArray([.. Plan.Measured.Select(images => (JsonNode)images)]);
        configuration["report"] = Spec.Schedule.ReportImages;
        configuration["output"] = Folder;
        await using StreamWriter log = new(Log) { AutoFlush = true };
        await PeerProcess.RunAsync(python, [script], configuration.ToJsonString(), Heard, cancellation);

        void Heard(string line)
        {
            log.WriteLine(line);
            var figures = Parse(line);
            Console.WriteLine($"{Name}: {figures.ImagesSeen:N0} images  loss G {figures.GeneratorLoss:F3}  D {figures.DiscriminatorLoss:F3}");
        }
    }

    private static LearningFigures Parse(string line) => JsonSerializer.Deserialize<LearningFigures>(line, LearningFigures.Format)!;
}
