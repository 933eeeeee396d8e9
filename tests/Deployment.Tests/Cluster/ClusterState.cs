using System.Text.Json.Nodes;

namespace Deployment.Tests.Cluster;

/// <summary>What the API server of the tests knows. As it is made: a cluster with everything, and a release "gan" that runs in it.</summary>
internal sealed class ClusterState
{
    public const string Space = "research";

    public string Version { get; set; } = "v1.34.1";

    /// <summary>Whether the caller's login is taken.</summary>
    public bool IsLoggedIn { get; set; } = true;

    /// <summary>Resources, such as <c>nodes</c>, that the caller may not list.</summary>
    public HashSet<string> Hidden { get; } = [];

    /// <summary>Resources that the caller may not create.</summary>
    public HashSet<string> Denied { get; } = [];

    /// <summary>API groups of operators.</summary>
    public HashSet<string> Operators { get; } = ["monitoring.coreos.com", "cert-manager.io", "keda.sh"];

    public List<JsonObject> Nodes { get; } = [Node("gpu-1", "8"), Node("gpu-2", "8")];

    public List<JsonObject> StorageClasses { get; } = [StorageClass("standard", isDefault: true), StorageClass("shared-files", isDefault: false)];

    public List<JsonObject> StatefulSets { get; } = [Workload("gan-projectedgan-coordinator", 1, gpu: false), Workload("gan-projectedgan-worker-gpu", 2, gpu: true)];

    public List<JsonObject> Deployments { get; } = [Workload("gan-projectedgan-evaluator", 1, gpu: true)];

    public List<JsonObject> Pods { get; } =
        [Pod("gan-projectedgan-coordinator-0"), Pod("gan-projectedgan-worker-gpu-0"), Pod("gan-projectedgan-worker-gpu-1"), Pod("gan-projectedgan-evaluator-7d9c8-x2x4v")];

    public List<JsonObject> Claims { get; } = [Claim("gan-projectedgan-data", "standard", "Bound")];

    public List<JsonObject> Events { get; } = [];

    /// <summary>Objects of further resources, such as <c>secrets</c>.</summary>
    public Dictionary<string, List<JsonObject>> Others { get; } = [];

    /// <summary>What containers printed before they ended, by pod.</summary>
    public Dictionary<string, string> Logs { get; } = [];

    /// <summary>Nothing is installed yet.</summary>
    public ClusterState Empty()
    {
        StatefulSets.Clear();
        Deployments.Clear();
        Pods.Clear();
        Claims.Clear();
        return this;
    }

    public static JsonObject Node(string name, string gpus, string label = "nvidia.com/gpu.present") => Json($$$$"""
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "{{{{name}}}}", "labels": {"kubernetes.io/hostname": "{{{{name}}}}", "{{{{label}}}}": "true"}}, "spec": {"podCIDR": "10.244.0.0/24"},
         "status": {"allocatable": {"cpu": "32", "memory": "131072000Ki", "pods": "110", "hugepages-2Mi": "0"{{{{(gpus.Length == 0 ? "" : $", \"nvidia.com/gpu\": \"{gpus}\"")}}}}},
                    "capacity": {"cpu": "32", "memory": "131072000Ki", "pods": "110"{{{{(gpus.Length == 0 ? "" : ", \"nvidia.com/gpu\": \"8\"")}}}}},
                    "conditions": [{"type": "MemoryPressure", "status": "False"}, {"type": "Ready", "status": "True", "reason": "KubeletReady"}]}}
        """);

    /// <summary>A secret or another object that others name.</summary>
    public static JsonObject Named(string name, params string[] keys) => new()
    {
        ["metadata"] = Json(Metadata(name)), ["data"] = new JsonObject(keys.Select(key => KeyValuePair.Create(key, (JsonNode?)"eA=="))),
    };

    public static JsonObject Quota(params string[] bounded) => new()
    {
        ["metadata"] = Json(Metadata("compute")), ["spec"] = new JsonObject { ["hard"] = new JsonObject(bounded.Select(key => KeyValuePair.Create(key, (JsonNode?)"40"))) },
    };

