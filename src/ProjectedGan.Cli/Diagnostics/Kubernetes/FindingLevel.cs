namespace ProjectedGan.Cli.Diagnostics.Kubernetes;

/// <summary>How a finding counts.</summary>
internal enum FindingLevel
{
    Ok,

    /// <summary>It works without, or may mend itself.</summary>
    Warn,

    /// <summary>It does not work.</summary>
    Fail,
}
