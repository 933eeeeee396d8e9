using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Transport;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Links;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Telemetry.Artifacts;
using ProjectedGan.Telemetry.Hosting;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Worker;

/// <summary>A worker's process: computes replicas of whatever runs the coordinator assigns.</summary>
public static partial class WorkerHost
{
    private const int PeerWindowBytes = 8 << 20;

    // What the process ends with where nobody is left to say it: a command that was understood and failed.
    private const int Failure = 1;

    /// <summary>Waits for <paramref name="stop"/>, and then until the worker has left its run, or for <paramref name="patience"/>.</summary>
    internal static async Task DrainedAsync(WorkerState state, TimeSpan patience, ILogger logger, CancellationToken stop)
    {
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using CancellationTokenSource ends = new(patience);
        await state.WaitForAsync(WorkerPhase.Idle, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (state.Phase != WorkerPhase.Idle)
        {
            LogLeftEarly(logger, patience.TotalSeconds);
        }
    }

    /// <summary>Works until it is told to stop, and has left its run or waited long enough for that.</summary>
    /// <param name="worker">What it was started with.</param>
    /// <param name="ledger">Where the images that replicas take are written down; null for nowhere.</param>
    /// <param name="output">Gets its id and addresses once it listens.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="PganException">Its address cannot be listened on, the coordinator refuses it, or the machine computes convolutions wrongly.</exception>
    public static async Task RunAsync(WorkerSettings worker, ImageLedger? ledger, TextWriter output, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(worker);
        ArgumentNullException.ThrowIfNull(output);
        var settings = worker.Node;
        TorchRuntime.TuneAllocator();
        // Before it says what its arithmetic is; what a run's own networks need is checked when it opens them.
        var convolutions = ConvolutionCheck.Settle(ConvolutionCheck.Common);
        var id = settings.NewId();
        await using var application = BuildApplication(settings, id, worker.SharesMemory);
        await NodeServer.StartAsync(application, settings.Server, stop);
        var (address, metrics) = NodeServer.Addresses(application, settings.Server);
        await output.WriteLineAsync($"worker {id}\npeers on {address}\nmetrics on {metrics}");

        using var channel = NodeChannel.Open(settings.Coordinator, settings.Server.Identity);
        var logger = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ProjectedGan.Worker");
        LogChecked(logger, convolutions);
        CoordinatorLink<WorkerMessage, WorkerCommand>? link = null;
        WorkerState state = new(() => link?.Wake());
        var transfers = application.Services.GetRequiredService<ArtifactInstruments>();
        using RunsFolder folder = new(Path.Combine(settings.Cache, "runs"), id);
        HostedRunServices services = new()
        {
            Worker = id,
            Folder = folder.Path,
            Lanes = worker.Lanes,
            Cache = new ArtifactStore(settings.Cache, new ArtifactStoreOptions { MostBytes = settings.CacheBytes }, transfers),
            Artifacts = new ArtifactClient(channel.CreateCallInvoker(), Transfers(why => TellDelay(why, logger, state, link!)), TimeProvider.System, transfers),
            Peers = application.Services.GetRequiredService<PeerServer>(),
            Send = (message, importance) => link!.Send(message, importance),
            Ledger = ledger,
            Instruments = ActivatorUtilities.CreateInstance<WorkerInstruments>(application.Services),
            Stall = new StallWatch(worker.Stall, TimeProvider.System),
            End = () => Environment.Exit(Failure),
            Time = TimeProvider.System,
            Logger = logger,
        };
        RunAgent agent = new(state, (run, cancellation) => HostedRun.OpenAsync(run, services, cancellation), services.Time, logger);
        RegisterWorker registration = new()
        {
            Protocol = (int)ProtocolVersion.Current,
            Version = ProductVersion.Full,
            Arithmetic = TorchRuntime.Arithmetic(worker.Device),
            Id = id,
            Name = settings.Name,
            DeviceKind = worker.Device.type == DeviceType.CUDA ? "cuda" : "cpu",
            Device = worker.Device.ToString(),
            Address = worker.Advertise is null ? address : NodeChannel.ParseAddress("--advertise", worker.Advertise).GetLeftPart(UriPartial.Authority),
        };
        link = new(WorkerProtocol.Create(new Cluster.ClusterClient(channel), registration, state.Current, agent.Assign), TimeProvider.System, logger);
        application.Services.GetRequiredService<NodeHealth>().IsServing = true;
        await WorkAsync(link, agent, state, DrainedAsync(state, worker.Drain, logger, stop), stop);
    }

    private static TransferOptions Transfers(Action<string> delayed) => new() { Patience = Timeout.InfiniteTimeSpan, Delayed = delayed };

    private static void TellDelay(string why, ILogger logger, WorkerState state, CoordinatorLink<WorkerMessage, WorkerCommand> link)
    {
        var run = state.Current().Run;
        HostedRunLog.Degraded(logger, run, $"A transfer does not go on: {why}");
        link.Send(new WorkerMessage { Log = new NodeLog { Run = run, Level = "warning", Text = $"a transfer does not go on: {why}" } }, Importance.Passing);
    }

    private static async Task WorkAsync(CoordinatorLink<WorkerMessage, WorkerCommand> link, RunAgent agent, WorkerState state, Task drained, CancellationToken stop)
    {
        using CancellationTokenSource ends = new();
        var linking = link.RunAsync(ends.Token);
        var working = agent.RunAsync(ends.Token);
        using (stop.Register(state.Drain))
        {
            // A refusal by the coordinator ends the process; a stop waits until the run goes on without this worker.
            await Task.WhenAny(linking, working, drained);
        }
        await ends.CancelAsync();
        await Task.WhenAll(linking, working);
    }

    private static WebApplication BuildApplication(NodeSettings settings, string id, bool sharesMemory)
    {
        var builder = NodeServer.CreateBuilder(settings.Server, LogLevel.Information);
        builder.AddPganTelemetry(new TelemetryOptions
        {
            Role = "worker",
            Version = ProductVersion.Full,
            InstanceId = id,
            LibtorchVersion = TorchRuntime.Describe().LibtorchVersion,
        });
        builder.Services.AddCollectivePeers(new CollectiveOptions
        {
            CreateChannel = address => PeerChannel(address, settings.Server.Identity),
            SharedMemory = sharesMemory,
        });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.ConfigureForPeers());
        var application = builder.Build();
        NodeServer.MapShared(application);
        application.Services.GetRequiredService<PeerServer>().MapPeers(application);
        return application;
    }

