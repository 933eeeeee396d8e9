using YamlDotNet.RepresentationModel;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes;

/// <summary>The objects that values name and the chart does not make.</summary>
internal static class ChartNames
{
    private const string Secrets = "secrets", ConfigMaps = "configmaps", Claims = "persistentvolumeclaims";

    public static IReadOnlyList<NamedObject> Of(YamlNode values) =>
    [
        .. Release(values).Concat(ChartContainers.Components(values).SelectMany(component => Pod(component.Field, component.Values)))
            .Where(named => named.Name.Length > 0)
            .GroupBy(named => (named.Resource, named.Name))
            .Select(group => new NamedObject(
                group.Key.Resource, group.Key.Name, string.Join(", ", group.Select(named => named.Fields).Distinct()), [.. group.SelectMany(named => named.Keys).Distinct()])),
    ];

    private static IEnumerable<NamedObject> Release(YamlNode values)
    {
        foreach (YamlNode secret in values.Items("image", "pullSecrets"))
        {
            yield return new NamedObject(Secrets, secret.Text(), "image.pullSecrets", []);
        }

        if (values.Text("clustering", "mode") != "none")
        {
            yield return new NamedObject(Secrets, values.Text("postgres", "existingSecret"), "postgres.existingSecret", [values.Text("postgres", "key")]);
        }

        if (values.Is("auth", "enabled"))
        {
            yield return new NamedObject(Secrets, values.Text("auth", "existingSecret"), "auth.existingSecret", ["tokens.yaml", "worker-token", "submit-token"]);
        }

        if (values.Is("tls", "enabled") && !values.Is("tls", "certManager", "enabled"))
        {
            yield return new NamedObject(Secrets, values.Text("tls", "existingSecret"), "tls.existingSecret", ["tls.crt", "tls.key", "ca.crt"]);
        }

        if (values.Is("coordinator", "persistence", "enabled"))
        {
            yield return new NamedObject(Claims, values.Text("coordinator", "persistence", "existingClaim"), "coordinator.persistence.existingClaim", []);
        }

        yield return new NamedObject(Claims, values.Text("coordinator", "files", "existingClaim"), "coordinator.files.existingClaim", []);
        if (!values.Is("serviceAccount", "create"))
        {
            yield return new NamedObject("serviceaccounts", values.Text("serviceAccount", "name"), "serviceAccount.name", []);
        }
    }

    private static IEnumerable<NamedObject> Pod(string field, YamlNode? values)
    {
        yield return new NamedObject("runtimeclasses.node.k8s.io", values.Text("runtimeClassName"), $"{field}: runtimeClassName", []);
        yield return new NamedObject("priorityclasses.scheduling.k8s.io", values.Text("priorityClassName"), $"{field}: priorityClassName", []);
        foreach (YamlNode variable in values.Items("extraEnv"))
        {
            foreach ((string kind, string resource) in new[] { ("secretKeyRef", Secrets), ("configMapKeyRef", ConfigMaps) })
            {
                if (variable.At("valueFrom", kind) is { } reference && !reference.Is("optional"))
                {
                    yield return new NamedObject(resource, reference.Text("name"), $"{field}: extraEnv", [reference.Text("key")]);
                }
            }
        }
    }
}
