using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Grpc.Core;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>What a real coordinator answers to submissions.</summary>
[Trait("Speed", "Slow")]
public class SubmissionTests(SubmissionTests.SharedCoordinator shared) : IClassFixture<SubmissionTests.SharedCoordinator>
{
    [Fact]
    public async Task Submit_ManyViolations_AreAllNamedAtOnce()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        var spec = TinyExperiment.Spec(TinyExperiment.WriteDataset(home), "seed: soon\nnonsense: 1\nevaluation: {metrics: beauty}")
            .Replace("resolution: 64", "resolution: 128", StringComparison.Ordinal).Replace("batch: 4", "batch: 5", StringComparison.Ordinal);

        var refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = spec, Name = new string('n', 101), WeightsDigest = "short" });

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        string[] fields = [.. StatusMapping.Violations(refused).Select(violation => violation.Field)];
        Assert.Equal(["batch", "data.resolution", "evaluation.metrics", "name", "nonsense", "seed", "weights_digest"], fields.Order(StringComparer.Ordinal));
        Assert.Contains(StatusMapping.Violations(refused), violation => violation.Field == "seed" && violation.Description.Contains("line", StringComparison.Ordinal));
        Assert.Empty((await coordinator.Experiments.ListAsync(new ListRequest())).Experiments);
    }

    [Theory]
    [InlineData("data: [", "spec_yaml")]
    [InlineData("- a\n- b", "spec_yaml")]
    [InlineData("? &a [*a]\n: 1", "spec_yaml")]
    [InlineData("data: {path: \"a\\0b\", resolution: 64}\nfeatures: {network: mobilenet_v2, weights: random}", "data.path")]
    [InlineData("data: {path: missing.zip, resolution: 64}\nfeatures: {network: mobilenet_v2, weights: random}", "data.path")]
    [InlineData("data: {path: ., resolution: 64}\nfeatures: {network: mobilenet_v2, weights: random}", "data.path")]
    [InlineData("data: {path: broken.zip, resolution: 64}\nfeatures: {network: mobilenet_v2, weights: random}", "data.path")]
    public async Task Submit_Unusable_NamesTheField(string spec, string field)
    {
        var (home, coordinator) = (shared.Home, shared.Coordinator);
        await File.WriteAllTextAsync(home.At("broken.zip"), "PK but no zip");

        var refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = spec });

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(field, StatusMapping.Violations(refused).Select(violation => violation.Field));
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    [InlineData('-')]
    public async Task Submit_SpecOfVeryManyLevels_IsRefusedAndTheCoordinatorStands(char level)
    {
        var coordinator = shared.Coordinator;
        var nested = string.Concat(Enumerable.Repeat(level == '-' ? "- " : $"{level}", 60_000));

        var refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = $"a:\n  {nested}" });

        Assert.Equal((StatusCode.InvalidArgument, "spec_yaml"), (refused.StatusCode, Assert.Single(StatusMapping.Violations(refused)).Field));
        Assert.False(coordinator.HasExited, coordinator.Log);
        Assert.Empty((await coordinator.Experiments.ListAsync(new ListRequest())).Experiments);
    }

    [Fact]
    public async Task Submit_ASpec_LoadsNoLibtorch()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);

        await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(TinyExperiment.WriteDataset(home)) });

        var mapped = await File.ReadAllLinesAsync($"/proc/{coordinator.Id}/maps");
        Assert.Contains(mapped, line => line.EndsWith("/ProjectedGan.Coordinator.dll", StringComparison.Ordinal));
        Assert.DoesNotContain(mapped, line => line.Contains("libtorch", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Submit_OtherClassesThanLabels_NamesTheField()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        var dataset = TinyExperiment.WriteDataset(home);
        Add(dataset, "dataset.json", Encoding.UTF8.GetBytes("""{"labels": [["00.png", 0], ["01.png", 1], ["02.png", 0], ["03.png", 1], ["04.png", 0], ["05.png", 1]]}"""));
        string Spec(int classes) => TinyExperiment.Spec(dataset)
            .Replace("resolution: 64", $"resolution: 64, classes: {classes}", StringComparison.Ordinal).Replace("width: 4", "width: 4, conditional: true", StringComparison.Ordinal);

        var refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = Spec(5) });

        var violation = Assert.Single(StatusMapping.Violations(refused));
        Assert.Equal("data.classes", violation.Field);
        Assert.Contains("labels of 2 classes; set it to 2", violation.Description, StringComparison.Ordinal);
        Assert.Equal(ExperimentState.Queued, (await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = Spec(2) })).State);
    }

    [Theory]
    [InlineData("bomb.png", "bomb.png' has 104,857,600 bytes")]
    [InlineData("dataset.json", "dataset.json has 104,857,600 bytes for 6 images")]
    public async Task Submit_ZipOfZeros_IsRefused(string name, string expected)
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        var dataset = TinyExperiment.WriteDataset(home);
        Add(dataset, name, new byte[100 << 20]);

        var refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = TinyExperiment.Spec(dataset) });

        var violation = Assert.Single(StatusMapping.Violations(refused));
        Assert.Equal("data.path", violation.Field);
        Assert.Contains(expected, violation.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_ZipWithOtherFiles_SaysWhatIsLeftOut()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        var dataset = TinyExperiment.WriteDataset(home);
        Add(dataset, "set/__MACOSX/a.png", [1]);
        Add(dataset, "a.bmp", [1]);

        var experiment = await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(dataset) });

        Assert.Contains("the data set: left out 2 files: 1 .bmp, 1 hidden.", experiment.Warnings);
    }

    [Theory]
    [InlineData("'-1'")]
    [InlineData("'1'")]
    [InlineData("'FrechetDistance,frechetdistance'")]
    [InlineData("' , '")]
    public async Task Submit_MetricsThatAreNoNames_AreRefused(string metrics)
    {
        var (home, coordinator) = (shared.Home, shared.Coordinator);

        var refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = TinyExperiment.Spec(TinyExperiment.WriteDataset(home), $"evaluation: {{metrics: {metrics}}}") });

        Assert.Equal("evaluation.metrics", Assert.Single(StatusMapping.Violations(refused)).Field);
    }

    [Fact]
    public async Task Submit_SpecAboveTheLimit_IsRefused()
    {
        var coordinator = shared.Coordinator;
        var refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = $"# {new string('x', 256 << 10)}" });

        Assert.Equal((StatusCode.InvalidArgument, "spec_yaml"), (refused.StatusCode, Assert.Single(StatusMapping.Violations(refused)).Field));
    }

    [Fact]
    public async Task Submit_SameRequestId_IsOneExperiment()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
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
        File.CreateSymbolicLink(home.At("shared", "folder"), home.Path);
        File.CreateSymbolicLink(home.At("shared", "linked.zip"), "inside.zip");
        await using var coordinator = await CoordinatorProcess.StartAsync(home, "--local-files", home.At("shared"));

        foreach (var path in new[] { inside, "inside.zip", "linked.zip" })
        {
            Assert.Equal(ExperimentState.Queued, (await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(path) })).State);
        }

        foreach (var path in new[] { outside, "../tiny.zip", home.At("shared", "link.zip"), "folder/tiny.zip", "folder/shared/../tiny.zip" })
        {
            var refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = TinyExperiment.Spec(path) });
            var violation = Assert.Single(StatusMapping.Violations(refused));
            Assert.Equal("data.path", violation.Field);
            Assert.Contains("not below the coordinator's --local-files folder", violation.Description, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("notes.zip", "notes.zip is no dataset: ")]
    [InlineData("pipe", "no regular file")]
    [InlineData("empty.zip", "empty or no regular file")]
    [InlineData("gone.zip", "No such file")]
    [InlineData("folder", "the folder 'folder'")]
    public async Task Submit_FileThatIsRefused_LeavesNothingAndTellsNoPath(string path, string reason)
    {
        using TemporaryFolder home = new();
        Directory.CreateDirectory(home.At("shared", "folder"));
        await File.WriteAllTextAsync(home.At("shared", "notes.zip"), "a secret of this machine");
        await File.WriteAllTextAsync(home.At("shared", "empty.zip"), "");
        await Process.Start("mkfifo", [home.At("shared", "pipe")]).WaitForExitAsync();
        await using var coordinator = await CoordinatorProcess.StartAsync(home, "--local-files", home.At("shared"));

        // Nobody writes to the pipe: who opens it as a file waits for ever.
        var refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = TinyExperiment.Spec(path) }).WaitAsync(TimeSpan.FromSeconds(30));

        var violation = Assert.Single(StatusMapping.Violations(refused));
        Assert.Equal("data.path", violation.Field);
        Assert.Contains(reason, violation.Description, StringComparison.Ordinal);
        Assert.DoesNotContain(home.Path, violation.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("/proc", violation.Description, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(home.At("data", "artifacts"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Submit_UploadThatIsNoDataset_TellsNoPathOfTheCoordinator()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        await File.WriteAllTextAsync(home.At("notes.zip"), "no dataset");
        var sent = await new ArtifactClient(coordinator.Connect().CreateCallInvoker(), new TransferOptions(), TimeProvider.System).SendAsync(home.At("notes.zip"), null, CancellationToken.None);

        var refused = await RefusalAsync(coordinator, new SubmitRequest { SpecYaml = TinyExperiment.Spec("notes.zip"), DatasetDigest = sent.Digest });

        var said = Assert.Single(StatusMapping.Violations(refused)).Description;
        Assert.Contains("notes.zip is no dataset", said, StringComparison.Ordinal);
        Assert.DoesNotContain(home.Path, said, StringComparison.Ordinal);
    }

    /// <summary>For tests of what is refused, which leaves nothing: starting one takes longer than the test.</summary>
    public sealed class SharedCoordinator : IAsyncLifetime
    {
        internal TemporaryFolder Home { get; } = new();

        internal CoordinatorProcess Coordinator { get; private set; } = null!;

        public async Task InitializeAsync() => Coordinator = await CoordinatorProcess.StartAsync(Home);

        public async Task DisposeAsync()
        {
            await Coordinator.DisposeAsync();
            Home.Dispose();
        }
    }

    private static void Add(string dataset, string name, byte[] content)
    {
        using var zip = ZipFile.Open(dataset, ZipArchiveMode.Update);
        using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        entry.Write(content);
    }

    private static Task<RpcException> RefusalAsync(CoordinatorProcess coordinator, SubmitRequest request) =>
        Assert.ThrowsAsync<RpcException>(async () => await coordinator.Experiments.SubmitAsync(request));
}