    public static JsonObject LimitRange(string cpu) => Json($$$$"""
        {"metadata": {{{{Metadata("defaults")}}}}, "spec": {"limits": [{"type": "Container", "default": {"cpu": "{{{{cpu}}}}"}, "defaultRequest": {"cpu": "{{{{cpu}}}}"}}, {"type": "Pod", "max": {"cpu": "1"}}]}}
        """);

    public static JsonObject StorageClass(string name, bool isDefault) => Json($$$$"""
        {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "{{{{name}}}}", "annotations": {"storageclass.kubernetes.io/is-default-class": "{{{{(isDefault ? "true" : "false")}}}}"}},
         "provisioner": "csi.example.com", "reclaimPolicy": "Delete", "allowVolumeExpansion": {{{{(isDefault ? "false" : "true")}}}}, "volumeBindingMode": "WaitForFirstConsumer"}
        """);

    public static JsonObject Workload(string name, int replicas, bool gpu) => Json($$$$"""
        {"metadata": {{{{Metadata(name)}}}}, "spec": {"replicas": {{{{replicas}}}}, "template": {"spec": {"containers": [
          {"name": "main", "resources": {"limits": {"memory": "32Gi"{{{{(gpu ? ", \"nvidia.com/gpu\": \"1\"" : "")}}}}
          }}}]}} }}
        """);

    public static JsonObject Claim(string name, string storageClass, string phase) => Json($$$$"""
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {{{{Metadata(name)}}}}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "{{{{storageClass}}}}"}, "status": {"phase": "{{{{phase}}}}"}}
        """);

    public static JsonObject Event(string kind, string name, string reason, string message, int minute = 0) => Json($$$$"""
        {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "{{{{name}}}}.18", "namespace": "{{{{Space}}}}"}, "involvedObject": {"kind": "{{{{kind}}}}", "name": "{{{{name}}}}", "namespace": "{{{{Space}}}}"},
         "type": "{{{{(reason == "SuccessfulCreate" ? "Normal" : "Warning")}}}}", "reason": "{{{{reason}}}}", "message": "{{{{message}}}}", "count": 3,
         "eventTime": null, "lastTimestamp": "2026-01-01T00:{{{{minute:D2}}}}:00Z"}
        """);

    /// <summary>A pod whose one container is in a state; without one it runs and is ready.</summary>
    public static JsonObject Pod(string name, string state = """{"running": {"startedAt": "2026-01-01T00:00:00Z"}}""", string last = "{}", int restarts = 0)
    {
        var ready = state.Contains("running", StringComparison.Ordinal) ? "true" : "false";
        return Json($$$$"""
            {"apiVersion": "v1", "kind": "Pod", "metadata": {{{{Metadata(name)}}}}, "spec": {"containers": [{"name": "main", "image": "pgan"}]},
             "status": {"phase": "{{{{(ready == "true" ? "Running" : "Pending")}}}}", "conditions": [{"type": "PodScheduled", "status": "True"}],
                        "containerStatuses": [{"name": "main", "ready": {{{{ready}}}}, "restartCount": {{{{restarts}}}}, "state": {{{{state}}}}, "lastState": {{{{last}}}}, "image": "pgan", "imageID": ""}]}}
            """);
    }

    public static JsonObject Unscheduled(string name, string message) => Json($$$$"""
        {"apiVersion": "v1", "kind": "Pod", "metadata": {{{{Metadata(name)}}}}, "spec": {"containers": [{"name": "main", "image": "pgan"}]},
         "status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "{{{{message}}}}"}]}}
        """);

    private static string Metadata(string name) =>
        $$$$"""{"name": "{{{{name}}}}", "namespace": "{{{{Space}}}}", "labels": {"app.kubernetes.io/name": "projectedgan", "app.kubernetes.io/instance": "gan"}}""";

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
