using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Cli.Generation;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation;
using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Metrics;
using ProjectedGan.Tensors;
using Spectre.Console;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Metrics;

/// <summary><c>pgan evaluate</c>: metrics of a run's generator on any feature network.</summary>
internal static class EvaluateCommand
{
    private const string WithoutOwn = "mobilenet_v2";

    public static Command Build()
    {
        Option<string?> data = new("--data") { Description = "The real images; the run's own by default." };
        Option<string?> network = new("--network")
        {
            Description = $"Whose features are compared: {string.Join(", ", WeightImport.Networks.Select(item => item.Name))}; the run's own by default ({WithoutOwn} where its weights are random). "
                + "Figures carry its name; only inception_v3_fid gives FID.",
        };
        Option<MetricKind[]> metrics = new("--metric")
        {
            Description = $"What to measure: {string.Join(", ", Enum.GetNames<MetricKind>())}.",
            DefaultValueFactory = _ => [MetricKind.FrechetDistance],
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int> samples = new("--samples") { Description = "Generated images; published FIDs use 50,000.", DefaultValueFactory = _ => 50_000 };
        Option<int> batch = new("--batch") { Description = "Images a pass.", DefaultValueFactory = _ => 64 };
        Option<CovarianceDivisor> divisor = new("--covariance") { Description = "Divide covariances by Count (as the authors) or by CountMinusOne.", DefaultValueFactory = _ => CovarianceDivisor.Count };
        Option<ImageResizing> resize = new("--resize")
        {
            Description = "How images come to the network's size: Network (its own way; FID's is TensorFlow 1's) or Clean (clean-fid's; "
                + "figures then carry the network's name with _clean).",
        };
        Option<int> resamples = new("--resamples")
        {
            Description = "Resamples of the generated images for the standard deviation of every figure, 2 or more; 0 for none.",
        };
        Option<string?> neighbours = new("--neighbours")
        {
            Description = $"Also write a PNG of {NeighbourSheet.Samples} samples beside the training images nearest to them in the network's features.",
            HelpName = "FILE",
        };
        Option<long> seed = new("--seed") { Description = "Seed of the samples." };
        ExampleCommand command = new(
            "evaluate",
            "Measures a generator against real images.",
            "evaluate runs/emoji-faces --samples 1000",
            "evaluate runs/church --network inception_v3_fid --metric FrechetDistance KernelDistance",
            "evaluate runs/church/checkpoints/checkpoint-000015625 --network mobilenet_v2 --metric PrecisionRecall --samples 10000",
            "evaluate runs/church --metric DensityCoverage5 Diversity --samples 10000 --resamples 20 --neighbours neighbours.png",
            "evaluate from-pytorch.safetensors --spec church.yaml")
        {
            data, network, metrics, samples, batch, divisor, resize, resamples, neighbours, seed,
        };
        var generator = new GeneratorSource().AddTo(command);
        command.Runs((parsed, cancellation) =>
        {
            EvaluationOptions options = new()
            {
                Metrics = parsed.GetValue(metrics)!,
                Samples = parsed.GetValue(samples),
                BatchSize = parsed.GetValue(batch),
                Seed = parsed.GetValue(seed),
                CovarianceDivisor = parsed.GetValue(divisor),
                Resamples = parsed.GetValue(resamples),
                KeepRealFeatures = parsed.GetValue(neighbours) is not null,
            };
            options.Validate();
            if (parsed.GetValue(neighbours) is { } file && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
            {
                // Said before the measuring, which may take hours.
                throw new UsageException($"--neighbours is '{file}', whose folder does not exist; make it, or name another file.");
            }

            TorchRuntime.SetThreads(Environment.ProcessorCount);
            using var trained = generator.Open(parsed);
            using IImageDataset dataset = ImageDataset.Open(parsed.GetValue(data) ?? trained.Spec.Data.Path);
            using var opened = Open(parsed.GetValue(network), trained.Spec, generator.Device(parsed), parsed.GetValue(resize));
            RealStatisticsCache cache = new(PganHome.Statistics, NullLogger.Instance);
            var shown = trained.Spec.Data.Mirror ? new MirroredDataset(dataset) : dataset;
            MetricsRunner runner = new(opened.Network, cache);
            var results = Measure(runner, trained, shown, options, cancellation);
            foreach (var value in results.Values)
            {
                var spread = value.StandardDeviation is { } deviation ? $" ± {deviation:G4}" : "";
                Console.WriteLine($"{value.Name} {value.Value:G6}{spread}  ({value.Generated:N0} generated, {value.Real:N0} real, {trained.Description})");
            }

            if (parsed.GetValue(neighbours) is { } sheet)
            {
                NearImage[] nearest = [.. NeighbourSheet.Write(runner, trained.Network, shown, options, sheet, cancellation).Select(near => near[0])];
                (var sample, var image) = nearest.Index().MinBy(pair => pair.Item.Distance);
                Console.WriteLine($"{sheet}: sample {sample} is nearest to a training image, {shown.Name(image.Index)} at {image.Distance:G4}; "
                    + $"{nearest.Select(near => near.Index).Distinct().Count()} images are nearest to the {nearest.Length} samples");
            }

            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static OpenedMetricNetwork Open(string? named, TrainingSpec spec, Device device, ImageResizing resizing)
    {
        if (named is not null)
        {
            return OpenedMetricNetwork.FromStore(named, device, resizing);
        }

        if (spec.Features.Weights is "" or FeatureSpec.RandomWeights)
        {
            return OpenedMetricNetwork.FromStore(WithoutOwn, device, resizing);
        }

        var own = SpecSchema.Find("features.network")!.Text(spec);
        // A run that was trained elsewhere names a file of that machine.
        return NetworkWeights.Store().Locate(spec.Features.Weights) is { } file
            ? OpenedMetricNetwork.FromFile(own, file, device, resizing)
            : OpenedMetricNetwork.FromStore(own, device, resizing);
    }

    private static EvaluationResults Measure(MetricsRunner runner, TrainedGenerator trained, IImageDataset dataset, EvaluationOptions options, CancellationToken cancellation)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal)
        {
            return runner.Evaluate(trained.Network, dataset, options, null, cancellation);
        }

        return AnsiConsole.Progress().AutoClear(true).Start(context =>
        {
            Dictionary<EvaluationStage, ProgressTask> tasks = [];
            return runner.Evaluate(trained.Network, dataset, options, new Reporter(Show), cancellation);

            void Show(EvaluationProgress progress)
            {
                if (!tasks.TryGetValue(progress.Stage, out var task))
                {
                    tasks[progress.Stage] = task = context.AddTask(progress.Stage.ToString(), maxValue: progress.Total);
                }

                task.Value = progress.Done;
            }
        });
    }

    // Progress<T> would report from the thread pool, out of order.
    private sealed class Reporter(Action<EvaluationProgress> show) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => show(value);
    }
}
