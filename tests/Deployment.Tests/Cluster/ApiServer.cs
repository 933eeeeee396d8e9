using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Deployment.Tests.Cluster;

/// <summary>As much of a Kubernetes API server as the real kubectl needs for what the doctor asks, and the real Helm for what the chart looks up.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private static readonly (string Group, string Resource, string Kind, bool IsNamespaced)[] Kinds =
    [
        ("v1", "nodes", "Node", false), ("v1", "pods", "Pod", true), ("v1", "persistentvolumeclaims", "PersistentVolumeClaim", true), ("v1", "events", "Event", true),
        ("v1", "secrets", "Secret", true), ("v1", "configmaps", "ConfigMap", true), ("v1", "services", "Service", true), ("v1", "serviceaccounts", "ServiceAccount", true),
        ("v1", "resourcequotas", "ResourceQuota", true), ("v1", "limitranges", "LimitRange", true),
        ("apps/v1", "statefulsets", "StatefulSet", true), ("apps/v1", "deployments", "Deployment", true), ("storage.k8s.io/v1", "storageclasses", "StorageClass", false),
        ("authorization.k8s.io/v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false), ("node.k8s.io/v1", "runtimeclasses", "RuntimeClass", false),
        ("scheduling.k8s.io/v1", "priorityclasses", "PriorityClass", false), ("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", true),
        ("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", true), ("autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true),
    ];

    private readonly WebApplication _application;
    private readonly ClusterState _state;

    private ApiServer(WebApplication application, ClusterState state)
    {
        _application = application;
        _state = state;
    }

    public string Address => _application.Urls.Single();

    public static async Task<ApiServer> StartAsync(ClusterState state)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        ApiServer server = new(builder.Build(), state);
        server._application.Run(server.AnswerAsync);
        await server._application.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/').Split('/');
        if (path is ["version"])
        {
            var numbers = _state.Version.TrimStart('v').Split('.');
            await SendAsync(context, 200, new JsonObject { ["major"] = numbers[0], ["minor"] = numbers[1], ["gitVersion"] = _state.Version, ["platform"] = "linux/amd64" });
        }
        else if (!_state.IsLoggedIn)
        {
            await SendAsync(context, 401, Status("Unauthorized", 401, "Unauthorized"));
        }
        else if (path is [.., "pods", var pod, "log"])
        {
            await context.Response.WriteAsync(_state.Logs.GetValueOrDefault(pod, ""));
        }
        else if (path is [.., "selfsubjectaccessreviews"])
        {
            var review = (await JsonNode.ParseAsync(context.Request.Body))!;
            review["status"] = new JsonObject { ["allowed"] = !_state.Denied.Contains(review["spec"]!["resourceAttributes"]!["resource"]!.GetValue<string>()) };
            await SendAsync(context, 201, review);
        }
        else
        {
            await AnswerAsync(context, path);
        }
    }

    private Task AnswerAsync(HttpContext context, string[] path)
    {
        if (Discovery(path) is { } found)
        {
            return SendAsync(context, 200, found);
        }

        string last = path[^1], parent = path.Length > 1 ? path[^2] : "";
        if (_state.Hidden.Contains(last))
        {
            return SendAsync(context, 403, Status("Forbidden", 403, $"{last} is forbidden: User \"mallory\" cannot list resource \"{last}\" in API group \"\" at the cluster scope"));
        }

        if (Objects(parent) is { } siblings)
        {
            return siblings.SingleOrDefault(item => Name(item) == last) is { } one
                ? SendAsync(context, 200, Typed(one, parent))
                : SendAsync(context, 404, Status("NotFound", 404, $"{parent} \"{last}\" not found"));
        }

        if (Objects(last) is { } objects)
        {
            string selector = context.Request.Query["labelSelector"].ToString(), fields = context.Request.Query["fieldSelector"].ToString();
            JsonNode[] items = [.. objects.Where(item => Matches(item, selector) && (fields.Length == 0 || fields == $"metadata.name={Name(item)}")).Select(item => Typed(item, last))];
            (var group, _, var kind, _) = Kinds.Single(entry => entry.Resource == last);
            return SendAsync(context, 200, new JsonObject { ["apiVersion"] = group, ["kind"] = $"{kind}List", ["metadata"] = new JsonObject { ["resourceVersion"] = "1" }, ["items"] = new JsonArray(items) });
        }

        return SendAsync(context, 404, Status("NotFound", 404, "the server could not find the requested resource"));
    }

    private List<JsonObject>? Objects(string resource) => resource switch
    {
        "nodes" => _state.Nodes,
        "storageclasses" => _state.StorageClasses,
        "statefulsets" => _state.StatefulSets,
        "deployments" => _state.Deployments,
        "pods" => _state.Pods,
        "persistentvolumeclaims" => _state.Claims,
        "events" => _state.Events,
        _ => Kinds.Any(entry => entry.Resource == resource) ? _state.Others.GetValueOrDefault(resource, []) : null,
    };

    private static JsonObject Typed(JsonObject item, string resource)
    {
        (var group, _, var kind, _) = Kinds.Single(entry => entry.Resource == resource);
        var typed = item.DeepClone().AsObject();
        (typed["apiVersion"], typed["kind"]) = (group, kind);
        return typed;
    }

    private JsonObject? Discovery(string[] path) => path switch
    {
        ["api"] => new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
        ["apis"] => new JsonObject
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. Kinds.Select(entry => entry.Group).Where(group => group != "v1").Distinct().Concat(_state.Operators.Select(name => $"{name}/v1")).Select(Group)]),
        },
        ["api", "v1"] => Resources("v1"),
        ["apis", var group, var version] => Resources($"{group}/{version}"),
        _ => null,
    };

    private static JsonObject Group(string version)
    {
        JsonObject Version() => new() { ["groupVersion"] = version, ["version"] = version.Split('/')[1] };
        return new JsonObject { ["name"] = version.Split('/')[0], ["versions"] = new JsonArray(Version()), ["preferredVersion"] = Version() };
    }

    private static JsonObject Resources(string version) => new()
    {
        ["kind"] = "APIResourceList",
        ["groupVersion"] = version,
        ["resources"] = new JsonArray([.. Kinds.Where(entry => entry.Group == version).Select(entry => new JsonObject
        {
            ["name"] = entry.Resource, ["singularName"] = "", ["kind"] = entry.Kind, ["namespaced"] = entry.IsNamespaced, ["verbs"] = new JsonArray("create", "get", "list"),
        })]),
    };

    private static bool Matches(JsonObject item, string selector) => selector.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(term => term.Split('='))
        .All(term => item["metadata"]!["labels"]?[term[0]]?.GetValue<string>() == term[^1]);

    private static string Name(JsonObject item) => item["metadata"]!["name"]!.GetValue<string>();

    private static JsonObject Status(string reason, int code, string message) =>
        new() { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["reason"] = reason, ["code"] = code, ["message"] = message };

    private static async Task SendAsync(HttpContext context, int code, JsonNode body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString());
    }
}
