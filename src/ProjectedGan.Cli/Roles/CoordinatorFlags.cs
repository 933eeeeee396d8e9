using System.CommandLine;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Coordinator.Clustering;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Startup;
using ProjectedGan.Coordinator.Storage;
using ProjectedGan.Coordinator.Submissions;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Networks.StateDicts;

namespace ProjectedGan.Cli.Roles;

/// <summary>The command-line options of <see cref="CoordinatorOptions"/>.</summary>
internal sealed class CoordinatorFlags
{
    private readonly Option<string> _data = new("--data-dir") { Description = "Folder of experiments, datasets, checkpoints and snapshots; one coordinator at a time.", Required = true, HelpName = "DIR" };
    private readonly Option<string?> _shared = new("--shared-dir") { Description = "Folder of datasets, checkpoints and snapshots for several coordinators on one PostgreSQL. Without it they lie in --data-dir.", HelpName = "DIR" };
    private readonly Option<string> _listen = new("--listen") { Description = "Where gRPC is served: http(s)://HOST:PORT, * for all interfaces, port 0 for any free one.", DefaultValueFactory = _ => "http://127.0.0.1:7400", HelpName = "URL" };
    private readonly Option<string?> _metrics = new("--metrics-listen") { Description = "Where browsers see the web page (with https: at --listen), Prometheus scrapes /metrics, and probes ask /healthz and /readyz (HTTP/1.1). Without it: this machine only, the port behind --listen's.", HelpName = "URL" };
    private readonly Option<string?> _tokens = new("--tokens") { Description = "YAML file of bearer tokens with roles; read again when it changes.", HelpName = "FILE" };
    private readonly Option<bool> _insecure = new("--insecure") { Description = "Listen on the network although everybody there could call." };
    private readonly Option<string?> _localFiles = new("--local-files") { Description = "Folder below which specs may name files of this machine. Without it: any file for callers of this machine where no token is asked for, else none.", HelpName = "DIR" };
    private readonly Option<StorageKind?> _storage = new("--storage") { Description = "sqlite (a file in the data folder) or postgres; with --clustering it is postgres." };
    private readonly Option<string?> _connection = new("--connection-string") { Description = "PostgreSQL's connection string; PGAN_CONNECTION_STRING keeps it out of the process list.", HelpName = "TEXT" };
    private readonly Option<ClusteringKind> _clustering = new("--clustering") { Description = "How several coordinators find each other: none, postgres or kubernetes." };
    private readonly Option<string> _siloListen = new("--silo-listen") { Description = "With --clustering: HOST:PORT where the other coordinators reach this one, and nobody else may. * is the address by which this machine reaches the database, port 0 any free one.", DefaultValueFactory = _ => "*:0", HelpName = "HOST:PORT" };
    private readonly Option<TimeSpan> _heartbeat = DurationOption.Create("--heartbeat", "How often workers report.", TimeSpan.FromSeconds(1));
    private readonly Option<TimeSpan> _lease = DurationOption.Create("--lease", "A worker that is silent for this long is lost.", TimeSpan.FromSeconds(5));
    private readonly Option<int> _calls = new("--max-calls") { Description = "Short calls at once.", DefaultValueFactory = _ => new CallLimits().Calls };
    private readonly Option<int> _transfers = new("--max-transfers") { Description = "Uploads and downloads at once.", DefaultValueFactory = _ => new CallLimits().Transfers };
    private readonly Option<int> _watches = new("--max-watches") { Description = "Watching clients at once.", DefaultValueFactory = _ => new CallLimits().Watches };
    private readonly Option<int> _nodes = new("--max-nodes") { Description = "Workers and evaluators at once.", DefaultValueFactory = _ => new CallLimits().Nodes };
    private readonly Option<long> _upload = new("--max-upload") { Description = "Bytes of the largest file that is taken.", DefaultValueFactory = _ => new ArtifactStoreOptions().LargestFile };
    private readonly Option<LogLevel> _logLevel = new("--log-level") { Description = "Least level of the log on standard error.", DefaultValueFactory = _ => LogLevel.Information };
    private readonly TransportFlags _transport;

    private CoordinatorFlags(Command command)
    {
        foreach (var option in new Option[] { _data, _shared, _listen, _metrics, _tokens, _insecure, _localFiles, _storage, _connection, _clustering, _siloListen, _heartbeat, _lease, _calls, _transfers, _watches, _nodes, _upload, _logLevel })
        {
            command.Add(option);
        }

        _transport = TransportFlags.ForServer(command);
    }

    public static CoordinatorFlags AddTo(Command command) => new(command);

