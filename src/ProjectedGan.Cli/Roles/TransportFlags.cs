using System.CommandLine;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Security;

namespace ProjectedGan.Cli.Roles;

/// <summary>The command-line options of <see cref="TransportOptions"/>, for commands that serve and for commands that only call.</summary>
internal sealed class TransportFlags
{
    private readonly Option<string?> _certificate = new("--tls-cert") { Description = "PEM certificate of this node, read again when it changes. PGAN_TLS_CERT.", HelpName = "FILE" };
    private readonly Option<string?> _key = new("--tls-key") { Description = "Its private key. PGAN_TLS_KEY.", HelpName = "FILE" };
    private readonly Option<string?> _authority = new("--tls-ca") { Description = "PEM certificates of the authorities to trust. PGAN_TLS_CA.", HelpName = "FILE" };
    private readonly Option<string?> _token = new("--token") { Description = "Bearer token of the calls. PGAN_TOKEN keeps it out of the process list.", HelpName = "TOKEN" };
    private readonly Option<bool> _requireClient = new("--tls-require-client") { Description = "Refuse callers without a certificate of --tls-ca (mutual TLS)." };

    private TransportFlags()
    {
    }

    /// <summary>Adds the options of a command that calls a coordinator.</summary>
    public static TransportFlags ForCaller(Command command)
    {
        TransportFlags flags = new();
        command.Add(flags._token);
        flags.AddFiles(command);
        return flags;
    }

    /// <summary>Adds the options of a command that only serves.</summary>
    public static TransportFlags ForServer(Command command)
    {
        TransportFlags flags = new();
        flags.AddFiles(command);
        command.Add(flags._requireClient);
        return flags;
    }

    /// <summary>Adds the options of a command that serves and calls.</summary>
    public static TransportFlags ForPeer(Command command)
    {
        var flags = ForCaller(command);
        command.Add(flags._requireClient);
        return flags;
    }

    /// <exception cref="UsageException">Options that need each other are not together.</exception>
    public TransportOptions Read(ParseResult parsed)
    {
        TransportOptions options = new()
        {
            Certificate = parsed.GetValue(_certificate) ?? Variable("PGAN_TLS_CERT"),
            Key = parsed.GetValue(_key) ?? Variable("PGAN_TLS_KEY"),
            Authority = parsed.GetValue(_authority) ?? Variable("PGAN_TLS_CA"),
            RequireClient = parsed.GetValue(_requireClient),
            Token = parsed.GetValue(_token) ?? Variable("PGAN_TOKEN"),
        };
        if (options.Certificate is null != options.Key is null)
        {
            throw new UsageException("--tls-cert and --tls-key belong together; give both or neither.");
        }

        if (options.RequireClient && (options.Authority is null || options.Certificate is null))
        {
            throw new UsageException("--tls-require-client needs --tls-cert, --tls-key and --tls-ca: the authority says which callers are trusted.");
        }

        return options;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private void AddFiles(Command command)
    {
        command.Add(_certificate);
        command.Add(_key);
        command.Add(_authority);
    }
}
