using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Deployment.Tests.Chart;

/// <summary>As much of a Kubernetes API server as kubectl asks for before it applies objects: which kinds there are. Every object is missing.</summary>
internal sealed class DiscoveryServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IReadOnlyList<JsonObject> _objects;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    private DiscoveryServer(IReadOnlyList<JsonObject> objects)
    {
        _objects = objects;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address => $"http://{_listener.LocalEndpoint}";

    public static DiscoveryServer Start(IReadOnlyList<JsonObject> objects) => new(objects);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> answers = [];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                answers.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await Task.WhenAll(answers);
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
        using StreamReader reader = new(client.GetStream(), Encoding.ASCII);
        var request = await reader.ReadLineAsync() ?? "";
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        var found = Resource(request.Split(' ').ElementAtOrDefault(1)?.Split('?')[0] ?? "");
        var body = (found ?? new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Failure", ["reason"] = "NotFound", ["code"] = 404 }).ToJsonString();
        var head = $"HTTP/1.1 {(found is null ? "404 Not Found" : "200 OK")}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(head + body));
    }

    private JsonObject? Resource(string path) => path.Trim('/').Split('/') switch
    {
        ["api"] => new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
        ["apis"] => new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. Versions().Where(version => version != "v1").GroupBy(version => version.Split('/')[0]).Select(Group)]) },
        ["api", var version] => Kinds(version),
        ["apis", var group, var version] => Kinds($"{group}/{version}"),
        _ => null,
    };

    private IEnumerable<string> Versions() => _objects.Select(item => item["apiVersion"]!.GetValue<string>()).Distinct();

    private static JsonObject Group(IGrouping<string, string> group)
    {
        JsonNode[] versions = [.. group.Select(version => new JsonObject { ["groupVersion"] = version, ["version"] = version.Split('/')[1] })];
        return new JsonObject { ["name"] = group.Key, ["versions"] = new JsonArray(versions), ["preferredVersion"] = versions[0].DeepClone() };
    }

    private JsonObject? Kinds(string version)
    {
        string[] kinds = [.. _objects.Where(item => item["apiVersion"]!.GetValue<string>() == version).Select(item => item["kind"]!.GetValue<string>()).Distinct()];
        return kinds.Length == 0 ? null : new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["groupVersion"] = version,
            ["resources"] = new JsonArray([.. kinds.Select(kind => new JsonObject
            {
                ["name"] = Plural(kind),
                ["kind"] = kind,
                ["namespaced"] = kind != "PriorityClass",
                ["verbs"] = new JsonArray("create", "get", "list", "patch"),
            })]),
        };
    }

    private static string Plural(string kind)
    {
        var lower = kind.ToLowerInvariant();
        return lower.EndsWith('y') ? $"{lower[..^1]}ies" : lower.EndsWith('s') ? $"{lower}es" : $"{lower}s";
    }
}
