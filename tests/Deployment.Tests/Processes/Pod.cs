using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deployment.Tests.Chart;

namespace Deployment.Tests.Processes;

/// <summary>
/// A container of the chart as a process of this machine: the same arguments and variables, with an address of the loopback network as
/// the pod's, so that the ports stay the chart's, and folders of the test in place of the mounted ones.
/// </summary>
/// <param name="Name">The pod's name.</param>
/// <param name="Address">Its IP address.</param>
/// <param name="Folder">Stands for the pod's own volumes.</param>
/// <param name="Coordinator">The coordinator's IP address.</param>
/// <param name="Secrets">The folder of the secrets' files: <c>tokens</c> and <c>tls</c> lie in it.</param>
internal sealed partial record Pod(string Name, string Address, string Folder, string Coordinator, string Secrets)
{
    /// <summary>The container's command line as this machine takes it.</summary>
    public string[] Arguments(JsonObject container) => [.. PodTemplates.Arguments(container).Select(Local)];

    /// <summary>The container's variables.</summary>
    public Dictionary<string, string> Environment(JsonObject container) => container["env"]!.AsArray()
        .Where(variable => variable!["valueFrom"]?["fieldRef"] is null)
        .ToDictionary(
            variable => variable!["name"]!.GetValue<string>(),
            variable => variable!["valueFrom"]?["secretKeyRef"]?["key"]?.GetValue<string>() is { } key
                ? File.ReadAllText(Path.Combine(Secrets, "tokens", key))
                : Local(variable["value"]!.GetValue<string>()));

    private string Local(string text) => CoordinatorName().Replace(PeerName().Replace(text, Address), Coordinator)
        .Replace("$(POD_NAME)", Name, StringComparison.Ordinal)
        .Replace("$(POD_IP)", Address, StringComparison.Ordinal)
        .Replace("$(POD_NAMESPACE)", "research", StringComparison.Ordinal)
        .Replace("$(NODE_NAME)", "here", StringComparison.Ordinal)
        .Replace("://*", $"://{Address}", StringComparison.Ordinal)
        .Replace("/etc/pgan", Secrets, StringComparison.Ordinal)
        .Replace("/var/lib/pgan", Path.Combine(Folder, "lib"), StringComparison.Ordinal)
        .Replace("/var/cache/pgan", Path.Combine(Folder, "cache"), StringComparison.Ordinal);

    // The cluster's DNS is not here.
    [GeneratedRegex(@"\$\(POD_NAME\)\.[a-z.-]+-peers\.[a-z.-]+")]
    private static partial Regex PeerName();

    [GeneratedRegex(@"\b[a-z-]+-coordinator\.[a-z.-]+\.svc\.[a-z.]+")]
    private static partial Regex CoordinatorName();
}
