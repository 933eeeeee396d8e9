using Grpc.Core;
using ProjectedGan.Contracts.V1;
using ProjectedGan.Node.Hosting;
using ProjectedGan.Node.Tests.Processes;

namespace ProjectedGan.Node.Tests.Coordinator;

/// <summary>What a real coordinator answers to submissions.</summary>
public class SubmissionTests
{
    [Fact]
    public async Task Submit_ManyViolations_AreAllNamedAtOnce()
    {
        using TemporaryFolder home = new();
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(home);
        string spec = TinyExperiment.Spec(TinyExperiment.WriteDataset(home), "seed: soon\nnonsense: 1\nevaluation: {metrics: beauty}")
            .Replace("resolution: 64", "resolution: 128", StringComparison.Ordinal).Replace("batch: 4", "batch: 5", StringComparison.Ordinal);

        RpcException refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = spec, Name = new string('n', 101), WeightsDigest = "short" });

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        string[] fields = [.. StatusMapping.Violations(refused).Select(violation => violation.Field)];
        Assert.Equal(["batch", "data.resolution", "evaluation.metrics", "name", "nonsense", "seed", "weights_digest"], fields.Order(StringComparer.Ordinal));
        Assert.Contains(StatusMapping.Violations(refused), violation => violation.Field == "seed" && violation.Description.Contains("line", StringComparison.Ordinal));
        Assert.Empty((await coordinator.Experiments.ListAsync(new ListRequest())).Experiments);
    }

    [Theory]
    [InlineData("data: [", "spec_yaml")]
    [InlineData("- a\n- b", "spec_yaml")]
    [InlineData("data: {path: missing.zip, resolution: 64}\nfeatures: {network: mobilenet_v2, weights: random}", "data.path")]
    [InlineData("data: {path: ., resolution: 64}\nfeatures: {network: mobilenet_v2, weights: random}", "data.path")]
    [InlineData("data: {path: broken.zip, resolution: 64}\nfeatures: {network: mobilenet_v2, weights: random}", "data.path")]
    public async Task Submit_Unusable_NamesTheField(string spec, string field)
    {
        using TemporaryFolder home = new();
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(home);
        await File.WriteAllTextAsync(home.At("broken.zip"), "PK but no zip");

        RpcException refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = spec });

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(field, StatusMapping.Violations(refused).Select(violation => violation.Field));
    }

    [Theory]
    [InlineData("'-1'")]
    [InlineData("'1'")]
    [InlineData("'FrechetDistance,frechetdistance'")]
    [InlineData("' , '")]
    public async Task Submit_MetricsThatAreNoNames_AreRefused(string metrics)
    {
        using TemporaryFolder home = new();
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(home);

        RpcException refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = TinyExperiment.Spec(TinyExperiment.WriteDataset(home), $"evaluation: {{metrics: {metrics}}}") });

        Assert.Equal("evaluation.metrics", Assert.Single(StatusMapping.Violations(refused)).Field);
    }

    [Fact]
    public async Task Submit_SpecAboveTheLimit_IsRefused()
    {
        using TemporaryFolder home = new();
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(home);

        RpcException refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = $"# {new string('x', 256 << 10)}" });

        Assert.Equal((StatusCode.InvalidArgument, "spec_yaml"), (refused.StatusCode, Assert.Single(StatusMapping.Violations(refused)).Field));
    }

    [Fact]
    public async Task Submit_SameRequestId_IsOneExperiment()
    {
        using TemporaryFolder home = new();
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(home);
        SubmitRequest request = new() { SpecYaml = TinyExperiment.Spec(TinyExperiment.WriteDataset(home)), RequestId = "mine" };

        Experiment first = await coordinator.Experiments.SubmitAsync(request), second = await coordinator.Experiments.SubmitAsync(request);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(("tiny", "local", ExperimentState.Queued), (first.Name, first.User, first.State));
        Assert.Single((await coordinator.Experiments.ListAsync(new ListRequest())).Experiments);
    }

    [Fact]
    public async Task Submit_FilesOfTheMachine_OnlyBelowTheGivenFolder()
    {
        using TemporaryFolder home = new();
        Directory.CreateDirectory(home.At("shared"));
        string inside = TinyExperiment.WriteDataset(home, Path.Combine("shared", "inside.zip")), outside = TinyExperiment.WriteDataset(home);
        File.CreateSymbolicLink(home.At("shared", "link.zip"), outside);
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(home, "--local-files", home.At("shared"));

        Assert.Equal(ExperimentState.Queued, (await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(inside) })).State);
        foreach (string path in new[] { outside, "../tiny.zip", home.At("shared", "link.zip") })
        {
            RpcException refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = TinyExperiment.Spec(path) });
            Assert.Equal("data.path", Assert.Single(StatusMapping.Violations(refused)).Field);
        }
    }

    private static Task<RpcException> RefusalAsync(CoordinatorProcess coordinator, SubmitRequest request) =>
        Assert.ThrowsAsync<RpcException>(async () => await coordinator.Experiments.SubmitAsync(request));
}
