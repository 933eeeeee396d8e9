namespace Deployment.Tests.Chart;

/// <summary>Wrong values are refused before anything is rendered, in words that name the value's place.</summary>
public sealed class SchemaTests
{
    [Theory]
    [InlineData("coordinator.replicas=3", "/coordinator", "additional properties 'replicas' not allowed")]
    [InlineData("colour=red", "additional properties 'colour' not allowed")]
    [InlineData("clustering.mode=etcd", "/clustering/mode", "'none', 'postgres', 'kubernetes'")]
    [InlineData("workers.pools[0].device=rocm,workers.pools[0].name=a", "/workers/pools/0/device", "'cpu', 'cuda'")]
    [InlineData("workers.pools[0].name=a", "/workers/pools/0", "missing property 'device'")]
    [InlineData("workers.pools[0].name=GPU,workers.pools[0].device=cuda", "/workers/pools/0/name", "pattern")]
    [InlineData("workers.terminationGracePeriodSeconds=10", "/workers/terminationGracePeriodSeconds", "minimum")]
    [InlineData("coordinator.lease=fast", "/coordinator/lease", "pattern")]
    [InlineData("coordinator.persistence.size=lots", "/coordinator/persistence/size", "pattern")]
    [InlineData("image.digests.cpu=latest", "/image/digests/cpu", "pattern")]
    [InlineData("evaluator.resources.limits.memory=16GB", "/evaluator/resources/limits/memory", "pattern")]
    public void Template_WithAWrongValue_NamesIt(string assignment, params string[] words) => Rendering.Template("--set", assignment).Refused(words);

    [Theory]
    [InlineData("clustering.mode=postgres", "postgres.existingSecret is empty")]
    [InlineData("clustering.mode=postgres,coordinator.persistence.enabled=false,postgres.existingSecret=a", "several coordinators need one shared volume")]
    [InlineData("tls.enabled=true", "give tls.existingSecret, or let cert-manager make one")]
    [InlineData("tls.enabled=true,tls.existingSecret=a,tls.certManager.enabled=true", "give one of them")]
    [InlineData("tls.requireClientCertificate=true", "need tls.enabled: true")]
    [InlineData("clustering.mode=kubernetes,postgres.existingSecret=a,serviceAccount.create=false", "serviceAccount.create is false: name the account")]
    [InlineData("auth.enabled=false", "auth.allowAnonymous: true if the network itself is closed")]
    [InlineData("tls.enabled=true,tls.existingSecret=a,workers.advertise=ip", "certificates vouch for names")]
    [InlineData("workers.pools[0].name=a,workers.pools[0].device=cpu,workers.pools[1].name=a,workers.pools[1].device=cpu", "two pools named 'a'")]
    [InlineData("workers.pools[0].name=a,workers.pools[0].device=cpu,workers.pools[0].autoscaling.kind=hpa", "'a': a HorizontalPodAutoscaler keeps at least one pod")]
    [InlineData("workers.pools[0].name=a,workers.pools[0].device=cpu,workers.pools[0].autoscaling.kind=keda", "'a': autoscaling.kind is keda: give autoscaling.prometheusAddress")]
    [InlineData("workers.pools[0].name=a,workers.pools[0].device=cpu,workers.pools[0].gpuResource=nvidia.com/gpu", "'a': gpuResource is 'nvidia.com/gpu', and device is cpu")]
    public void Template_WithValuesThatNeedEachOther_SaysSo(string assignments, string words) => Rendering.Template("--set", assignments).Refused("problem(s) in the values", words);

    [Fact]
    public void Template_WithSeveralProblems_TellsAllAtOnce() =>
        Rendering.Template("--set", "auth.enabled=false,tls.enabled=true").Refused("2 problem(s)", "auth.enabled is false", "tls.enabled is true");
}
