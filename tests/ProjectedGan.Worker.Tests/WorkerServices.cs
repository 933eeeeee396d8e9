using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Links;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Telemetry.Collectives;
using ProjectedGan.Telemetry.Training;

namespace ProjectedGan.Worker.Tests;

/// <summary>What a run of a worker is given: a real store and transfers; the rest is the test's to add where it is used.</summary>
internal static class WorkerServices
{
    public static HostedRunServices Create(RunningServer server, TemporaryFolder home, Action<WorkerMessage, Importance> send) => new()
    {
        Worker = "w",
        Folder = home.At("runs"),
        Lanes = 1,
        Cache = server.Store,
        Artifacts = new ArtifactClient(server.Connect(), new TransferOptions(), TimeProvider.System),
        Peers = null!,
        Instruments = null!,
        Stall = null!,
        End = null!,
        Send = send,
        Time = TimeProvider.System,
        Logger = NullLogger.Instance,
    };

    /// <summary>A worker's instruments, which nobody reads.</summary>
    public static WorkerInstruments Instruments(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        return new WorkerInstruments(new TrainingInstruments(factory), new CollectiveInstruments(factory));
    }
}
