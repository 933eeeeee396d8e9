using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Sweeps;

namespace ProjectedGan.Cli.Runs;

/// <summary><c>pgan train</c>: trains by a spec file, by flags, or by both.</summary>
internal static class TrainCommand
{
    public static Command Build()
    {
        Option<string?> spec = new("--spec") { Description = "A YAML spec; settings that it leaves out keep their defaults. One with a sweep is trained run after run (docs/experiments.md).", HelpName = "FILE" };
        Option<string?> run = new("--run") { Description = "The run's folder, resumed if it exists; runs/<name of the spec or dataset> by default.", HelpName = "FOLDER" };
        var set = SettingOption.Create("Any setting, for example --set optimizer.generatorRate=1e-4; wins over the file.");
        Option<int?> samples = new("--evaluation-samples") { Description = "Generated images for each Fréchet distance; 0 measures none. evaluation.samples by default.", HelpName = "N" };
        Option<double?> minutes = new("--minutes") { Description = "Stop with a checkpoint after this much training, before the spec's end." };
        Option<bool> print = new("--print-spec") { Description = "Print the whole spec as it would be trained, and stop." };
        ExampleCommand command = new(
            "train",
            $"Trains a Projected GAN. Ctrl-C stops with a checkpoint; the same command resumes. The same spec and seed give the same weights, bit for bit.\n\nSettings: {string.Join(", ", SpecSchema.Fields.Select(field => field.Path))}.",
            "train --spec church.yaml --run runs/church",
            "train --data photos-256.zip --weights tf_efficientnet_lite0.pth --batch 16",
            "train --spec church.yaml --set seed=2 --set batch=32 --run runs/church-seed2",
            "train --data photos-256.zip --print-spec > photos.yaml",
            "train --spec experiments/small/ablation-projection.yaml --run runs/projection")
        {
            spec, run, set, samples, minutes, print,
        };
        var shortcuts = AddShortcuts(command);
        command.Runs((parsed, cancellation) =>
        {
            var file = parsed.GetValue(spec);
            var measured = parsed.GetValue(samples);
            List<KeyValuePair<string, string>> settings = [.. Shortcuts(parsed, shortcuts), .. SettingOption.Parse(parsed.GetValue(set)!)];
            if (measured > 0)
            {
                settings.Add(new("evaluation.samples", $"{measured}"));
            }

            var runs = file is null ? [new SweepRun("", SpecSchema.With(new TrainingSpec(), settings))] : SweepFile.Load(file, settings);
            if (parsed.GetValue(print))
            {
                Print(runs);
                return Task.FromResult(ExitCode.Success);
            }

            var folder = Path.GetFullPath(parsed.GetValue(run) ?? DefaultFolder(file, runs[0].Spec));
            SessionOptions options = new()
            {
                EvaluationSamples = measured,
                Budget = new TrainingBudget(parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null),
            };
            return Task.FromResult(runs is [{ Name: "" } only] ? Train(folder, only.Spec, options, cancellation) : new SweepTraining(folder, runs, options).Run(cancellation));
        });
        return command;
    }

    private static int Train(string folder, TrainingSpec spec, SessionOptions options, CancellationToken cancellation)
    {
        using TrainingSession session = new(new RunFolder(folder), spec, options);
        var end = session.Run(cancellation);
        Console.WriteLine(end == SessionEnd.Interrupted ? $"stopped; the same command resumes {folder}" : folder);
        return end == SessionEnd.Interrupted ? ExitCode.Interrupted : ExitCode.Success;
    }

    private static void Print(IReadOnlyList<SweepRun> runs)
    {
        foreach (var run in runs)
        {
            TrainingSpecValidator.ThrowIfInvalid(run.Spec);
            Console.Write($"{(run.Name.Length > 0 ? $"--- # {run.Name}\n" : "")}{TrainingSpecFile.Write(run.Spec)}");
        }
    }

    // The settings that most runs change have flags of their own.
    private static Dictionary<string, Option<string?>> AddShortcuts(ExampleCommand command)
    {
        Dictionary<string, Option<string?>> shortcuts = [];
        foreach ((var flag, var path, var description) in new[]
        {
            ("--data", "data.path", "A dataset zip or a folder of images."),
            ("--resolution", "data.resolution", "Pixels a side."),
            ("--batch", "batch", "Images an iteration, over all replicas."),
            ("--replicas", "replicas", "Logical data-parallel ranks."),
            ("--images", "totalImages", "Real images to show in all."),
            ("--seed", "seed", "Seed of everything random."),
            ("--generator", "generator.kind", "fastgan, fastgan_lite, stylegan2 or hybrid."),
            ("--features", "features.network", "The frozen feature network."),
            ("--weights", "features.weights", "Its weights: a file, or a name from `pgan weights list`."),
            ("--device", "execution.device", "cpu or cuda."),
        })
        {
            Option<string?> option = new(flag) { Description = $"{description} ({path})" };
            shortcuts[path] = option;
            command.Add(option);
        }

        return shortcuts;
    }

    private static IEnumerable<KeyValuePair<string, string>> Shortcuts(ParseResult parsed, Dictionary<string, Option<string?>> shortcuts)
    {
        foreach ((var path, var option) in shortcuts)
        {
            if (parsed.GetValue(option) is { } value)
            {
                yield return new(path, value);
            }
        }
    }

    private static string DefaultFolder(string? specFile, TrainingSpec spec)
    {
        var source = specFile ?? (spec.Data.Path.Length > 0 ? spec.Data.Path : throw new UsageException("There is nothing to train on: give --data or a --spec with data.path."));
        return Path.Combine("runs", Path.GetFileNameWithoutExtension(source.TrimEnd('/')));
    }
}

/// <summary>Ends a run by the clock, besides its spec's number of images.</summary>
/// <param name="TrainingTime">Time of training, over all sessions of the run; null for no limit.</param>
internal sealed record TrainingBudget(TimeSpan? TrainingTime)
{
    public static TrainingBudget Unlimited { get; } = new((TimeSpan?)null);
}
