namespace ProjectedGan.Hosting.Security;

/// <summary>What a caller may do.</summary>
public enum Role
{
    /// <summary>Look at experiments, their results and the nodes.</summary>
    Read,

    /// <summary>All that readers may, and submit, steer and upload.</summary>
    Submit,

    /// <summary>Be a worker or an evaluator, and exchange with other workers.</summary>
    Worker,
}
