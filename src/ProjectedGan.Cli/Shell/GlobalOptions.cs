using System.CommandLine;

namespace ProjectedGan.Cli.Shell;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Print stack traces with errors.",
        Recursive = true,
    };

    /// <summary>The device option of the commands that compute.</summary>
    public static Option<string> Device() => new("--device")
    {
        Description = "Where to compute: cpu, cuda or cuda:N.",
        DefaultValueFactory = _ => "cpu",
        HelpName = "DEVICE",
    };

    /// <summary>The address option of everything that calls a coordinator.</summary>
    public static Option<string> Coordinator() => new("--coordinator")
    {
        Description = "The coordinator's address; PGAN_COORDINATOR.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("PGAN_COORDINATOR") is { Length: > 0 } address ? address : "http://127.0.0.1:7400",
        HelpName = "URL",
    };
}
