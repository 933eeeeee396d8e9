namespace ProjectedGan.Cli.Diagnostics.Kubernetes;

/// <summary>What kubectl answered: objects, or its own words why not.</summary>
internal sealed record KubectlAnswer<T>(T? Value, string? Error)
    where T : class
{
    /// <summary>The caller is known, and may not ask this.</summary>
    public bool IsForbidden => Error?.Contains("(Forbidden)", StringComparison.Ordinal) == true;
}
