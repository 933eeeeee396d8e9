using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Coordinator;

/// <summary>The streams of nodes, spoken by hand.</summary>
[Trait("Speed", "Slow")]
public class NodeStreamTests
{
    [Fact]
    public async Task Work_OtherBuild_IsRefusedWithBothVersions()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        var other = Registration();
        other.Version = "9.9.9";
        var older = Registration();
        older.Protocol = 0;

        foreach (var worker in new[] { other, older })
        {
            var refused = await RefusalAsync(coordinator, new WorkerMessage { Register = worker });
            Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
            Assert.Contains(worker.Version, refused.Status.Detail, StringComparison.Ordinal);
            Assert.Contains(ProductVersion.Full, refused.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Work_NoRegistrationFirst_IsRefused()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        var nameless = Registration();
        nameless.Id = "";
        var homeless = Registration();
        homeless.Address = "here";

        foreach (var first in new[] { new WorkerMessage { Status = new WorkerStatus() }, new WorkerMessage(), new WorkerMessage { Register = nameless }, new WorkerMessage { Register = homeless } })
        {
            Assert.Equal(StatusCode.InvalidArgument, (await RefusalAsync(coordinator, first)).StatusCode);
        }
    }

    /// <summary>They would come again on each stream, ahead of the heartbeats.</summary>
    [Fact]
    public async Task Work_MessagesThatMakeNoSense_AreDroppedAndTheStreamStays()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        using var call = new Cluster.ClusterClient(coordinator.Connect()).Work();
        await call.RequestStream.WriteAsync(new WorkerMessage { Register = Registration() });
        Duration endless = new() { Seconds = long.MaxValue };
        WorkerMessage[] foreign =
        [
            new() { Report = new RunReport { Run = "run", Progress = new Progress { TrainingTime = endless } } },
            new() { Snapshot = new SnapshotUploaded { Run = "run", Weights = new Artifact { Digest = "none" } } },
            new() { Checkpoint = new CheckpointUploaded { Run = "", Files = { new Artifact { Digest = new string('a', 64), Bytes = -1 } } } },
            new() { Status = new WorkerStatus { Phase = (WorkerPhase)99 } },
            new() { Status = new WorkerStatus { Phase = WorkerPhase.Idle, Suspicions = { new Suspicion { Worker = "w-2", Kind = (Suspicion.Types.Kind)99 } } } },
            new() { Log = new NodeLog { Run = "unknown", Text = "hello" } },
            new(),
        ];
        foreach (var message in foreign)
        {
            await call.RequestStream.WriteAsync(message);
        }

        await call.RequestStream.WriteAsync(new WorkerMessage { Status = new WorkerStatus { Phase = WorkerPhase.Idle, Iteration = -1 } });

        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
        do
        {
            Assert.True(await call.ResponseStream.MoveNext(patience.Token));
        }
        while (call.ResponseStream.Current.Ack is null);
        Assert.Contains("phase is 99, which is none of the protocol's.", coordinator.Log, StringComparison.Ordinal);
        Assert.Equal("idle", Assert.Single((await coordinator.Experiments.ListNodesAsync(new ListNodesRequest())).Nodes).State);
    }

    [Fact]
    public async Task Evaluate_MessagesThatMakeNoSense_AreDroppedAndTheStreamStays()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home);
        using var call = new Cluster.ClusterClient(coordinator.Connect()).Evaluate();
        await call.RequestStream.WriteAsync(new EvaluatorMessage
        {
            Register = new RegisterEvaluator { Protocol = (int)ProtocolVersion.Current, Version = ProductVersion.Full, Id = "e-1", Name = "one", DeviceKind = "cpu" },
        });
        await call.RequestStream.WriteAsync(new EvaluatorMessage { Result = new EvaluationResult { Task = "a/1/1", Duration = new Duration { Seconds = long.MaxValue } } });
        await call.RequestStream.WriteAsync(new EvaluatorMessage { Result = new EvaluationResult { Task = "a/1/1", Grid = new Artifact { Digest = "none" } } });
        await call.RequestStream.WriteAsync(new EvaluatorMessage { Status = new EvaluatorStatus() });

        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
        do
        {
            Assert.True(await call.ResponseStream.MoveNext(patience.Token));
        }
        while (call.ResponseStream.Current.Ack is null);
    }

    [Fact]
    public async Task Work_IdleWorker_IsAssignedAndLostWhenItGoes()
    {
        using TemporaryFolder home = new();
        await using var coordinator = await CoordinatorProcess.StartAsync(home, "--heartbeat", "100ms", "--lease", "1s");
        using (var call = new Cluster.ClusterClient(coordinator.Connect()).Work())
        {
            await call.RequestStream.WriteAsync(new WorkerMessage { Register = Registration() });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(TimeSpan.FromSeconds(1), call.ResponseStream.Current.Registered.Lease.ToTimeSpan());
            var experiment = await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(TinyExperiment.WriteDataset(home)) });

            var assignment = await AssignmentAsync(call, new WorkerStatus { Phase = WorkerPhase.Idle, Iteration = -1 });

            Assert.Equal((AssignmentMode.Warm, experiment.Id), (assignment.Mode, assignment.Run.Id));
            Assert.Equal((experiment.DatasetHash, "tiny.zip"), (assignment.Run.DatasetHash, assignment.Run.Dataset.Name));
            Assert.Equal("w-1", Assert.Single((await coordinator.Experiments.ListNodesAsync(new ListNodesRequest())).Nodes).Id);
        }

        await Eventually.HoldsAsync("the worker counts as lost", async () => (await coordinator.Experiments.ListNodesAsync(new ListNodesRequest())).Nodes.All(node => node.State == "lost"));
    }

    private static RegisterWorker Registration() => new()
    {
        Protocol = (int)ProtocolVersion.Current,
        Version = ProductVersion.Full,
        Arithmetic = "test",
        Id = "w-1",
        Name = "one",
        DeviceKind = "cpu",
        Device = "cpu",
        Address = "http://127.0.0.1:1",
    };

    private static async Task<Assignment> AssignmentAsync(AsyncDuplexStreamingCall<WorkerMessage, WorkerCommand> call, WorkerStatus status)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(2));
        // One heartbeat for each answer keeps the lease without a clock of the test's own.
        await call.RequestStream.WriteAsync(new WorkerMessage { Status = status });
        while (await call.ResponseStream.MoveNext(patience.Token))
        {
            if (call.ResponseStream.Current.Assignment is { Mode: not AssignmentMode.Idle } assignment)
            {
                return assignment;
            }

            await call.RequestStream.WriteAsync(new WorkerMessage { Status = status });
        }

        throw new InvalidOperationException("The stream ended without an assignment.");
    }

    private static async Task<RpcException> RefusalAsync(CoordinatorProcess coordinator, WorkerMessage first)
    {
        using var call = new Cluster.ClusterClient(coordinator.Connect()).Work();
        await call.RequestStream.WriteAsync(first);
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
    }
}
