using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Cli.Generation;
using ProjectedGan.Cli.Runs;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation;
using ProjectedGan.Evaluation.Curves;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Demo;

/// <summary><c>pgan demo</c>: the main job on a small scale, from nothing to faces in minutes.</summary>
internal static class DemoCommand
{
    public static Command Build()
    {
        Option<double> minutes = new("--minutes") { Description = "Minutes of training.", DefaultValueFactory = _ => 6 };
        Option<bool> all = new("--all-emoji") { Description = "Train on all 1,871 emoji instead of the 119 faces; wants a GPU." };
        Option<int> samples = new("--evaluation-samples") { Description = "Generated images for each Fréchet distance.", DefaultValueFactory = _ => 1_000 };
        Option<string?> name = new("--name") { Description = "The run's name in runs/; emoji-faces or emoji-all by default." };
        Option<int> workers = new("--workers") { Description = "Worker processes of the demo's cluster, 1 or 2; 0 trains in this process alone, as `pgan train` does.", DefaultValueFactory = _ => 2 };
        Option<long> seed = new("--seed") { Description = "Seed of everything random." };
        var device = GlobalOptions.Device();
        ExampleCommand command = new(
            "demo",
            "Trains a Projected GAN on 3D emoji faces and leaves grids, curve, animation and checkpoints in runs/. Ctrl-C stops with a checkpoint; running again resumes.",
            "demo",
            "demo --minutes 20",
            "demo --all-emoji --device cuda --minutes 60 --name all")
        {
            minutes, all, samples, name, workers, seed, device,
        };
        command.Runs(async (parsed, cancellation) =>
        {
            var budget = parsed.GetValue(minutes);
            if (!(budget > 0))
            {
                throw new UsageException($"--minutes is {budget}; it must be more than 0.");
            }

            if (parsed.GetValue(samples) < 2)
            {
                throw new UsageException($"--evaluation-samples is {parsed.GetValue(samples)}; it must be 2 or more.");
            }

            if (parsed.GetValue(workers) is < 0 or > 2)
            {
                throw new UsageException($"--workers is {parsed.GetValue(workers)}; the demo's spec has 2 replicas, so that it can be 0, 1 or 2.");
            }

            var place = DeviceChoice.Parse(parsed.GetValue(device)!);
            var allEmoji = parsed.GetValue(all);
            var spec = DemoSpec.Create(
                DemoFiles.Dataset(allEmoji, cancellation), DemoFiles.Weights(DemoFiles.FeatureNetwork), parsed.GetValue(seed),
                place.type == DeviceType.CUDA ? DeviceKind.Cuda : DeviceKind.Cpu);
            spec = spec with { Evaluation = spec.Evaluation with { Samples = parsed.GetValue(samples) } };
            RunFolder folder = new(Path.Combine(PganHome.Root, "runs", parsed.GetValue(name) ?? (allEmoji ? "emoji-all" : "emoji-faces")));
            var time = TimeSpan.FromMinutes(budget);
            var end = parsed.GetValue(workers) == 0
                ? TrainHere(folder, spec, time, cancellation)
                : await TrainOnClusterAsync(folder, spec, time, parsed.GetValue(workers), cancellation);
            return Conclude(folder, end, spec.Evaluation.Samples, cancellation);
        });
        return command;
    }

    private static SessionEnd TrainHere(RunFolder folder, TrainingSpec spec, TimeSpan budget, CancellationToken cancellation)
    {
        using TrainingSession session = new(folder, spec, new SessionOptions { Budget = new(budget), EvaluationSamples = spec.Evaluation.Samples });
        return session.Run(cancellation);
    }

    private static async Task<SessionEnd> TrainOnClusterAsync(RunFolder folder, TrainingSpec spec, TimeSpan budget, int workers, CancellationToken cancellation)
    {
        using var claim = folder.Claim(spec);
        TrainingSpecFile.Save(spec, folder.Spec);
        using (var dataset = ImageDataset.Open(spec.Data.Path))
        {
            RealGrid.Write(dataset, folder.RealGrid);
        }

        SessionEnd end;
        // A sitting is told all that happened before, too.
        using var events = EventFile.Create(folder, from: 0, TimeProvider.System, warning => Console.Error.WriteLine($"pgan: {warning}"));
        await using (var session = await ClusterSession.StartAsync(folder, spec, budget, workers, cancellation))
        {
            end = await session.RunAsync(events, cancellation);
        }

        if (end != SessionEnd.Interrupted)
        {
            FinishedRun.Write(folder, spec, events, cancellation);
        }

        return end;
    }

    private static int Conclude(RunFolder folder, SessionEnd end, int samples, CancellationToken cancellation)
    {
        if (end == SessionEnd.Interrupted)
        {
            Console.WriteLine($"stopped; ./pgan demo with the same options resumes {folder.Path}");
            return ExitCode.Interrupted;
        }

        Summarise(folder, samples, cancellation);
        return ExitCode.Success;
    }

    private static void Summarise(RunFolder folder, int samples, CancellationToken cancellation)
    {
        var rows = FdCsv.Read(folder.FrechetCsv);
        var (first, last) = (rows[0], rows[^1]);
        Console.WriteLine($"{MetricName.Frechet(last.FeatureNetwork)}: {first.Distance:F1} at {first.Images:N0} images, {last.Distance:F1} at {last.Images:N0} ({first.Distance / last.Distance:F1} times less)");
        Console.WriteLine($"{MetricName.Frechet(DemoFiles.OtherNetwork)}: {SecondOpinion(folder, samples, cancellation):F2} on a network that took no part in training");
        Console.WriteLine($"""
            {folder.Path}
              samples.png         the last grid        samples/            grids over time, and real.png
              interpolation.webp  a latent walk        fd.png, fd.csv      the distance's curve
              checkpoints/        ./pgan generate {Path.GetRelativePath(Environment.CurrentDirectory, folder.Path)} more.png
            """);
    }

    private static double SecondOpinion(RunFolder folder, int samples, CancellationToken cancellation)
    {
        DemoFiles.Weights(DemoFiles.OtherNetwork);
        TorchRuntime.SetThreads(Environment.ProcessorCount);
        using var trained = TrainedGenerator.Open(folder.Path, CPU);
        using IImageDataset dataset = ImageDataset.Open(trained.Spec.Data.Path);
        using var opened = OpenedMetricNetwork.FromStore(DemoFiles.OtherNetwork, CPU);
        MetricsRunner runner = new(opened.Network, new RealStatisticsCache(PganHome.Statistics, NullLogger.Instance));
        return runner.Evaluate(trained.Network, new MirroredDataset(dataset), new EvaluationOptions { Samples = samples, BatchSize = 16 }, null, cancellation).Values[0].Value;
    }
}
