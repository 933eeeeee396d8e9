using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProjectedGan.Evaluation.RealStatistics;
using ProjectedGan.Node.Artifacts;
using ProjectedGan.Node.Cli;
using ProjectedGan.Node.Hosting;
using ProjectedGan.Node.Links;
using ProjectedGan.Node.Security;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Telemetry.Artifacts;
using ProjectedGan.Telemetry.Evaluation;
using ProjectedGan.Telemetry.Hosting;
using ProjectedGan.Tensors;
using TorchSharp;

namespace ProjectedGan.Node.Evaluators;

/// <summary><c>pgan evaluator</c>: measures snapshots of running experiments, off the training's path.</summary>
internal static class EvaluatorRole
{
    public static Command Build()
    {
        Option<int> threads = new("--threads") { Description = "CPU threads that compute; 0 for as many as there are processors. 1 beside workers, which need the others." };
        ExampleCommand command = new(
            "evaluator",
            "Evaluates snapshots for a coordinator: FID and other metrics, and the sample grids. Training never waits for it. When it stops, another evaluator takes its snapshot over.",
            "evaluator --coordinator http://127.0.0.1:7400",
            "evaluator --coordinator https://trainer:7400 --device cuda:0 --tls-cert node.crt --tls-key node.key --tls-ca ca.crt")
        {
            threads,
        };
        var flags = NodeFlags.AddTo(command);
        command.Runs(async (parsed, cancellation) =>
        {
            using var logging = LoggerFactory.Create(builder => NodeLogging.AddTo(builder, LogLevel.Information));
            using var stop = flags.Stop(parsed, cancellation);
            await RunAsync(flags.Read(parsed, logging), NodeFlags.Count(parsed, threads) is > 0 and var count ? count : Environment.ProcessorCount, stop.Token);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task RunAsync(NodeSettings settings, int threads, CancellationToken stop)
    {
        TorchRuntime.TuneAllocator();
        var id = NodeIdentity.NewId(settings.Name);
        await using var application = BuildApplication(settings, id);
        await NodeServer.StartAsync(application, settings.Server, stop);
        var (address, metrics) = NodeServer.Addresses(application, settings.Server);
        Console.WriteLine($"evaluator {id}\nhealth on {address}\nmetrics on {metrics}");

        using var channel = NodeChannel.Open(settings.Coordinator, settings.Server.Identity);
        var logger = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ProjectedGan.Evaluator");
        var transfers = application.Services.GetRequiredService<ArtifactInstruments>();
        using SnapshotEvaluation evaluation = new(
            new ArtifactClient(channel.CreateCallInvoker(), new TransferOptions { Patience = Timeout.InfiniteTimeSpan }, TimeProvider.System, transfers),
            new ArtifactStore(settings.Cache, new ArtifactStoreOptions { MostBytes = settings.CacheBytes }, transfers),
            new RealStatisticsCache(Path.Combine(settings.Cache, "statistics"), logger),
            settings.Device,
            threads,
            application.Services.GetRequiredService<EvaluationInstruments>());
        EvaluatorAgent agent = new(evaluation.RunAsync, TimeProvider.System, logger);
        RegisterEvaluator registration = new()
        {
            Protocol = (int)ProtocolVersion.Current,
            Version = ProductVersion.Full,
            Id = id,
            Name = settings.Name,
            DeviceKind = settings.Device.type == DeviceType.CUDA ? "cuda" : "cpu",
            Device = settings.Device.ToString(),
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
