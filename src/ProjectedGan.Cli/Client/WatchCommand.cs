using System.CommandLine;
using Grpc.Core;
using Grpc.Net.Client;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Client;

/// <summary><c>pgan watch</c> and <c>pgan logs</c>: an experiment's events as they happen, or those so far.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static Command BuildWatch()
    {
        var id = ExperimentCommands.Id();
        Option<bool> json = new("--json") { Description = "One JSON object a line." };
        ExampleCommand command = new("watch", "Follows an experiment until it ends. Ctrl-C stops watching; the experiment goes on. Exit code 0 when it completed.", "watch 4h9x") { id, json };
        command.Calls((parsed, channel, cancellation) => FollowAsync(channel, parsed.GetValue(id)!, Writer(parsed.GetValue(json)), cancellation));
        return command;
    }

    public static Command BuildLogs()
    {
        var id = ExperimentCommands.Id();
        Option<bool> json = new("--json") { Description = "One JSON object a line." };
        ExampleCommand command = new("logs", "Prints what has happened to an experiment so far, lines of its workers among it.", "logs 4h9x") { id, json };
        command.Calls(async (parsed, channel, cancellation) =>
        {
            Experiments.ExperimentsClient client = new(channel);
            var experiment = await client.GetAsync(new GetRequest { Id = parsed.GetValue(id) }, cancellationToken: cancellation);
            var write = Writer(parsed.GetValue(json));
            if (experiment.LastEvent == 0)
            {
                return ExitCode.Success;
            }

            using var call = client.Watch(new WatchRequest { Id = experiment.Id }, cancellationToken: cancellation);
            while (await call.ResponseStream.MoveNext(cancellation))
            {
                write(call.ResponseStream.Current);
                if (call.ResponseStream.Current.Sequence >= experiment.LastEvent)
                {
                    break;
                }
            }

            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Prints events until the experiment ends, over interruptions of the coordinator.</summary>
    /// <returns>0 when it completed, 1 when it failed or was cancelled, 130 after Ctrl-C.</returns>
    public static async Task<int> FollowAsync(GrpcChannel channel, string id, Action<Event> write, CancellationToken cancellation)
    {
        Experiments.ExperimentsClient client = new(channel);
        var experiment = (await client.GetAsync(new GetRequest { Id = id }, cancellationToken: cancellation)).Id;
        long after = 0;
        long? lost = null;
        while (true)
        {
            try
            {
                using var call = client.Watch(new WatchRequest { Id = experiment, After = after }, cancellationToken: cancellation);
                while (await call.ResponseStream.MoveNext(cancellation))
                {
                    write(call.ResponseStream.Current);
                    after = call.ResponseStream.Current.Sequence;
                    lost = null;
                }

                var ended = await client.GetAsync(new GetRequest { Id = experiment }, cancellationToken: cancellation);
                return ended.State == ExperimentState.Completed ? ExitCode.Success : ExitCode.Failure;
            }
            catch (Exception error) when (error is RpcException or OperationCanceledException && cancellation.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"pgan: no longer watching; the experiment goes on (pgan watch {experiment}).");
                return ExitCode.Interrupted;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable && TimeProvider.System.GetElapsedTime(lost ??= TimeProvider.System.GetTimestamp()) < Patience)
            {
                await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>What prints events.</summary>
    public static Action<Event> Writer(bool json) => json
        ? JsonOutput.Write
        // Texts come from other people's nodes: they must not steer a terminal.
        : record => Console.WriteLine($"{ExperimentText.Time(record.Time)}  {string.Concat(record.Text.Where(character => !char.IsControl(character)))}");
}
