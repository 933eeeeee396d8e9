using System.Diagnostics;

namespace Deployment.Tests.Tools;

/// <summary>A program that the tests run to its end.</summary>
/// <param name="Path">Its file, or a name on the PATH.</param>
internal sealed record Tool(string Path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    // Looked for when they are asked for, so that a test that needs one of them does not fail for lack of another.
    public static Tool Helm => Fetched("helm");

    public static Tool Kubectl => Fetched("kubectl");

    public static Tool Node { get; } = new("node");

    /// <summary>The product, as <c>./pgan build</c> made it.</summary>
    public static Tool Pgan => Existing(
        Repository.At("src", "ProjectedGan.Cli", "bin", Configuration, "net10.0", "pgan"), "build src/ProjectedGan.Cli in the configuration of the tests");

    /// <summary>Variables beside and over those of the tests.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public ToolResult Run(params string[] arguments) => Run("", arguments);

    /// <summary>Runs with a text on standard input.</summary>
    public ToolResult Run(string input, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(Path) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Caches and settings of whoever runs the tests stay untouched and unread.
        start.Environment["HELM_CACHE_HOME"] = start.Environment["HELM_CONFIG_HOME"] = start.Environment["HELM_DATA_HOME"] = Repository.At(".cache", "helm");
        start.Environment["KUBECONFIG"] = Repository.At(".cache", "helm", "no-cluster");
        foreach ((var name, var value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Path} {string.Join(' ', start.ArgumentList)} did not end within {Patience}.");
        }

        return new ToolResult($"{System.IO.Path.GetFileName(Path)} {string.Join(' ', start.ArgumentList)}", process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }

    private static Tool Fetched(string name) => Existing(Repository.At(".cache", "tools", name), "./pgan test fetches it with npm");

    private static Tool Existing(string path, string remedy) => File.Exists(path) ? new Tool(path) : throw new FileNotFoundException($"{path} is missing: {remedy}.");
}
