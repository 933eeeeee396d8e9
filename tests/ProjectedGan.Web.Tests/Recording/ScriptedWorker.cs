using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Web.Tests.Recording;

/// <summary>A worker that computes nothing: it says what the test wants to be said of a run.</summary>
internal sealed class ScriptedWorker : IAsyncDisposable
{
    public const string Id = "worker-of-the-test";
    private readonly AsyncDuplexStreamingCall<WorkerMessage, WorkerCommand> _call;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly TaskCompletionSource<Assignment> _training = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private ScriptedWorker(AsyncDuplexStreamingCall<WorkerMessage, WorkerCommand> call)
    {
        _call = call;
        _reading = ReadAsync();
    }

    /// <summary>Ends when the coordinator has assigned training.</summary>
    public Task<Assignment> Training => _training.Task;

    public static async Task<ScriptedWorker> StartAsync(Cluster.ClusterClient client)
    {
        ScriptedWorker worker = new(client.Work());
        await worker.SendAsync(new WorkerMessage
        {
            Register = new RegisterWorker
            {
                Protocol = (int)ProtocolVersion.Current,
                Version = ProductVersion.Full,
                Arithmetic = "scripted",
                Id = Id,
                Name = Id,
                DeviceKind = "cpu",
                Device = "none",
                Address = "http://127.0.0.1:1",
            },
        });
        await worker.SendAsync(new WorkerMessage { Status = new WorkerStatus { Phase = WorkerPhase.Idle, Iteration = -1 } });
        return worker;
    }

    public async Task ReportAsync(long iteration, int batch)
    {
        var assignment = await Training;
        await SendAsync(new WorkerMessage { Report = new RunReport { Run = assignment.Run.Id, Epoch = assignment.Epoch, Progress = Statistics.At(iteration, batch) } });
    }

    public async Task SnapshotAsync(long iteration, int batch, Artifact weights) => await SendAsync(new WorkerMessage
    {
        Snapshot = new SnapshotUploaded
        {
            Run = (await Training).Run.Id,
            Iteration = iteration,
            Images = iteration * batch,
            TrainingTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(iteration)),
            Weights = weights,
            Measure = true,
        },
    });

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _reading;
        _writing.Dispose();
    }

    private async Task SendAsync(WorkerMessage message)
    {
        await _writing.WaitAsync();
        try
        {
            await _call.RequestStream.WriteAsync(message);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None))
            {
                if (_call.ResponseStream.Current.Assignment is { } assignment)
                {
                    await SendAsync(new WorkerMessage { Status = Answer(assignment) });
                    if (assignment.Mode == AssignmentMode.Train)
                    {
                        _training.TrySetResult(assignment);
                    }
                }
            }
        }
        catch (Exception error) when (error is RpcException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
            _training.TrySetException(error);
        }
    }

    private static WorkerStatus Answer(Assignment assignment) => new()
    {
        Phase = assignment.Mode switch
        {
            AssignmentMode.Warm => WorkerPhase.Warm,
            AssignmentMode.Hold or AssignmentMode.Pause => WorkerPhase.Held,
            AssignmentMode.Train => WorkerPhase.Training,
            _ => WorkerPhase.Idle,
        },
        Run = assignment.Run?.Id ?? "",
        Epoch = assignment.Epoch,
        Assignment = assignment.Version,
        Iteration = assignment.Mode == AssignmentMode.Idle ? -1 : 0,
    };
}
