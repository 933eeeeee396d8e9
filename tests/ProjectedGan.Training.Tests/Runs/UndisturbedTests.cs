namespace ProjectedGan.Training.Tests.Runs;

/// <summary>Tests that measure the whole process, so that no other test may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class UndisturbedTests
{
    public const string Name = "undisturbed";
}
