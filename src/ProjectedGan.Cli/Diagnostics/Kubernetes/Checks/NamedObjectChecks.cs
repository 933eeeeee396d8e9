using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes.Checks;

/// <summary>Objects that the values name: a pod that misses one is refused or never starts.</summary>
internal static class NamedObjectChecks
{
    private const string Subject = "named objects";

    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["secrets"] = "secret",
        ["configmaps"] = "ConfigMap",
        ["persistentvolumeclaims"] = "claim",
        ["serviceaccounts"] = "service account",
        ["runtimeclasses.node.k8s.io"] = "RuntimeClass",
        ["priorityclasses.scheduling.k8s.io"] = "PriorityClass",
    };

    public static IEnumerable<Finding> Judge(IReadOnlyList<(NamedObject Named, KubectlAnswer<IReadOnlyList<KeyedObject>> Answer)> all, string @namespace)
    {
        int found = 0;
        foreach ((NamedObject named, KubectlAnswer<IReadOnlyList<KeyedObject>> answer) in all)
        {
            if (Judge(named, answer, @namespace) is { } trouble)
            {
                yield return trouble;
            }
            else
            {
                found++;
            }
        }

        if (found > 0)
        {
            yield return Finding.Good(Subject, $"{found} that the values name {(found == 1 ? "is" : "are")} there");
        }
    }

    private static Finding? Judge(NamedObject named, KubectlAnswer<IReadOnlyList<KeyedObject>> answer, string @namespace)
    {
        string what = $"{named.Fields}: the {Kinds[named.Resource]} '{named.Name}'";
        if (answer.Error is { } error)
        {
            return Finding.Odd(Subject, $"{what} cannot be looked for: {error}", "Ask somebody who may whether it is there.");
        }

        if (answer.Value is not [{ } item, ..])
        {
            return Finding.Bad(Subject, $"{what} does not exist (namespace {@namespace})", "Make it first, or correct the value.");
        }

        string[] missing = [.. named.Keys.Where(key => item.Data?.ContainsKey(key) != true && item.BinaryData?.ContainsKey(key) != true)];
        return missing.Length == 0 ? null : Finding.Bad(Subject, $"{what} lacks {string.Join(", ", missing)}", "Make it anew with these keys, or correct the value.");
    }
}
