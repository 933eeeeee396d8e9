using Microsoft.Extensions.DependencyInjection;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using static TorchSharp.torch;

namespace ProjectedGan.Worker.Tests;

/// <summary>A run of one worker, from the files that it fetches to its end.</summary>
[Trait("Speed", "Slow")]
public sealed class HostedRunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _home = new();
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [Fact]
    public async Task Restart_ThatFails_LeavesARunThatCanBeRestartedAndLeft()
    {
        await using var server = await RunningServer.StartAsync(_home);
        var run = await DescribeAsync(server);
        WorkerState state = new(() => { });
        await using (var hosted = await HostedRun.OpenAsync(run, Services(server), CancellationToken.None))
        {
            var first = await TrainAsync(hosted, run, state, epoch: 1);
            var weights = server.Store.Locate(ArtifactDigest.Parse(run.Weights.Digest));
            File.Move(weights, _home.At("away"));

            await Assert.ThrowsAnyAsync<PganException>(() => TrainAsync(hosted, run, state, epoch: 2));
            Assert.Equal(-1, hosted.Iteration);
            await Assert.ThrowsAnyAsync<PganException>(() => TrainAsync(hosted, run, state, epoch: 3));

            File.Move(_home.At("away"), weights);
            Assert.Equal(first, await TrainAsync(hosted, run, state, epoch: 4));
            File.Move(weights, _home.At("away"));
            await Assert.ThrowsAnyAsync<PganException>(() => TrainAsync(hosted, run, state, epoch: 5));
        }

        Assert.False(Directory.Exists(_home.At("runs", "run")));
    }

    public void Dispose()
    {
        _provider.Dispose();
        _home.Dispose();
    }

    // From the beginning to the end; returns the hash of the weights.
    private static async Task<string> TrainAsync(HostedRun hosted, RunDescription run, WorkerState state, long epoch)
    {
        Assignment assignment = new() { Version = epoch, Mode = AssignmentMode.Train, Run = run, Epoch = epoch, StartIteration = 0 };
        assignment.Peers.Add(new Peer { Worker = "w", Address = "http://127.0.0.1:1", FirstReplica = 0, ReplicaCount = 1 });
        state.Begin(assignment, WorkerPhase.Syncing);
        using CancellationTokenSource end = new(Patience);
        var training = hosted.TrainAsync(assignment, state, end.Token);
        var finished = state.WaitForAsync(WorkerPhase.Finished, end.Token);
        if (await Task.WhenAny(training, finished) == training)
        {
            await end.CancelAsync();
            await training;
            Assert.Fail("The training ended without having finished.");
        }

        var hash = state.Current().WeightsHash;
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training);
        return hash;
    }

    private async Task<RunDescription> DescribeAsync(RunningServer server)
    {
        using (var network = FeatureNetworks.Create("mobilenet_v2"))
        {
            network.Randomize(new Generator(1));
            StateDict.Save(network, _home.At("features.safetensors"));
        }

        var path = VerificationSpec.WriteDataset(_home.Path, CancellationToken.None);
        var spec = VerificationSpec.Create(replicas: 1, iterations: 2);
        spec = spec with { Data = spec.Data with { Path = "noise.zip" }, Features = spec.Features with { Weights = "features.safetensors" } };
        using var dataset = ImageDataset.Open(path);
        return new RunDescription
        {
            Id = "run",
            SpecYaml = TrainingSpecFile.Write(spec),
            SpecHash = SpecHash.Compute(spec),
            DatasetHash = dataset.Hash,
            Dataset = await IngestAsync(server, path),
            Weights = await IngestAsync(server, _home.At("features.safetensors")),
            CheckpointIteration = -1,
        };
    }

    private static async Task<Artifact> IngestAsync(RunningServer server, string path)
    {
        await using var file = File.OpenRead(path);
        (var digest, var bytes) = await server.Store.IngestAsync(file, path, CancellationToken.None);
        return new Artifact { Name = Path.GetFileName(path), Digest = digest.ToString(), Bytes = bytes };
    }

    // It trains alone, without peers.
    private HostedRunServices Services(RunningServer server) => WorkerServices.Create(server, _home, (_, _) => { }) with
    {
        Instruments = WorkerServices.Instruments(_provider),
        Stall = new StallWatch(TimeSpan.FromMinutes(10), TimeProvider.System),
        End = () => Assert.Fail("The worker wants to end."),
    };
}
