using System.CommandLine;
using Microsoft.Extensions.Logging;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Evaluator;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Worker;

namespace ProjectedGan.Cli.Roles;

/// <summary><c>pgan worker</c>.</summary>
internal static class WorkerRole
{
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
            WorkerSettings worker = new(settings, flags.Device(parsed), parsed.GetValue(advertise), NodeFlags.Count(parsed, lanes), !parsed.GetValue(noSharedMemory), parsed.GetValue(drain), parsed.GetValue(stall));
            await WorkerHost.RunAsync(worker, images, Console.Out, stop.Token);
            return ExitCode.Success;
        });
        return command;
    }
}

/// <summary><c>pgan evaluator</c>.</summary>
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
            await EvaluatorHost.RunAsync(flags.Read(parsed, logging), flags.Device(parsed), NodeFlags.Count(parsed, threads) is > 0 and var count ? count : Environment.ProcessorCount, Console.Out, stop.Token);
            return ExitCode.Success;
        });
        return command;
    }
}
