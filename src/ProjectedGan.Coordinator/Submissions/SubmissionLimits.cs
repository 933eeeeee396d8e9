namespace ProjectedGan.Coordinator.Submissions;

/// <summary>Bounds of a submission's texts.</summary>
internal static class SubmissionLimits
{
    /// <summary>Characters of a name and of a request's own key.</summary>
    public const int NameLength = 100;
}