    private static GrpcChannel PeerChannel(Uri address, TransportIdentity identity)
    {
        var sockets = NodeChannel.Sockets(address, identity);
        sockets.InitialHttp2StreamWindowSize = PeerWindowBytes;
        // Each of a peer's connections is a channel of its own.
        sockets.EnableMultipleHttp2Connections = false;
        return GrpcChannel.ForAddress(address, PeerChannels.Options(NodeChannel.WithToken(sockets, identity)));
    }

    private static void LogChecked(ILogger logger, ConvolutionReport report)
    {
        if (report.Fault is null)
        {
            LogRight(logger, report);
        }
        else
        {
            LogWithoutOneDnn(logger, report);
        }
    }

    [LoggerMessage(3031, LogLevel.Warning, "The run did not go on without this worker within --drain ({Seconds} s); it leaves all the same. What no checkpoint and no other worker has is trained again.")]
    private static partial void LogLeftEarly(ILogger logger, double seconds);

    [LoggerMessage(3032, LogLevel.Information, "{Report}.")]
    private static partial void LogRight(ILogger logger, ConvolutionReport report);

    [LoggerMessage(3033, LogLevel.Warning, "{Report} The worker trains with others that compute without oneDNN, and slowly.")]
    private static partial void LogWithoutOneDnn(ILogger logger, ConvolutionReport report);
}

/// <summary>A worker's command line.</summary>
/// <param name="Node">What it has in common with evaluators.</param>
/// <param name="Device">Where it computes.</param>
/// <param name="Advertise">Where peers reach it; null for where it listens.</param>
/// <param name="Lanes">Replicas computed side by side; 0 for as many as there are processors.</param>
/// <param name="SharesMemory">Whether it exchanges gradients with workers of its machine through shared memory.</param>
/// <param name="Drain">How long it stays in its run once it is told to stop.</param>
/// <param name="Stall">How long its training may stand still before it ends.</param>
public sealed record WorkerSettings(NodeSettings Node, Device Device, string? Advertise, int Lanes, bool SharesMemory, TimeSpan Drain, TimeSpan Stall);

/// <summary>The words of the stream between a worker and its coordinator.</summary>
internal static class WorkerProtocol
{
    public static LinkProtocol<WorkerMessage, WorkerCommand> Create(
        Cluster.ClusterClient client, RegisterWorker registration, Func<WorkerStatus> status, Action<Assignment> assigned) => new()
        {
            Open = cancellation => client.Work(cancellationToken: cancellation),
            Registration = new WorkerMessage { Register = registration },
            Status = () => new WorkerMessage { Status = status() },
            RegisteredIn = command => command.Registered,
            IsAck = command => command.Ack is not null,
            Obey = command =>
            {
                if (command.Assignment is { } assignment)
                {
                    assigned(assignment);
                }
            },
        };
}
