namespace ProjectedGan.Coordinator.Storage;

/// <summary>
/// The tables of one feature, as the steps that made them: step n brings version n-1 to version n. Steps are only ever added. A
/// database remembers the version of each feature by <paramref name="Name"/>.
/// </summary>
/// <param name="Name">One word.</param>
/// <param name="Steps">SQL for each version; {bytes} stands for the dialect's type of binary data.</param>
public sealed record SqlSchema(string Name, IReadOnlyList<string> Steps);
