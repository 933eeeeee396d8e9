using Grpc.Core;
using ProjectedGan.Contracts.V1;
using ProjectedGan.Node.Hosting;
using ProjectedGan.Node.Tests.Hosting;
using ProjectedGan.Node.Tests.Processes;

namespace ProjectedGan.Node.Tests.Coordinator;

/// <summary>The streams of nodes, spoken by hand.</summary>
public class NodeStreamTests
{
    [Fact]
    public async Task Work_OtherBuild_IsRefusedWithBothVersions()
    {
        using TemporaryFolder home = new();
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(home);
        RegisterWorker other = Registration();
        other.Version = "9.9.9";
        RegisterWorker older = Registration();
        older.Protocol = 0;

        foreach (RegisterWorker worker in new[] { other, older })
        {
            RpcException refused = await RefusalAsync(coordinator, new WorkerMessage { Register = worker });
            Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
            Assert.Contains(worker.Version, refused.Status.Detail, StringComparison.Ordinal);
            Assert.Contains(ProductVersion.Full, refused.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Work_NoRegistrationFirst_IsRefused()
    {
        using TemporaryFolder home = new();
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(home);
        RegisterWorker nameless = Registration();
        nameless.Id = "";
        RegisterWorker homeless = Registration();
        homeless.Address = "here";

        foreach (WorkerMessage first in new[] { new WorkerMessage { Status = new WorkerStatus() }, new WorkerMessage(), new WorkerMessage { Register = nameless }, new WorkerMessage { Register = homeless } })
        {
            Assert.Equal(StatusCode.InvalidArgument, (await RefusalAsync(coordinator, first)).StatusCode);
        }
    }

    [Fact]
    public async Task Work_IdleWorker_IsAssignedAndLostWhenItGoes()
    {
        using TemporaryFolder home = new();
        await using CoordinatorProcess coordinator = await CoordinatorProcess.StartAsync(home, "--heartbeat", "100ms", "--lease", "1s");
        using (AsyncDuplexStreamingCall<WorkerMessage, WorkerCommand> call = new Cluster.ClusterClient(coordinator.Connect()).Work())
        {
            await call.RequestStream.WriteAsync(new WorkerMessage { Register = Registration() });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(TimeSpan.FromSeconds(1), call.ResponseStream.Current.Registered.Lease.ToTimeSpan());
            Experiment experiment = await coordinator.Experiments.SubmitAsync(new SubmitRequest { SpecYaml = TinyExperiment.Spec(TinyExperiment.WriteDataset(home)) });

            Assignment assignment = await AssignmentAsync(call, new WorkerStatus { Phase = WorkerPhase.Idle, Iteration = -1 });

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
        using AsyncDuplexStreamingCall<WorkerMessage, WorkerCommand> call = new Cluster.ClusterClient(coordinator.Connect()).Work();
        await call.RequestStream.WriteAsync(first);
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
    }
}
