using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Tests.Runs;

/// <summary>Sweeps as a user trains them.</summary>
[Trait("Speed", "Slow")]
public class SweepTests
{
    [Fact]
    public async Task Train_Sweep_TrainsRunAfterRunAndPassesOverThoseThatAreComplete()
    {
        using TemporaryFolder home = new();
        var plain = TinyRun.Write(home, totalImages: 8, checkpointImages: 4);
        var sweep = home.At("sweep.yaml");
        await File.WriteAllTextAsync(sweep, await File.ReadAllTextAsync(plain) + "\nvariants:\n  - name: baseline\n  - {name: one, discriminator.count: 1}\n  - {name: same, discriminator.count: 4}\n");
        string[] arguments = ["train", "--spec", sweep, "--run", home.At("runs", "tiny")];

        var trained = (await PganProcess.RunAsync(home.Path, arguments)).Succeeded();
        Directory.Delete(home.At("runs", "tiny", "one"), recursive: true);
        var again = (await PganProcess.RunAsync(home.Path, arguments)).Succeeded();
        var alone = (await PganProcess.RunAsync(home.Path, "train", "--spec", plain, "--run", home.At("alone"))).Succeeded();

        Assert.Contains("run 1 of 2: baseline, the same as same", trained.Output, StringComparison.Ordinal);
        Assert.Contains("run 2 of 2: one", trained.Output, StringComparison.Ordinal);
        Assert.Contains("baseline, the same as same is complete", again.Output, StringComparison.Ordinal);
        Assert.Single(again.Output.Split('\n'), line => line.StartsWith("weights ", StringComparison.Ordinal));
        // A run of a sweep is the run of its spec, and the second run of a process is as the first.
        Assert.Contains(TinyRun.WeightsHash(alone), trained.Output, StringComparison.Ordinal);
        Assert.Equal(TinyRun.WeightsHash(trained), TinyRun.WeightsHash(again));
        Assert.Equal(1, TrainingSpecFile.Load(home.At("runs", "tiny", "one", "spec.yaml")).Discriminator.Count);
    }

    [Fact]
    public async Task Train_SweepInterrupted_TheSameCommandResumesIt()
    {
        using TemporaryFolder home = new();
        var sweep = await WriteSweepAsync(home, "sweep:\n  replicas: [1, 2]\n", images: 160);
        string[] arguments = ["train", "--spec", sweep, "--run", home.At("runs", "tiny")];
        using (var process = PganProcess.Start(home.Path, arguments))
        {
            using CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
            while (!process.HasExited && !File.Exists(home.At("runs", "tiny", "replicas1", "fd.csv")))
            {
                await Task.Delay(20, patience.Token);
            }

            process.Interrupt();
            var stopped = await process.WaitAsync();
            Assert.Equal(130, stopped.ExitCode);
            Assert.Contains("the same command resumes", stopped.Output, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(home.At("runs", "tiny", "replicas2")));
        (await PganProcess.RunAsync(home.Path, arguments)).Succeeded();
        Assert.Contains("Resumed at", await File.ReadAllTextAsync(home.At("runs", "tiny", "replicas1", "log.jsonl")), StringComparison.Ordinal);
        Assert.True(File.Exists(home.At("runs", "tiny", "replicas2", "samples.png")));
    }

    [Fact]
    public async Task Train_SweepWhoseLastRunCannotStart_SaysSoBeforeTheFirst()
    {
        using TemporaryFolder home = new();
        var weights = await WriteSweepAsync(home, "variants:\n  - name: random\n  - {name: missing, features.weights: missing.pth}\n");
        (await PganProcess.RunAsync(home.Path, "train", "--spec", weights, "--run", home.At("runs"))).Refused(1, "features.weights is 'missing.pth'");
        var images = await WriteSweepAsync(home, "sweep:\n  data.images: [0, 25]\n");
        (await PganProcess.RunAsync(home.Path, "train", "--spec", images, "--run", home.At("runs"))).Refused(2, "images25", "data.images is 25", "24 images");
        (await PganProcess.RunAsync(home.Path, "train", "--spec", images, "--set", "data.images=3")).Refused(2, "varies data.images");

        Assert.False(Directory.Exists(home.At("runs")));
    }

    private static async Task<string> WriteSweepAsync(TemporaryFolder home, string sweep, int images = 8)
    {
        var path = home.At("sweep.yaml");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(TinyRun.Write(home, images, checkpointImages: 0))).Replace("replicas: 2\n", "", StringComparison.Ordinal) + "\n" + sweep);
        return path;
    }
}
