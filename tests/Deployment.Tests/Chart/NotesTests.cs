using Deployment.Tests.Tools;

namespace Deployment.Tests.Chart;

/// <summary>What Helm prints after an installation.</summary>
[Trait("Speed", "Slow")]
public sealed class NotesTests
{
    [Theory]
    [InlineData(Rendering.Defaults, "helm test gan --namespace research --timeout 900s", "service/gan-projectedgan-coordinator 7400:7400", "secret gan-projectedgan-tokens", "Pool gpu asks for nvidia.com/gpu", "Calls are not encrypted", "7401:7401", "http://localhost:7401", "read-token")]
    [InlineData("tls-cert-manager", "coordinator 7400:443", "PGAN_COORDINATOR=https://localhost:7400", "secret gan-projectedgan-tls", "PGAN_TLS_CERT=", "https://localhost:7400 through")]
    [InlineData("trial-cpu", "The coordinator's data is in an emptyDir")]
    [InlineData("closed-network", "Nobody is asked for a token", "http://localhost:7401")]
    public void Notes_OfAnExample_SayWhatToDo(string name, params string[] words)
    {
        var notes = Notes(Rendering.Values(name));
        Assert.All(words, word => Assert.Contains(word, notes, StringComparison.Ordinal));
    }

    [Fact]
    public void Notes_OfAClosedLoadBalancer_NameTheNetworkPolicy() =>
        Assert.Contains("name the others in networkPolicy.clients", Notes("--set", "coordinator.service.type=LoadBalancer"), StringComparison.Ordinal);

    private static string Notes(params string[] arguments)
    {
        var output = Tool.Helm.Run(["install", "gan", Rendering.Chart, "--namespace", "research", "--dry-run=client", .. arguments]).Succeeded().Output;
        return output[output.IndexOf("\nNOTES:", StringComparison.Ordinal)..];
    }
}
