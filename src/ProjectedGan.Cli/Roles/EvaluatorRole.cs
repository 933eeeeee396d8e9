using System.CommandLine;
using Microsoft.Extensions.Logging;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Evaluator;
using ProjectedGan.Hosting.Serving;

namespace ProjectedGan.Cli.Roles;

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
