using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Links;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Telemetry.Artifacts;
using ProjectedGan.Telemetry.Evaluation;
using ProjectedGan.Telemetry.Hosting;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluator;

/// <summary>An evaluator's process: measures snapshots of running experiments, off the training's path.</summary>
public static class EvaluatorHost
{
    /// <summary>Evaluates until it is told to stop.</summary>
    /// <param name="settings">What it has in common with workers.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="threads">CPU threads that compute.</param>
    /// <param name="output">Gets its id and addresses once it listens.</param>
    /// <param name="stop">Ends it at once.</param>
    /// <exception cref="PganException">Its address cannot be listened on, or the coordinator refuses it.</exception>
    public static async Task RunAsync(NodeSettings settings, Device device, int threads, TextWriter output, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(device);
        TorchRuntime.TuneAllocator();
        var id = settings.NewId();
        await using var application = BuildApplication(settings, id);
        await NodeServer.StartAsync(application, settings.Server, stop);
        var (address, metrics) = NodeServer.Addresses(application, settings.Server);
        await output.WriteLineAsync($"evaluator {id}\nhealth on {address}\nmetrics on {metrics}");

        using var channel = NodeChannel.Open(settings.Coordinator, settings.Server.Identity);
        var logger = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ProjectedGan.Evaluator");
        var transfers = application.Services.GetRequiredService<ArtifactInstruments>();
        using SnapshotEvaluation evaluation = new(
            new ArtifactClient(channel.CreateCallInvoker(), new TransferOptions { Patience = Timeout.InfiniteTimeSpan }, TimeProvider.System, transfers),
            new ArtifactStore(settings.Cache, new ArtifactStoreOptions { MostBytes = settings.CacheBytes }, transfers),
            new RealStatisticsCache(Path.Combine(settings.Cache, "statistics"), logger),
            device,
            threads,
            application.Services.GetRequiredService<EvaluationInstruments>());
        EvaluatorAgent agent = new(evaluation.RunAsync, TimeProvider.System, logger);
        RegisterEvaluator registration = new()
        {
            Protocol = (int)ProtocolVersion.Current,
            Version = ProductVersion.Full,
            Id = id,
            Name = settings.Name,
            DeviceKind = device.type == DeviceType.CUDA ? "cuda" : "cpu",
            Device = device.ToString(),
        };
        CoordinatorLink<EvaluatorMessage, EvaluatorCommand> link = new(
            EvaluatorProtocol.Create(new Cluster.ClusterClient(channel), registration, agent), TimeProvider.System, logger);
        application.Services.GetRequiredService<NodeHealth>().IsServing = true;
        await WorkAsync(link, agent, stop);
    }

    private static async Task WorkAsync(CoordinatorLink<EvaluatorMessage, EvaluatorCommand> link, EvaluatorAgent agent, CancellationToken stop)
    {
        using CancellationTokenSource ends = new();
        var linking = link.RunAsync(ends.Token);
        var working = agent.RunAsync(link.Send, ends.Token);
        await Task.WhenAny(linking, working, Task.Delay(Timeout.Infinite, stop));
        // Another evaluator takes an unfinished snapshot over.
        await ends.CancelAsync();
        await Task.WhenAll(linking, working.ContinueWith(_ => { }, TaskScheduler.Default));
    }

    private static WebApplication BuildApplication(NodeSettings settings, string id)
    {
        var builder = NodeServer.CreateBuilder(settings.Server, LogLevel.Information);
        builder.AddPganTelemetry(new TelemetryOptions
        {
            Role = "evaluator",
            Version = ProductVersion.Full,
            InstanceId = id,
            LibtorchVersion = TorchRuntime.Describe().LibtorchVersion,
        });
        var application = builder.Build();
        NodeServer.MapShared(application);
        return application;
    }
}

/// <summary>The words of the stream between an evaluator and its coordinator.</summary>
internal static class EvaluatorProtocol
{
    public static LinkProtocol<EvaluatorMessage, EvaluatorCommand> Create(
        Cluster.ClusterClient client, RegisterEvaluator registration, EvaluatorAgent agent) => new()
        {
            Open = cancellation => client.Evaluate(cancellationToken: cancellation),
            Registration = new EvaluatorMessage { Register = registration },
            Status = () => new EvaluatorMessage { Status = agent.Status() },
            RegisteredIn = command => command.Registered,
            IsAck = command => command.Ack is not null,
            Obey = agent.Obey,
        };
}
