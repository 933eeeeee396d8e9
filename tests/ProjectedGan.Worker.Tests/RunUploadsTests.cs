using System.Threading.Channels;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Links;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Worker.Tests;

/// <summary>What a coordinator has no room for comes again, and nothing that is due gets lost at the run's end.</summary>
[Trait("Speed", "Slow")]
public sealed class RunUploadsTests : IDisposable
{
    // More than other programs write meanwhile.
    private const long Ballast = 512L << 20;
    private const int Iterations = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _home = new();
    private readonly Channel<(WorkerMessage Message, Importance Importance)> _sent = Channel.CreateUnbounded<(WorkerMessage, Importance)>();

    [Fact]
    public async Task Coordinator_FullForAWhile_GetsTheSnapshotAndThenTheLastCheckpoint()
    {
        var ballast = _home.At("ballast");
        await using (new FileStream(ballast, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = Ballast }))
        {
        }

        var reserved = new DriveInfo(_home.Path).AvailableFreeSpace + (Ballast / 2);
        await using var server = await RunningServer.StartAsync(_home, store: new ArtifactStoreOptions { ReservedBytes = reserved });
        var spec = VerificationSpec.Create(replicas: 1, Iterations);
        spec = spec with { Data = spec.Data with { Path = VerificationSpec.WriteDataset(_home.Path, CancellationToken.None) } };
        using var dataset = ImageDataset.Open(spec.Data.Path);
        using var trainer = Trainer.Create(spec, dataset, new TrainerOptions { CheckpointFolder = _home.At("checkpoints") });
        trainer.Run(CancellationToken.None);
        Directory.CreateDirectory(_home.At("runs", "run"));
        await using RunUploads uploads = new("run", spec, Services(server));
        uploads.Begin(leads: true);

        uploads.Add(Directory.GetDirectories(_home.At("checkpoints")).Single());
        Assert.Contains("disk is full", (await NextAsync()).Log.Text, StringComparison.Ordinal);
        uploads.Add(trainer.TakeSnapshot(), isMeasured: true);
        Assert.Contains("disk is full", (await NextAsync()).Log.Text, StringComparison.Ordinal);
        File.Delete(ballast);

        var first = await NextLastingAsync();
        Assert.Equal((Iterations, true), (first.Snapshot.Iteration, first.Snapshot.Measure));
        var second = await NextLastingAsync();
        Assert.Equal(Iterations, second.Checkpoint.Iteration);
        Assert.All(second.Checkpoint.Files.Append(first.Snapshot.Weights), file => Assert.True(server.Store.Contains(ArtifactDigest.Parse(file.Digest))));
        Assert.Empty(Directory.GetFiles(_home.At("runs", "run")));
    }

    [Fact]
    public async Task Snapshots_OfAMemberThatComesToLead_AreThoseThatTheCoordinatorLacks()
    {
        await using var server = await RunningServer.StartAsync(_home);
        var spec = VerificationSpec.Create(replicas: 1, iterations: 4);
        spec = spec with
        {
            Data = spec.Data with { Path = VerificationSpec.WriteDataset(_home.Path, CancellationToken.None) },
            Evaluation = spec.Evaluation with { EverySnapshot = true },
        };
        using var dataset = ImageDataset.Open(spec.Data.Path);
        using var trainer = Trainer.Create(spec, dataset);
        Directory.CreateDirectory(_home.At("runs", "run"));
        await using RunUploads uploads = new("run", spec, Services(server));
        uploads.Begin(leads: false);
        for (var images = 1; images <= 4; images++)
        {
            trainer.Run(images, CancellationToken.None);
            uploads.Add(trainer.TakeSnapshot(), isMeasured: true);
        }

        // The first is recorded while the leader lives, the second before it is known that it does not.
        uploads.Recorded(1);
        Assert.False(_sent.Reader.TryPeek(out _));
        uploads.Recorded(2);
        uploads.Begin(leads: true);

        Assert.Equal(3, (await NextLastingAsync()).Snapshot.Images);
        Assert.Equal(4, (await NextLastingAsync()).Snapshot.Images);
    }

    [Fact]
    public async Task Checkpoint_WithWhichARunPauses_GoesBehindWhatWasKept()
    {
        await using var server = await RunningServer.StartAsync(_home);
        var spec = VerificationSpec.Create(replicas: 1, iterations: 100);
        spec = spec with { Data = spec.Data with { Path = VerificationSpec.WriteDataset(_home.Path, CancellationToken.None) } };
        using var dataset = ImageDataset.Open(spec.Data.Path);
        using var trainer = Trainer.Create(spec, dataset, new TrainerOptions { CheckpointFolder = _home.At("checkpoints") });
        trainer.Run(untilIteration: 2, CancellationToken.None);
        Directory.CreateDirectory(_home.At("runs", "run"));
        await using RunUploads uploads = new("run", spec, Services(server));
        uploads.Begin(leads: false);
        uploads.Add(trainer.TakeSnapshot(), isMeasured: true);

        uploads.Conclude();
        uploads.Add(Directory.GetDirectories(_home.At("checkpoints")).Single());

        Assert.Equal(2, (await NextLastingAsync()).Snapshot?.Iteration);
        Assert.Equal(2, (await NextLastingAsync()).Checkpoint?.Iteration);
    }

    [Fact]
    public async Task Add_AfterTheRunWasLeft_IsDropped()
    {
        await using var server = await RunningServer.StartAsync(_home);
        var spec = VerificationSpec.Create(replicas: 1, Iterations);
        spec = spec with { Data = spec.Data with { Path = VerificationSpec.WriteDataset(_home.Path, CancellationToken.None) } };
        using var dataset = ImageDataset.Open(spec.Data.Path);
        using var trainer = Trainer.Create(spec, dataset);
        RunUploads uploads = new("run", spec, Services(server));
        await uploads.DisposeAsync();

        // A checkpoint that was being written then; it is no failure that nobody wants it.
        uploads.Add(_home.At("checkpoint-000000002"));
        uploads.Add(trainer.TakeSnapshot(), isMeasured: true);

        Assert.False(_sent.Reader.TryPeek(out _));
    }

    public void Dispose() => _home.Dispose();

    private async Task<WorkerMessage> NextAsync() => (await _sent.Reader.ReadAsync().AsTask().WaitAsync(Patience)).Message;

    private async Task<WorkerMessage> NextLastingAsync()
    {
        while (true)
        {
            var (message, importance) = await _sent.Reader.ReadAsync().AsTask().WaitAsync(Patience);
            if (importance == Importance.Lasting)
            {
                return message;
            }
        }
    }

    private HostedRunServices Services(RunningServer server) =>
        WorkerServices.Create(server, _home, (message, importance) => _sent.Writer.TryWrite((message, importance)));
}
