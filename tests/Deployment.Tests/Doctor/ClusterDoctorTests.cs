using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Deployment.Tests.Chart;
using Deployment.Tests.Cluster;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Doctor;

/// <summary>What <c>pgan doctor --kubernetes</c> says of a cluster: nothing of a good one, and the trouble with its remedy of any other.</summary>
[Trait("Speed", "Slow")]
public sealed partial class ClusterDoctorTests
{
    private const string Coordinator = "gan-projectedgan-coordinator-0";
    private const string Worker = "gan-projectedgan-worker-gpu-1";

    [Theory]
    [InlineData]
    [InlineData("--release", "gan")]
    [InlineData("--namespace", "research", "--context", "here")]
    public async Task Doctor_OfAGoodCluster_FindsNothing(params string[] arguments)
    {
        var result = (await DoctorRun.OfAsync(new ClusterState(), arguments)).Succeeded();
        Assert.All(Lines(result), line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
        AssertFound(result, "Kubernetes v1.34.1", "16 nvidia.com/gpu on 2 node(s); 3 asked for", "default standard", "3 workloads, 4 pods", "4 running and ready", "verdict: ready");
    }

    [Fact]
    public async Task Doctor_BeforeTheInstallation_JudgesTheClusterByTheDefaults() =>
        AssertFound((await DoctorRun.OfAsync(new ClusterState().Empty())).Succeeded(), "3 asked for", "none in namespace research yet", "verdict: ready");

    [Fact]
    public async Task Doctor_OfTheChartsOwnValues_AssumesTheSameAsWithoutAny()
    {
        var state = new ClusterState().Empty();
        state.StorageClasses.Clear();
        ToolResult without = await DoctorRun.OfAsync(state), with = await DoctorRun.OfAsync(state, "--values", Path.Combine(Rendering.Chart, "values.yaml"));
        Assert.Equal(without.Output, with.Output);
        AssertFails(with, "storage", "There is none at all");
    }

    [Fact]
    public async Task Doctor_OfMissingGpus_NamesTheOperator()
    {
        var state = new ClusterState().Empty();
        state.Nodes.Clear();
        state.Nodes.Add(ClusterState.Node("plain", "", "example.com/disk"));
        AssertFails(await DoctorRun.OfAsync(state), "GPUs", "No node offers nvidia.com/gpu", "Install the GPU operator");

        state.Nodes.Add(ClusterState.Node("card", ""));
        AssertFails(await DoctorRun.OfAsync(state), "GPUs", "1 node(s) hold an NVIDIA card", "device plugin");

        state.Nodes[1] = ClusterState.Node("broken", "0");
        AssertFails(await DoctorRun.OfAsync(state), "GPUs", "1 node(s) have nvidia.com/gpu, and all of them are unhealthy");

        state.Nodes[1] = ClusterState.Node("small", "2");
        AssertFound((await DoctorRun.OfAsync(state)).Succeeded(), "warn", "3 nvidia.com/gpu are asked for, and all nodes together offer 2");

        (await DoctorRun.OfAsync(state, Rendering.Values("trial-cpu"))).Succeeded();
    }

    [Fact]
    public async Task Doctor_OfMissingOperators_FailsOnlyWhereTheValuesAskForThem()
    {
        var state = new ClusterState().Empty();
        state.Operators.Clear();
        var plain = (await DoctorRun.OfAsync(state)).Succeeded();
        AssertFound(plain, "The chart installs without ServiceMonitors", "Only autoscaling.kind keda needs it", "verdict: works, 1 worth a look");

        AssertFails(await DoctorRun.OfAsync(state, Rendering.Values("monitoring")), "Prometheus operator", "its custom resources are missing", "switch metrics.serviceMonitor");
        AssertFails(await DoctorRun.OfAsync(state, Rendering.Values("tls-cert-manager")), "cert-manager", "tls.existingSecret");
        AssertFails(await DoctorRun.OfAsync(state, Rendering.Values("autoscaling-keda")), "KEDA", "autoscaling.kind to none or hpa");
    }

    [Fact]
    public async Task Doctor_OfMissingStorage_NamesTheValue()
    {
        var state = new ClusterState().Empty();
        state.StorageClasses.RemoveAt(0);
        AssertFails(await DoctorRun.OfAsync(state), "storage", "No storage class is the default. There are shared-files", "coordinator.persistence.storageClass");
        state.Others["secrets"] = [ClusterState.Named("pgan-postgres", "connection-string")];
        (await DoctorRun.OfAsync(state, Rendering.Values("silos-postgres"))).Succeeded();
        AssertFails(await DoctorRun.OfAsync(state, Rendering.Values("gpu-pools")), "storage", "'local-nvme', which does not exist");

        ClusterState pending = new();
        pending.Claims[0] = ClusterState.Claim("gan-projectedgan-data", "slow", "Pending");
        pending.Events.Add(ClusterState.Event("PersistentVolumeClaim", "gan-projectedgan-data", "ProvisioningFailed", "quota exceeded for volumes"));
        AssertFails(await DoctorRun.OfAsync(pending), "volumes", "gan-projectedgan-data is Pending: quota exceeded for volumes", "provisioner of 'slow'");
    }

    [Theory]
    [InlineData("0/2 nodes are available: 2 Insufficient nvidia.com/gpu. preemption: not helpful.", "All GPUs are taken")]
    [InlineData("0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: ml}.", "tolerations")]
    [InlineData("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.", "No node has the labels")]
    [InlineData("0/2 nodes are available: 2 Insufficient memory.", "resources.requests")]
    [InlineData("pod has unbound immediate PersistentVolumeClaims.", "See its volume")]
    public async Task Doctor_OfAnUnscheduledWorker_SaysTheSchedulersReasonAndTheRemedy(string reason, string remedy)
    {
        ClusterState state = new();
        state.Pods[2] = ClusterState.Unscheduled(Worker, reason);
        AssertFails(await DoctorRun.OfAsync(state), "pods", $"{Worker}: cannot be scheduled: {reason}", remedy);
    }

    [Fact]
    public async Task Doctor_OfACrashingPod_RepeatsItsLastLine()
    {
        ClusterState state = new();
        state.Pods[0] = ClusterState.Pod(Coordinator, """{"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}}""", """{"terminated": {"reason": "Error", "exitCode": 1}}""", 7);
        state.Logs[Coordinator] = "starting\npgan: --connection-string is refused: password authentication failed.\n";
        AssertFails(await DoctorRun.OfAsync(state), "pods", Coordinator, "exit code 1, and said last: pgan: --connection-string is refused");

        state.Pods[0] = ClusterState.Pod(Coordinator, """{"waiting": {"reason": "CrashLoopBackOff"}}""", """{"terminated": {"reason": "OOMKilled", "exitCode": 137}}""", 7);
        AssertFails(await DoctorRun.OfAsync(state), "pods", "for its memory", "resources.limits.memory");
    }

    [Theory]
    [InlineData("ImagePullBackOff", "Back-off pulling image pgan", "image.pullSecrets")]
    [InlineData("CreateContainerConfigError", "secret pgan-postgres not found", "postgres.existingSecret")]
    public async Task Doctor_OfAWaitingContainer_SaysWhatIsMissing(string reason, string message, string remedy)
    {
        ClusterState state = new();
        var waiting = $$$"""{"waiting": {"reason": "{{{reason}}}", "message": "{{{message}}}"}}""";
        state.Pods[1] = ClusterState.Pod("gan-projectedgan-worker-gpu-0", waiting);
        state.Pods[2] = ClusterState.Pod(Worker, waiting);
        var result = await DoctorRun.OfAsync(state);
        AssertFails(result, "pods", $"gan-projectedgan-worker-gpu-0, {Worker}: {reason}: {message}", remedy);
        AssertFound(result, "2 running and ready");
    }

    [Fact]
    public async Task Doctor_OfAMissingCertificateOrARefusedPod_ReadsTheEvents()
    {
        ClusterState state = new();
        state.Pods[0] = ClusterState.Pod(Coordinator, """{"waiting": {"reason": "ContainerCreating"}}""");
        state.Events.Add(ClusterState.Event("Pod", Coordinator, "FailedMount", "secret gan-projectedgan-tls not found"));
        AssertFails(await DoctorRun.OfAsync(state), "pods", "a volume cannot be mounted: secret gan-projectedgan-tls not found", "cert-manager");

        ClusterState refused = new();
        refused.Pods.RemoveAt(2);
        refused.Events.Add(ClusterState.Event("StatefulSet", "gan-projectedgan-worker-gpu", "FailedCreate", "exceeded quota: compute"));
        AssertFails(await DoctorRun.OfAsync(refused), "pods", "gan-projectedgan-worker-gpu: exceeded quota: compute", "A quota");
    }

    [Fact]
    public async Task Doctor_OfRefusedPodsOfManyNames_TellsTheNewestReasonOfEachOwnerOnce()
    {
        const string Replicas = "gan-projectedgan-evaluator-7d9c8", Pool = "gan-projectedgan-worker-gpu";
        ClusterState state = new();
        state.Pods.RemoveRange(1, 3);
        // As the server lists them: by name, not by time.
        for (var attempt = 13; attempt > 0; attempt--)
        {
            var pod = $"{Replicas}-x{attempt:D2}";
            state.Events.Add(ClusterState.Event("ReplicaSet", Replicas, "FailedCreate", $"Error creating: pods {pod} is forbidden: {(attempt == 13 ? "no quota left" : "exceeded quota: old")}", attempt));
        }

        state.Events.Add(ClusterState.Event("StatefulSet", Pool, "FailedCreate", "exceeded quota: compute", 9));
        state.Events.Add(ClusterState.Event("StatefulSet", Pool, "FailedCreate", "must be less than or equal to cpu limit", 2));
        var result = await DoctorRun.OfAsync(state);
        AssertFails(result, "pods", "gan-projectedgan-evaluator: Error creating: pods", "no quota left");
        AssertFails(result, "pods", $"{Pool}: exceeded quota: compute");
        AssertFound(result, "verdict: 2 to mend");

        // It was created after all, and stopped for another reason.
        state.Events.Add(ClusterState.Event("StatefulSet", Pool, "SuccessfulCreate", "create Pod", 10));
        AssertFound(await DoctorRun.OfAsync(state), "verdict: 1 to mend");
    }

    [Fact]
    public async Task Doctor_OfCrashingPods_SharesALineWhateverEachSaidLast()
    {
        ClusterState state = new();
        foreach ((var place, var pod) in new[] { (1, "gan-projectedgan-worker-gpu-0"), (2, Worker) })
        {
            state.Pods[place] = ClusterState.Pod(pod, """{"waiting": {"reason": "CrashLoopBackOff"}}""", """{"terminated": {"reason": "Error", "exitCode": 1}}""", 7);
            state.Logs[pod] = $"00:0{place} no coordinator\n";
        }

        var result = await DoctorRun.OfAsync(state);
        AssertFails(result, "pods", $"gan-projectedgan-worker-gpu-0, {Worker}: ends again and again", "said last: 00:01 no coordinator");
        AssertFound(result, "verdict: 1 to mend");
    }

    [Fact]
    public async Task Doctor_OfAVolumeMountedSince_DoesNotRepeatTheOldReason()
    {
        ClusterState state = new();
        state.Pods[0] = ClusterState.Pod(Coordinator, """{"waiting": {"reason": "ContainerCreating"}}""");
        state.Events.Add(ClusterState.Event("Pod", Coordinator, "Pulling", "Pulling image pgan", 5));
        state.Events.Add(ClusterState.Event("Pod", Coordinator, "FailedMount", "secret gan-projectedgan-tls not found", 3));
        AssertFound((await DoctorRun.OfAsync(state)).Succeeded(), "starting, not ready yet");
    }

    [Theory]
    [InlineData("existing-claims", "persistentvolumeclaims", "coordinator.persistence.existingClaim: the claim 'pgan-data'", "pgan-data,datasets")]
    [InlineData("existing-claims", "persistentvolumeclaims", "coordinator.files.existingClaim: the claim 'datasets'", "pgan-data,datasets")]
    [InlineData("gpu-pools", "runtimeclasses", "workers.pools 'h200': runtimeClassName: the RuntimeClass 'nvidia'", "nvidia")]
    [InlineData("silos-postgres", "secrets", "postgres.existingSecret: the secret 'pgan-postgres'", "pgan-postgres:connection-string")]
    [InlineData("tls-secret", "secrets", "tls.existingSecret: the secret 'pgan-tls'", "pgan-tls:tls.crt:tls.key:ca.crt,pgan-tokens:tokens.yaml:worker-token:submit-token")]
    public async Task Doctor_OfObjectsThatTheValuesName_MissesThemBeforeTheInstallation(string example, string resource, string words, string objects)
    {
        var state = new ClusterState().Empty();
        state.StorageClasses.Add(ClusterState.StorageClass("local-nvme", isDefault: false));
        state.Nodes.Add(ClusterState.Node("mig", "8"));
        AssertFails(await DoctorRun.OfAsync(state, Rendering.Values(example)), "named objects", words, "does not exist (namespace research)", "Make it first");

        List<JsonObject> made = [.. objects.Split(',').Select(item => item.Split(':')).Select(item => ClusterState.Named(item[0], item[1..]))];
        (resource == "persistentvolumeclaims" ? state.Claims : state.Others[resource] = []).AddRange(made);
        var there = await DoctorRun.OfAsync(state, Rendering.Values(example));
        Assert.DoesNotContain(Lines(there), line => line.StartsWith("fail  named objects", StringComparison.Ordinal));
        AssertFound(there, "that the values name");

        state.Hidden.Add(resource);
        AssertFound(await DoctorRun.OfAsync(state, Rendering.Values(example)), "warn  named objects", "cannot be looked for");
    }

    [Fact]
    public async Task Doctor_OfNamesInEnvironmentsAndOfKeys_NamesWhatIsMissing()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("pgan-values-").FullName, "values.yaml");
        try
        {
            await File.WriteAllTextAsync(file, """
                auth: {existingSecret: mine}
                coordinator:
                  priorityClassName: urgent
                  extraEnv:
                    - {name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}
                    - {name: B, valueFrom: {secretKeyRef: {name: maybe, key: b, optional: true}}}
                serviceAccount: {create: false, name: trainer}
                """);
            var state = new ClusterState().Empty();
            state.Others["secrets"] = [ClusterState.Named("mine", "tokens.yaml", "worker-token")];
            var result = await DoctorRun.OfAsync(state, "--values", file);
            AssertFails(result, "named objects", "auth.existingSecret: the secret 'mine' lacks submit-token");
            AssertFails(result, "named objects", "coordinator: extraEnv: the ConfigMap 'settings'");
            AssertFails(result, "named objects", "coordinator: priorityClassName: the PriorityClass 'urgent'");
            AssertFails(result, "named objects", "serviceAccount.name: the service account 'trainer'");
            Assert.DoesNotContain("maybe", result.Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    [Fact]
    public async Task Doctor_OfQuotasAndLimitRanges_SaysWhichPodsTheyRefuse()
    {
        var state = new ClusterState().Empty();
        state.Others["resourcequotas"] = [ClusterState.Quota("limits.cpu", "requests.cpu", "limits.memory")];
        AssertFails(
            await DoctorRun.OfAsync(state), "quotas", "A quota bounds limits.cpu", "coordinator, workers.pools 'gpu', evaluator, test", "Set their resources.limits.cpu");

        state.Others["limitranges"] = [ClusterState.LimitRange(cpu: "2")];
        var narrow = await DoctorRun.OfAsync(state);
        AssertFails(narrow, "quotas", "A LimitRange gives containers without a limit of cpu 2, less than the 4 that these request", ": workers.pools 'gpu'.", "4 or more");
        AssertFound(narrow, "verdict: 1 to mend");

        state.Others["limitranges"] = [ClusterState.LimitRange(cpu: "4000m")];
        AssertFound((await DoctorRun.OfAsync(state)).Succeeded(), "pods are not refused");
    }

    [Fact]
    public async Task Doctor_WithoutPermissions_SaysWhichAreMissing()
    {
        var state = new ClusterState().Empty();
        state.Denied.UnionWith(["statefulsets", "secrets"]);
        state.Hidden.Add("nodes");
        var result = await DoctorRun.OfAsync(state);
        AssertFails(result, "permissions", "You may not create secrets, statefulsets in namespace research", "'edit'");
        AssertFound(result, "warn", "GPUs were not counted");
    }

    [Fact]
    public async Task Doctor_OfAnotherRelease_FindsNone() =>
        AssertFails(await DoctorRun.OfAsync(new ClusterState(), "--release", "gone"), "release", "There is no release 'gone' in namespace research");

    [Fact]
    public async Task Doctor_OfAnOldCluster_AsksForAnUpgrade() =>
        AssertFails(await DoctorRun.OfAsync(new ClusterState { Version = "v1.27.4" }), "cluster", "Kubernetes is v1.27.4", "1.30 or newer");

    [Fact]
    public async Task Doctor_WithoutALogin_SaysSo() =>
        AssertFails(await DoctorRun.OfAsync(new ClusterState { IsLoggedIn = false }), "cluster", "log in again");

    [Fact]
    public void Doctor_OfAClusterOutOfReach_RepeatsKubectlsWords() => AssertFails(DoctorRun.Against("http://127.0.0.1:1"), "cluster", "refused", "kubectl cluster-info");

    [Fact]
    public void Doctor_OfAnUnknownContext_NamesTheCommand() => AssertFails(DoctorRun.Against("http://127.0.0.1:1", "--context", "gone"), "cluster", "kubectl config get-contexts");

    [Fact]
    public void Doctor_WithoutKubectl_AsksForIt() => AssertFails(DoctorRun.With("/nowhere", "http://127.0.0.1:1"), "kubectl", "not on the PATH");

    [Fact]
    public void Doctor_OfWrongValues_NamesTheFile()
    {
        var missing = DoctorRun.Against("http://127.0.0.1:1", "--values", "gone.yaml");
        Assert.Equal(2, missing.ExitCode);
        missing.Refused("--values 'gone.yaml'");
        Tool.Pgan.Run("doctor", "--release", "gan").Refused("belong to --kubernetes");
    }

    private static string[] Lines(ToolResult result) => [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("verdict", StringComparison.Ordinal))];

    private static void AssertFound(ToolResult result, params string[] words) => Assert.All(words, word => Assert.Contains(word, result.Output, StringComparison.Ordinal));

    private static void AssertFails(ToolResult result, string subject, params string[] words)
    {
        Assert.True(result.ExitCode == 1, $"Ended with {result.ExitCode}:\n{result.Output}\n{result.Errors}");
        string[] failures = [.. Lines(result).Where(line => Failure().Match(line) is { Success: true } match && match.Groups[1].Value == subject)];
        Assert.True(failures.Any(line => words.All(word => line.Contains(word, StringComparison.Ordinal))), $"No failure of {subject} says {string.Join(" and ", words)}:\n{result.Output}\n{result.Errors}");
    }

    [GeneratedRegex(@"^fail +(\S+(?: \S+)*)(?: {2,}| (?=[A-Z]))")]
    private static partial Regex Failure();
}
