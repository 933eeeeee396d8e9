using System.CommandLine;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Transport;
using ProjectedGan.Node.Artifacts;
using ProjectedGan.Node.Cli;
using ProjectedGan.Node.Hosting;
using ProjectedGan.Node.Links;
using ProjectedGan.Node.Security;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Telemetry.Artifacts;
using ProjectedGan.Telemetry.Hosting;
using ProjectedGan.Tensors;
using TorchSharp;

namespace ProjectedGan.Node.Workers;

/// <summary><c>pgan worker</c>: computes replicas of whatever runs the coordinator assigns.</summary>
internal static class WorkerRole
{
    private const int PeerWindowBytes = 8 << 20;

    public static Command Build()
    {
        Option<string?> advertise = new("--advertise") { Description = "Where other workers reach this one, when that is not --listen.", HelpName = "URL" };
        Option<int> lanes = new("--lanes") { Description = "Replicas computed side by side; 0 for as many as there are processors." };
        Option<bool> noSharedMemory = new("--no-shared-memory") { Description = "Exchange gradients over the network with workers on the same machine too." };
        Option<string?> ledger = new("--image-ledger") { Description = "Append every image that is taken to this file, one line of JSON a batch.", HelpName = "FILE" };
        // The run goes on without a worker that leaves within an iteration or so; a checkpoint takes longer, and a coordinator that is away keeps nobody forever.
        var drain = DurationOption.Create(
            "--drain", "How long a worker that is told to stop stays for its run to go on without it, or for its checkpoint where it is the last one.", TimeSpan.FromSeconds(30));
        var stall = DurationOption.Create(
            "--stall", "How long an iteration may stand still, not waiting for other workers, before the worker takes its device or disk to hang and ends.", TimeSpan.FromMinutes(30));
        ExampleCommand command = new(
            "worker",
            "Trains for a coordinator: hosts replicas of its experiments, exchanges gradients with the other workers. Ctrl-C or SIGTERM leaves between two iterations; the others go on.",
            "worker --coordinator http://127.0.0.1:7400",
            "worker --coordinator https://trainer:7400 --device cuda:0 --listen https://10.0.0.5:7500 --tls-cert node.crt --tls-key node.key --tls-ca ca.crt --tls-require-client")
        {
            advertise, lanes, noSharedMemory, ledger, drain, stall,
        };
        var flags = NodeFlags.AddTo(command);
        command.Runs(async (parsed, cancellation) =>
        {
            using var logging = LoggerFactory.Create(builder => NodeLogging.AddTo(builder, LogLevel.Information));
            var settings = flags.Read(parsed, logging);
            using var images = parsed.GetValue(ledger) is { } path ? new ImageLedger(path) : null;
            using var stop = flags.Stop(parsed, cancellation);
            WorkerSettings worker = new(settings, parsed.GetValue(advertise), NodeFlags.Count(parsed, lanes), !parsed.GetValue(noSharedMemory), parsed.GetValue(drain), parsed.GetValue(stall));
            await RunAsync(worker, images, stop.Token);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Waits for <paramref name="stop"/>, and then until the worker has left its run, or for <paramref name="patience"/>.</summary>
    internal static async Task DrainedAsync(WorkerState state, TimeSpan patience, ILogger logger, CancellationToken stop)
    {
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using CancellationTokenSource ends = new(patience);
        await state.WaitForAsync(WorkerPhase.Idle, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (state.Phase != WorkerPhase.Idle)
        {
            WorkerRoleLog.LeftEarly(logger, patience.TotalSeconds);
        }
    }

    private static async Task RunAsync(WorkerSettings worker, ImageLedger? ledger, CancellationToken stop)
    {
        var settings = worker.Node;
        TorchRuntime.TuneAllocator();
        // Before it says what its arithmetic is; what a run's own networks need is checked when it opens them.
        var convolutions = ConvolutionCheck.Settle(ConvolutionCheck.Common);
        var id = NodeIdentity.NewId(settings.Name);
        await using var application = BuildApplication(settings, id, worker.SharesMemory);
        await NodeServer.StartAsync(application, settings.Server, stop);
        var (address, metrics) = NodeServer.Addresses(application, settings.Server);
        Console.WriteLine($"worker {id}\npeers on {address}\nmetrics on {metrics}");

        using var channel = NodeChannel.Open(settings.Coordinator, settings.Server.Identity);
        var logger = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ProjectedGan.Worker");
        WorkerRoleLog.Checked(logger, convolutions);
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
            End = () => Environment.Exit(ExitCode.Failure),
            Time = TimeProvider.System,
            Logger = logger,
        };
        RunAgent agent = new(state, (run, cancellation) => HostedRun.OpenAsync(run, services, cancellation), services.Time, logger);
        RegisterWorker registration = new()
        {
            Protocol = (int)ProtocolVersion.Current,
            Version = ProductVersion.Full,
            Arithmetic = NodeIdentity.Arithmetic(settings.Device),
            Id = id,
            Name = settings.Name,
            DeviceKind = settings.Device.type == DeviceType.CUDA ? "cuda" : "cpu",
            Device = settings.Device.ToString(),
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
}
