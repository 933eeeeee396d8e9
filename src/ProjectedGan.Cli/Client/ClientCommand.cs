using System.CommandLine;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
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
        ClientFlags flags = ClientFlags.AddTo(command);
        command.Runs(async (parsed, cancellation) =>
        {
            using GrpcChannel channel = flags.Open(parsed);
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

        IReadOnlyList<BadRequest.Types.FieldViolation> violations = StatusMapping.Violations(error);
        if (violations.Count > 0)
        {
            string list = string.Join('\n', violations.Select(violation => $"  {violation.Field}: {violation.Description}"));
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
