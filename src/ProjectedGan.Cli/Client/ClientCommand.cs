using System.CommandLine;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Cli.Roles;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Hosting.Serving;

namespace ProjectedGan.Cli.Client;

/// <summary>What the commands that call a coordinator have in common: the channel, and failures in the user's words.</summary>
internal static class ClientCommand
{
    /// <param name="command">Gets the options and the action.</param>
    /// <param name="action">Returns the exit code.</param>
    public static void Calls(this ExampleCommand command, Func<ParseResult, GrpcChannel, CancellationToken, Task<int>> action)
    {
        var flags = ClientFlags.AddTo(command);
        command.Runs(async (parsed, cancellation) =>
        {
            using var channel = flags.Open(parsed);
            try
            {
                return await action(parsed, channel, cancellation);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Cancelled && cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(error.Message, error, cancellation);
            }
            catch (RpcException error)
            {
                throw Told(error, channel.Target);
            }
        });
    }

    private static PganException Told(RpcException error, string target)
    {
        if (ConnectionFailure.Cause<CertificateRefusedException>(error) is { } refused)
        {
            return new PganException(refused.Message, error);
        }

        var violations = StatusMapping.Violations(error);
        if (violations.Count > 0)
        {
            var list = string.Join('\n', violations.Select(violation => $"  {violation.Field}: {violation.Description}"));
            return new UsageException(violations.Count == 1 ? violations[0].Description : $"{violations.Count} problems:\n{list}", error);
        }

        return error.StatusCode switch
        {
            StatusCode.InvalidArgument => new UsageException(error.Status.Detail, error),
            _ when ConnectionFailure.Is(error) => new PganException($"The coordinator at {target} cannot be reached: {ConnectionFailure.Describe(error)}", error),
            _ => new PganException(error.Status.Detail, error),
        };
    }
}

/// <summary>The command-line options of every command that calls a coordinator.</summary>
internal sealed class ClientFlags
{
    // Experiments with a long history are larger than gRPC's 4 MiB.
    private const int LargestAnswer = 64 << 20;
    private readonly TransportFlags _transport;

    private readonly Option<string> _coordinator = GlobalOptions.Coordinator();

    private ClientFlags(Command command)
    {
        command.Add(_coordinator);
        _transport = TransportFlags.ForCaller(command);
    }

    public static ClientFlags AddTo(Command command) => new(command);

    /// <summary>A channel to the coordinator; connects with the first call.</summary>
    /// <exception cref="UsageException">The address or a certificate is unusable.</exception>
    public GrpcChannel Open(ParseResult parsed)
    {
        var address = NodeChannel.ParseAddress("--coordinator", parsed.GetValue(_coordinator)!);
        return NodeChannel.Open(address, new TransportIdentity(_transport.Read(parsed), TimeProvider.System, NullLogger.Instance), LargestAnswer);
    }
}
