using Deployment.Tests.Cluster;
using Deployment.Tests.Tools;

namespace Deployment.Tests.Doctor;

/// <summary><c>pgan doctor --kubernetes</c> with the real kubectl, against the API server of the tests.</summary>
internal static class DoctorRun
{
    public static async Task<ToolResult> OfAsync(ClusterState state, params string[] arguments)
    {
        await using var server = await ApiServer.StartAsync(state);
        return Against(server.Address, arguments);
    }

    public static ToolResult Against(string address, params string[] arguments) =>
        With(Path.GetDirectoryName(Tool.Kubectl.Path)!, address, arguments);

    /// <summary>With another folder as the PATH.</summary>
    public static ToolResult With(string programs, string address, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("pgan-doctor-").FullName;
        try
        {
            var config = Path.Combine(folder, "config");
            File.WriteAllText(config, $$$$"""
                apiVersion: v1
                kind: Config
                current-context: here
                contexts: [{name: here, context: {cluster: here, user: me, namespace: {{{{ClusterState.Space}}}}}}]
                clusters: [{name: here, cluster: {server: "{{{{address}}}}"}}]
                users: [{name: me, user: {token: secret}}]
                """);
            // kubectl keeps what a server told of its kinds, by address: another test's server may have had the same.
            var pgan = Tool.Pgan with { Environment = new Dictionary<string, string> { ["PATH"] = programs, ["KUBECONFIG"] = config, ["KUBECACHEDIR"] = Path.Combine(folder, "cache") } };
            return pgan.Run(["doctor", "--kubernetes", .. arguments]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
