using System.CommandLine;
using ProjectedGan.Cli.Demo;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary><c>pgan bench learning</c>: what a spec learns from how many images, over seeds, alone or beside a peer that trains the same.</summary>
internal static class BenchLearningCommand
{
    public static Command Build()
    {
        Option<string?> spec = new("--spec") { Description = "What to train; the demo's spec by default.", HelpName = "FILE" };
        var set = SettingOption.Create();
        Option<string?> peer = new("--peer") { Description = "A PyTorch script that trains the same spec.", HelpName = "SCRIPT.py" };
        var python = PeerProcess.Python();
        Option<long[]> seeds = new("--seeds") { Description = "One run each, of both.", DefaultValueFactory = _ => [0, 1, 2], AllowMultipleArgumentsPerToken = true };
        Option<long> images = new("--images") { Description = "Real images shown in a run.", DefaultValueFactory = _ => 12_000 };
        Option<long> every = new("--every") { Description = "Images between two measurements.", DefaultValueFactory = _ => 3_000 };
        Option<string[]> networks = new("--network") { Description = "Whose features are compared.", DefaultValueFactory = _ => [DemoFiles.FeatureNetwork, DemoFiles.OtherNetwork], AllowMultipleArgumentsPerToken = true };
        Option<int> samples = new("--samples") { Description = "Generated images for each distance.", DefaultValueFactory = _ => 1_000 };
        Option<string> folder = new("--out") { Description = "Where runs, learning.csv, plots and grids go; runs that are there are resumed.", DefaultValueFactory = _ => Path.Combine("runs", "learning"), HelpName = "FOLDER" };
        ExampleCommand command = new(
            "learning",
            "Trains a spec over several seeds, beside a peer where asked, and compares Fréchet distances at equal image counts.",
            "bench learning --peer tests/peers/projected_gan_train.py",
            "bench learning --seeds 0 1 2 --set batch=8 --set replicas=1 --out runs/batch-8",
            "bench learning --spec photos.yaml --images 200000 --every 20000 --network mobilenet_v2")
        {
            spec, set, peer, python, seeds, images, every, networks, samples, folder,
        };
        command.Runs(async (parsed, cancellation) =>
        {
            var script = parsed.GetValue(peer);
            if (script is not null)
            {
                PeerProcess.RequireScript(script);
            }

            var measuredBy = parsed.GetValue(networks)!;
            LearningPlan.Check(parsed.GetValue(seeds)!, parsed.GetValue(images), parsed.GetValue(every));
            var plan = new LearningPlan
            {
                Spec = Spec(parsed.GetValue(spec), parsed.GetValue(set)!, measuredBy, cancellation),
                Seeds = parsed.GetValue(seeds)!,
                Images = parsed.GetValue(images),
                Every = parsed.GetValue(every),
                Folder = Path.GetFullPath(parsed.GetValue(folder)!),
            };
            List<LearningRun> runs = [.. plan.Seeds.Select(seed => (LearningRun)new OwnLearningRun(plan, seed))];
            if (script is not null)
            {
                runs.AddRange(plan.Seeds.Select(seed => new PeerLearningRun(plan, seed, parsed.GetValue(python)!, script)));
            }

            await TrainAsync(runs, cancellation);
            TorchRuntime.SetThreads(Environment.ProcessorCount);
            var report = new LearningReport(plan, runs);
            foreach (var network in measuredBy)
            {
                report.Measure(network, parsed.GetValue(samples), cancellation);
            }

            report.Write(cancellation);
            return ExitCode.Success;
        });
        return command;
    }

    private static TrainingSpec Spec(string? file, string[] settings, string[] networks, CancellationToken cancellation)
    {
        TrainingSpec spec;
        if (file is not null)
        {
            spec = TrainingSpecFile.LoadUnvalidated(file);
        }
        else
        {
            spec = DemoSpec.Create(DemoFiles.Dataset(allEmoji: false, cancellation), DemoFiles.Weights(DemoFiles.FeatureNetwork), seed: 0, DeviceKind.Cpu);
            foreach (var network in networks.Intersect([DemoFiles.OtherNetwork]))
            {
                DemoFiles.Weights(network);
            }
        }

        return SpecSchema.With(spec, SettingOption.Parse(settings));
    }

    // Nothing is timed, so runs go side by side, one for each processor that they leave idle.
    private static async Task TrainAsync(List<LearningRun> runs, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount / runs[0].Threads), CancellationToken = cancellation };
        await Parallel.ForEachAsync(runs.OrderBy(run => run.Seed), options, async (run, stop) =>
        {
            await run.TrainAsync(stop);
            Console.WriteLine($"{run.Name}: trained");
        });
    }
}
