namespace ProjectedGan.Cli.Runs;

/// <summary>Why a session ended.</summary>
internal enum SessionEnd
{
    /// <summary>All images of the spec were shown.</summary>
    Complete,

    /// <summary>The clock ran out.</summary>
    BudgetUsed,

    /// <summary>Ctrl-C or a termination signal.</summary>
    Interrupted,
}
