using System.Globalization;
using ProjectedGan.Cli.Diagnostics.Kubernetes.Objects;

namespace ProjectedGan.Cli.Diagnostics.Kubernetes.Checks;

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
        bool isOld = server.Major == "1" && int.TryParse(server.Minor.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out int minor) && minor < OldestMinor;
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
