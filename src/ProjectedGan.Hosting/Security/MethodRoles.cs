namespace ProjectedGan.Hosting.Security;

/// <summary>Which roles may call which method.</summary>
internal static class MethodRoles
{
    private static readonly HashSet<string> Reading = ["Get", "List", "Watch", "GetResult", "Download", "GetSampleImage", "ListNodes"];

    /// <summary>Whether anybody may call it: load balancers know no tokens.</summary>
    public static bool IsOpen(string method) => method.StartsWith("/grpc.health.", StringComparison.Ordinal);

    /// <param name="method">/package.Service/Method. Unknown services are for nobody.</param>
    /// <param name="role">The caller's role.</param>
    public static bool Allows(string method, Role role)
    {
        string[] parts = method.Split('/');
        return parts.Length == 3 && parts[1] switch
        {
            "pgan.v1.Experiments" => role == Role.Submit || (role == Role.Read && Reading.Contains(parts[2])),
            "pgan.v1.Artifacts" => parts[2] != "Upload" || role is Role.Submit or Role.Worker,
            "pgan.v1.Cluster" => role == Role.Worker,
            "grpc.reflection.v1.ServerReflection" or "grpc.reflection.v1alpha.ServerReflection" => true,
            var service => service.StartsWith("pgan.v1.", StringComparison.Ordinal) && role == Role.Worker,
        };
    }
}
