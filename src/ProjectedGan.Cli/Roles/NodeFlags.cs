using System.CommandLine;
using Microsoft.Extensions.Logging;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Links;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Hosting.Serving;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Roles;

/// <summary>The command-line options that workers and evaluators share.</summary>
internal sealed class NodeFlags
{
    private readonly Option<string> _coordinator = GlobalOptions.Coordinator();

    private readonly Option<string> _name = new("--name") { Description = "What people call this node.", DefaultValueFactory = _ => Environment.MachineName };
    private readonly Option<string?> _cache = new("--cache") { Description = "Where fetched datasets and weights stay; may be shared by nodes of one machine. .cache/node by default.", HelpName = "DIR" };
    private readonly Option<long> _cacheSize = new("--cache-size") { Description = "Bytes that the cache may have; what no run uses goes when another file comes, that which was used longest ago first.", DefaultValueFactory = _ => 100L << 30, HelpName = "BYTES" };
    private readonly Option<string> _listen = new("--listen") { Description = "Where this node's gRPC services listen; port 0 for any free one.", DefaultValueFactory = _ => "http://127.0.0.1:0", HelpName = "URL" };
    private readonly Option<string> _metrics = new("--metrics-listen") { Description = "Where Prometheus scrapes /metrics and probes ask /healthz and /readyz (HTTP/1.1).", DefaultValueFactory = _ => "http://127.0.0.1:0", HelpName = "URL" };
    private readonly Option<string?> _tokens = new("--tokens") { Description = "Tokens that peers must show, as at the coordinator.", HelpName = "FILE" };
    private readonly Option<bool> _insecure = new("--insecure") { Description = "Listen on the network although everybody there could call." };
    private readonly Option<string> _device = GlobalOptions.Device();
    private readonly Option<bool> _parent = ParentWatch.Create();
    private readonly TransportFlags _transport;

    private NodeFlags(Command command)
    {
        command.Add(_coordinator);
        command.Add(_device);
        command.Add(_name);
        command.Add(_cache);
        command.Add(_cacheSize);
        command.Add(_listen);
        command.Add(_metrics);
        command.Add(_tokens);
        command.Add(_insecure);
        command.Add(_parent);
        _transport = TransportFlags.ForPeer(command);
    }

    public static NodeFlags AddTo(Command command) => new(command);

    /// <summary>A token that ends the node.</summary>
    public CancellationTokenSource Stop(ParseResult parsed, CancellationToken cancellation) => ParentWatch.Follow(parsed.GetValue(_parent), cancellation);

    /// <exception cref="UsageException">There is no such device.</exception>
    public Device Device(ParseResult parsed) => DeviceChoice.Parse(parsed.GetValue(_device)!);

    /// <exception cref="UsageException">An option is wrong, or options need each other.</exception>
    public NodeSettings Read(ParseResult parsed, ILoggerFactory logging)
    {
        var transport = _transport.Read(parsed);
        var listen = ListenAddress.Parse("--listen", parsed.GetValue(_listen)!);
        var tokens = parsed.GetValue(_tokens);
        listen.CheckProtected("--listen", transport, tokens is not null, parsed.GetValue(_insecure));
        var logger = logging.CreateLogger("ProjectedGan.Hosting.Security");
        return new NodeSettings
        {
            Coordinator = NodeChannel.ParseAddress("--coordinator", parsed.GetValue(_coordinator)!),
            Name = parsed.GetValue(_name)!,
            Cache = Path.GetFullPath(parsed.GetValue(_cache) ?? Path.Combine(PganHome.Root, ".cache", "node")),
            CacheBytes = parsed.GetValue(_cacheSize) is > 0 and var bytes ? bytes : throw new UsageException($"--cache-size is {parsed.GetValue(_cacheSize)}; it must be 1 or more, in bytes."),
            Server = new NodeServerOptions
            {
                Listen = listen,
                Metrics = ListenAddress.Parse("--metrics-listen", parsed.GetValue(_metrics)!),
                Identity = new TransportIdentity(transport, TimeProvider.System, logger),
                Access = new AccessPolicy(tokens is null ? null : new TokenBook(tokens, TimeProvider.System, logger)),
            },
        };
    }

    /// <summary>The value of an option that counts threads or lanes, 0 for as many as there are processors.</summary>
    /// <exception cref="UsageException">It is negative.</exception>
    public static int Count(ParseResult parsed, Option<int> option)
    {
        var count = parsed.GetValue(option);
        return count >= 0 ? count : throw new UsageException($"{option.Name}: '{count}' is negative; use 0 for as many as there are processors, or a number from 1.");
    }
}

/// <summary>Lets a role that another process started end with that process: its standard input closes then.</summary>
internal static class ParentWatch
{
    public const string Option = "--until-input-closes";

    /// <summary>The option for a role's command; for programs, so that the help does not show it.</summary>
    public static Option<bool> Create() => new(Option) { Hidden = true };

    /// <summary>A token that is cancelled with <paramref name="cancellation"/> or when standard input closes.</summary>
    public static CancellationTokenSource Follow(bool watches, CancellationToken cancellation)
    {
        var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (watches)
        {
            // The console's own reader holds a lock that console output waits for.
            var input = Console.OpenStandardInput();
            Thread thread = new(() =>
            {
                while (input.ReadByte() >= 0)
                {
                }
                try
                {
                    either.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // The role ended first.
                }
            })
            { IsBackground = true, Name = "parent watch" };
            thread.Start();
        }
        return either;
    }
}
