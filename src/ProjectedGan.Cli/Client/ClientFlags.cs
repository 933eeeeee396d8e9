using System.CommandLine;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Cli.Roles;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Security;

namespace ProjectedGan.Cli.Client;

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
        Uri address = NodeChannel.ParseAddress("--coordinator", parsed.GetValue(_coordinator)!);
        return NodeChannel.Open(address, new TransportIdentity(_transport.Read(parsed), TimeProvider.System, NullLogger.Instance), LargestAnswer);
    }
}
