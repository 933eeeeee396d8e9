namespace ProjectedGan.Coordination.Experiments;

/// <summary>The stored form of a submission: kept apart, for it is the large part and never changes.</summary>
[GenerateSerializer]
public sealed class StoredSubmission
{
    [Id(0)]
    public ExperimentSubmission? Submission { get; set; }
}
