using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes.Checks;

/// <summary>Whether the caller may make what the chart makes. Helm keeps its releases in secrets, so that those are needed in any case.</summary>
internal static class PermissionCheck
{
    private static readonly (string Group, string Resource)[] Made =
    [
        ("", "configmaps"), ("", "persistentvolumeclaims"), ("", "secrets"), ("", "serviceaccounts"), ("", "services"),
        ("apps", "deployments"), ("apps", "statefulsets"), ("networking.k8s.io", "networkpolicies"), ("policy", "poddisruptionbudgets"),
    ];

    /// <summary>The reviews to ask for, as one list.</summary>
    public static object Reviews(string @namespace) => new
    {
        ApiVersion = "v1",
        Kind = "List",
        Items = Made.Select(made => new
        {
            ApiVersion = "authorization.k8s.io/v1",
            Kind = "SelfSubjectAccessReview",
            Spec = new AccessReviewSpec(new ResourceAttributes(made.Group, made.Resource, "create", @namespace)),
        }).ToArray(),
    };

    public static Finding Judge(KubectlAnswer<IReadOnlyList<AccessReview>> answer, string @namespace)
    {
        if (answer.Error is not null)
        {
            return Finding.Odd("permissions", $"kubectl says: {answer.Error}", "What you may make was not found out.");
        }

        string[] refused = [.. answer.Value!.Where(review => review.Status?.Allowed != true).Select(review => review.Spec.ResourceAttributes.Resource)];
        return refused.Length == 0
            ? Finding.Good("permissions", $"you may install in namespace {@namespace}")
            : Finding.Bad("permissions", $"You may not create {string.Join(", ", refused)} in namespace {@namespace}", "Ask its owner for the cluster role 'edit' there ('admin' for clustering.mode kubernetes).");
    }
}