    /// <exception cref="UsageException">An option is wrong, or options need each other.</exception>
    public CoordinatorOptions Read(ParseResult parsed)
    {
        var clustering = parsed.GetValue(_clustering);
        var storage = parsed.GetValue(_storage) ?? (clustering == ClusteringKind.None ? StorageKind.Sqlite : StorageKind.Postgres);
        var connection = parsed.GetValue(_connection) ?? Environment.GetEnvironmentVariable("PGAN_CONNECTION_STRING") ?? "";
        if (storage == StorageKind.Postgres && connection.Length == 0)
        {
            throw new UsageException($"{(clustering == ClusteringKind.None ? "--storage postgres" : Named(clustering))} needs --connection-string or PGAN_CONNECTION_STRING, for example 'Host=localhost;Database=pgan;Username=pgan'.");
        }

        if (clustering != ClusteringKind.None && storage != StorageKind.Postgres)
        {
            throw new UsageException($"{Named(clustering)} needs --storage postgres, and --storage is sqlite: several coordinators meet in the database that they share.");
        }

        if (parsed.GetValue(_shared) is not null && storage != StorageKind.Postgres)
        {
            throw new UsageException("--shared-dir needs --storage postgres: each coordinator deletes files that no experiment it knows of needs, so those that share files must share experiments.");
        }

        var server = ReadServer(parsed);
        return new CoordinatorOptions
        {
            DataFolder = parsed.GetValue(_data)!,
            SharedFolder = parsed.GetValue(_shared),
            Server = server,
            Storage = storage,
            ConnectionString = connection,
            Clustering = clustering,
            SiloListen = SiloListen.Parse(parsed.GetValue(_siloListen)!),
            Coordination = ReadTimes(parsed),
            Artifacts = new ArtifactStoreOptions { LargestFile = AtLeast(parsed, _upload, 1) },
            Weights = NetworkWeights.Store(),
            LocalFiles = parsed.GetValue(_localFiles) is { } folder ? new LocalFiles(Path.GetFullPath(folder))
                : server.Listen.IsLoopback && server.Access.Tokens is null ? LocalFiles.Anywhere
                : new LocalFiles((string?)null),
            LogLevel = parsed.GetValue(_logLevel),
        };
    }

    private NodeServerOptions ReadServer(ParseResult parsed)
    {
        // Lives as long as the process: certificates and tokens are watched until its end.
        var logging = LoggerFactory.Create(builder => NodeLogging.AddTo(builder, parsed.GetValue(_logLevel)));
        var transport = _transport.Read(parsed);
        var listen = ListenAddress.Parse("--listen", parsed.GetValue(_listen)!);
        var tokens = parsed.GetValue(_tokens);
        listen.CheckProtected("--listen", transport, tokens is not null, parsed.GetValue(_insecure));
        var metrics = ListenAddress.Parse("--metrics-listen", parsed.GetValue(_metrics) ?? $"http://127.0.0.1:{PortBehind(listen.Port)}");
        if (metrics.IsTls)
        {
            throw new UsageException("--metrics-listen: metrics are served without TLS; use http, and an interface that only the scraper reaches.");
        }

        var logger = logging.CreateLogger("ProjectedGan.Hosting.Security");
        return new NodeServerOptions
        {
            Listen = listen,
            Metrics = metrics,
            Identity = new TransportIdentity(transport, TimeProvider.System, logger),
            Web = PlaceWeb(listen, metrics, tokens is not null, parsed.GetValue(_insecure)),
            Access = new AccessPolicy(tokens is null ? null : new TokenBook(tokens, TimeProvider.System, logger)),
            Limits = new CallLimits
            {
                Calls = (int)AtLeast(parsed, _calls, 1),
                Transfers = (int)AtLeast(parsed, _transfers, 1),
                Watches = (int)AtLeast(parsed, _watches, 1),
                Nodes = (int)AtLeast(parsed, _nodes, 1),
            },
        };
    }

    private static string Named(ClusteringKind clustering) => $"--clustering {clustering.ToString().ToLowerInvariant()}";

    private static int PortBehind(int port) => port is 0 or IPEndPoint.MaxPort ? 0 : port + 1;

    // With TLS the page has it too. Without, the port of metrics may be open to more callers than the API's is.
    private static WebPlacement PlaceWeb(ListenAddress listen, ListenAddress metrics, bool hasTokens, bool isInsecureAllowed) =>
        listen.IsTls ? WebPlacement.ApiPort
        : metrics.IsLoopback || hasTokens || isInsecureAllowed ? WebPlacement.MetricsPort
        : WebPlacement.None;

    private CoordinationOptions ReadTimes(ParseResult parsed)
    {
        var (heartbeat, lease) = (parsed.GetValue(_heartbeat), parsed.GetValue(_lease));
        return lease >= 2 * heartbeat
            ? new CoordinationOptions { HeartbeatInterval = heartbeat, Lease = lease }
            : throw new UsageException($"--lease is {lease.TotalSeconds} s; it must be at least twice --heartbeat ({heartbeat.TotalSeconds} s), or one late report loses a worker.");
    }

    private static long AtLeast<T>(ParseResult parsed, Option<T> option, long least)
        where T : struct, IConvertible
    {
        var value = parsed.GetValue(option).ToInt64(CultureInfo.InvariantCulture);
        return value >= least ? value : throw new UsageException($"{option.Name} is {value}; it must be {least} or more.");
    }
}
