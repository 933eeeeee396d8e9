using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>Sweeps as a user submits them to a real coordinator.</summary>
[Trait("Speed", "Slow")]
public class SweepSubmissionTests
{
    [Fact]
    public async Task Submit_Sweep_MakesAnExperimentOfEachRunOnce()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        string[] to = ["--coordinator", coordinator.Address.OriginalString];
        await WriteAsync(home, "sweep: {seed: [0, 1], discriminator.count: [4, 2]}");

        var first = (await PganProcess.RunAsync(home.Path, ["submit", "sweep.yaml", .. to])).Succeeded();
        var again = (await PganProcess.RunAsync(home.Path, ["submit", "sweep.yaml", .. to])).Succeeded();

        var listed = await coordinator.Experiments.ListAsync(new ListRequest());
        string[] names = ["sweep/seed0-count2", "sweep/seed0-count4", "sweep/seed1-count2", "sweep/seed1-count4"];
        Assert.Equal(names, listed.Experiments.Select(experiment => experiment.Name).Order(StringComparer.Ordinal));
        Assert.Equal(first.Output, again.Output);
        Assert.Equal(
            listed.Experiments.Select(experiment => $"{experiment.Id}  {experiment.Name}").Order(StringComparer.Ordinal),
            first.Output.Split('\n').Select(line => line.Trim()).Order(StringComparer.Ordinal));
        // Data is sent with the first of them alone.
        Assert.Single(first.Errors.Split('\n'), line => line.Contains("tiny.zip", StringComparison.Ordinal));

        // One more value is one more column of experiments; another name is another sweep.
        await WriteAsync(home, "sweep: {seed: [0, 1], discriminator.count: [4, 2, 1]}");
        (await PganProcess.RunAsync(home.Path, ["submit", "sweep.yaml", .. to])).Succeeded();
        Assert.Equal(6, (await coordinator.Experiments.ListAsync(new ListRequest())).Experiments.Count);
        (await PganProcess.RunAsync(home.Path, ["submit", "sweep.yaml", "--name", "other", .. to])).Succeeded();
        Assert.Equal(6, (await coordinator.Experiments.ListAsync(new ListRequest())).Experiments.Count(experiment => experiment.Name.StartsWith("other/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Submit_SweepWithAContradiction_SubmitsNothing()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        string[] to = ["--coordinator", coordinator.Address.OriginalString];
        await WriteAsync(home, "variants: [{name: fine}, {name: wrong, batch: 5}]");
        (await PganProcess.RunAsync(home.Path, ["submit", "sweep.yaml", .. to])).Refused(2, "wrong: line 7: batch 5 is not divisible by replicas 2");
        await WriteAsync(home, "sweep: {seed: [0, 1]}");
        (await PganProcess.RunAsync(home.Path, ["submit", "sweep.yaml", "--watch", .. to])).Refused(2, "--watch", "describes 2");

        Assert.Empty((await coordinator.Experiments.ListAsync(new ListRequest())).Experiments);
    }

    private static Task WriteAsync(TemporaryFolder home, string sweep)
    {
        var dataset = File.Exists(home.At("tiny.zip")) ? home.At("tiny.zip") : TinyExperiment.WriteDataset(home);
        return File.WriteAllTextAsync(home.At("sweep.yaml"), TinyExperiment.Spec(dataset, sweep));
    }
}
