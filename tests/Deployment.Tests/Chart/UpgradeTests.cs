using System.Text.Json.Nodes;
using Deployment.Tests.Cluster;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>
/// The chart over a release that is there: the real Helm looks its objects up at a server. What Kubernetes cannot change is refused before
/// anything is applied; the rest stays as it is.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class UpgradeTests
{
    private const string Pool = "workers.pools[0].name=gpu,workers.pools[0].device=cuda";
    private const string Silos = "clustering.mode=postgres,postgres.existingSecret=database";

    [Theory]
    [InlineData("", Silos, "needs a volume with ReadWriteMany, and the claim gan-projectedgan-data has ReadWriteOnce for ever", "coordinator.persistence.existingClaim")]
    [InlineData("", "coordinator.persistence.storageClass=shared-files", "storageClass is 'shared-files', and the claim gan-projectedgan-data has 'standard' for ever")]
    [InlineData("", "coordinator.persistence.size=0.1Ti", "size is 0.1Ti, and the claim gan-projectedgan-data has 200Gi: no claim gets smaller")]
    [InlineData("", "coordinator.persistence.size=1Ti", "has 200Gi of the storage class 'standard', which lets none grow")]
    [InlineData("", "nameOverride=trainer", "are in the claim gan-projectedgan-data, and gan-trainer-data would begin with none", "gan-projectedgan-tokens in auth.existingSecret")]
    [InlineData("fullnameOverride=gan", "fullnameOverride=gan,nameOverride=trainer", "app.kubernetes.io/name 'trainer', and the release selects 'projectedgan' for ever")]
    [InlineData(Pool, Pool + ",workers.pools[0].cache.persistent=true", "'gpu': cache.persistent is true", "--namespace research delete statefulset gan-projectedgan-worker-gpu")]
    [InlineData(Pool + ",workers.pools[0].cache.persistent=true", Pool, "'gpu': cache.persistent is false")]
    [InlineData(Pool + ",workers.pools[0].cache.persistent=true", Pool + ",workers.pools[0].cache.persistent=true,workers.pools[0].cache.size=1Ti", "cache.size is 1Ti, and was 100Gi")]
    [InlineData(Pool + ",workers.pools[0].cache.persistent=true", Pool + ",workers.pools[0].cache.persistent=true,workers.pools[0].cache.storageClass=fast", "cache.storageClass is 'fast', and was ''")]
    [InlineData("priorityClasses.create=true", "priorityClasses.create=true,priorityClasses.worker=7", "priorityClasses.worker is 7, and the class gan-projectedgan-worker has 100000 for ever")]
    public async Task Upgrade_OfWhatCannotBeChanged_IsRefusedWithWhatToDo(string before, string after, params string[] words) =>
        (await UpgradeAsync(before, after)).Refused(["problem(s) in the values", .. words]);

    [Fact]
    public async Task Upgrade_OfAllThatCannotBeChanged_TellsAllAtOnce() =>
        (await UpgradeAsync(Pool, $"{Pool},{Silos},workers.pools[0].cache.persistent=true,coordinator.persistence.size=1Ti")).Refused("3 problem(s) in the values");

    [Theory]
    [InlineData("", "")]
    [InlineData(Pool + ",workers.pools[0].cache.persistent=true", Pool + ",workers.pools[0].cache.persistent=true,workers.pools[0].cache.size=102400Mi")]
    [InlineData("", Silos + ",coordinator.persistence.existingClaim=another")]
    [InlineData("priorityClasses.create=true", "priorityClasses.create=true")]
    [InlineData("", "nameOverride=trainer,coordinator.persistence.existingClaim=gan-projectedgan-data,auth.existingSecret=gan-projectedgan-tokens")]
    public async Task Upgrade_OfTheRest_IsTaken(string before, string after) => (await UpgradeAsync(before, after)).Succeeded();

    [Fact]
    public async Task Claim_ThatWillDo_StaysAsItIs()
    {
        var claim = Only(await UpgradeAsync(Silos + ",coordinator.persistence.storageClass=shared-files", "coordinator.persistence.size=1Ti"), "PersistentVolumeClaim");
        Assert.Equal("""["ReadWriteMany"]""", claim["spec"]!["accessModes"]!.ToJsonString());
        Assert.Equal("shared-files", claim["spec"]!["storageClassName"]!.GetValue<string>());
        Assert.Equal("1Ti", claim["spec"]!["resources"]!["requests"]!["storage"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(5, 1, 5)]
    [InlineData(0, 2, 2)]
    public async Task Autoscaler_TurnedOn_KeepsThePodsThatRun(int running, int least, int kept)
    {
        var scaling = $"{Pool},workers.pools[0].autoscaling.kind=hpa,workers.pools[0].autoscaling.minReplicas={least}";
        var pool = Only(await UpgradeAsync($"{Pool},workers.pools[0].replicas={running}", scaling), "StatefulSet", "gan-projectedgan-worker-gpu");
        Assert.Equal(kept, pool["spec"]!["replicas"]!.GetValue<long>());
    }

    private static JsonObject Only(ToolResult rendered, string kind, string? name = null) => Assert.Single(
        YamlText.Documents(rendered.Succeeded().Output),
        item => item["kind"]!.GetValue<string>() == kind && (name is null || item["metadata"]!["name"]!.GetValue<string>() == name));

    // What the first values render to is in the cluster, as its server completes it.
    private static async Task<ToolResult> UpgradeAsync(string before, string after)
    {
        var installed = YamlText.Documents(Rendering.Template(Set(before)).Succeeded().Output);
        var state = new ClusterState().Empty();
        state.StatefulSets.AddRange(Of(installed, "StatefulSet"));
        state.Deployments.AddRange(Of(installed, "Deployment"));
        state.Claims.AddRange(Of(installed, "PersistentVolumeClaim"));
        state.Others["priorityclasses"] = Of(installed, "PriorityClass");
        foreach (var claim in state.Claims)
        {
            claim["spec"]!["storageClassName"] ??= "standard";
        }

        await using var server = await ApiServer.StartAsync(state);
        var cache = Directory.CreateTempSubdirectory("pgan-upgrade-").FullName;
        try
        {
            // Helm keeps what a server told of its kinds, by address. Their models are ModelTests' affair.
            var helm = Tool.Helm with { Environment = new Dictionary<string, string> { ["KUBECACHEDIR"] = cache } };
            return helm.Run(
                [
                    "template", "gan", Rendering.Chart, "--namespace", ClusterState.Space, "--dry-run=server", "--is-upgrade", "--disable-openapi-validation",
                    "--kube-apiserver", server.Address, .. Set(after),
                ]);
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    private static string[] Set(string values) => values.Length == 0 ? [] : ["--set", values];

    private static List<JsonObject> Of(IReadOnlyList<JsonObject> all, string kind) => [.. all.Where(item => item["kind"]!.GetValue<string>() == kind)];
}
