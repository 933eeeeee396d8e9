using System.Globalization;
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

/// <summary>Whether the cluster answers, and is new enough.</summary>
internal static class ConnectionCheck
{
    private const int OldestMinor = 30;

    public static Finding Judge(KubectlAnswer<VersionAnswer> answer)
    {
        if (answer.Error is not null || answer.Value?.ServerVersion is not { } server)
        {
            return Bad(answer.Error ?? "The server told no version");
        }

        // Providers append a sign: "30+".
        var isOld = server.Major == "1" && int.TryParse(server.Minor.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var minor) && minor < OldestMinor;
        return isOld
            ? Finding.Bad("cluster", $"Kubernetes is {server.GitVersion}", $"The chart needs 1.{OldestMinor} or newer: upgrade the cluster.")
            : Finding.Good("cluster", $"Kubernetes {server.GitVersion}, kubectl {answer.Value.ClientVersion?.GitVersion ?? "of unknown version"}");
    }

    /// <summary>The cluster does not answer this caller at all.</summary>
    public static Finding Bad(string error) => Finding.Bad("cluster", $"kubectl says: {error}", Remedy(error));

    private static string Remedy(string error)
    {
        bool Says(params string[] words) => words.Any(word => error.Contains(word, StringComparison.OrdinalIgnoreCase));
        if (Says("localhost:8080"))
        {
            return "No kubeconfig names a cluster: set KUBECONFIG, or log in with your provider's tool.";
        }

        if (Says("context") && Says("does not exist", "not found", "no context"))
        {
            return "'kubectl config get-contexts' lists the contexts there are.";
        }

        return Says("Unauthorized", "logged in", "credentials", "expired")
            ? "Your login is missing or has expired: log in again, until 'kubectl auth whoami' answers."
            : "Check the address in the kubeconfig, VPN and proxy, until 'kubectl cluster-info' answers.";
    }
}
