namespace ProjectedGan.Specification;

/// <summary>One thing that is wrong with a spec.</summary>
/// <param name="Path">The setting's name.</param>
/// <param name="Message">A sentence with the value found, what is allowed and what to do.</param>
public sealed record SpecProblem(string Path, string Message);
