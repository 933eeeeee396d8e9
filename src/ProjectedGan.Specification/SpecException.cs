using ProjectedGan.Foundation;

namespace ProjectedGan.Specification;

/// <summary>A spec is unusable. The message lists every problem, one a line.</summary>
public sealed class SpecException : UsageException
{
    /// <param name="where">What was read, for example a file's name.</param>
    /// <param name="problems">At least one problem.</param>
    public SpecException(string where, IReadOnlyList<SpecProblem> problems)
        : base(Describe(where, problems)) => Problems = problems;

    public IReadOnlyList<SpecProblem> Problems { get; }

    private static string Describe(string where, IReadOnlyList<SpecProblem> problems) =>
        problems.Count == 1
            ? $"{where}: {problems[0].Message}"
            : $"{where}: {problems.Count} problems:\n" + string.Join('\n', problems.Select(problem => "  " + problem.Message));
}

/// <summary>One thing that is wrong with a spec.</summary>
/// <param name="Path">The setting's name.</param>
/// <param name="Message">A sentence with the value found, what is allowed and what to do.</param>
public sealed record SpecProblem(string Path, string Message);
