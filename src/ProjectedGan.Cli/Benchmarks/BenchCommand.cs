using System.CommandLine;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary><c>pgan bench</c>: measures, beside a peer where there is one.</summary>
internal static class BenchCommand
{
    public static Command Build() => new("bench", "Measures speed, memory and learning, beside PyTorch where asked.")
    {
        BenchStepCommand.Build(),
        BenchLearningCommand.Build(),
        BenchAllreduceCommand.Build(),
        AllreduceRankCommand.Build(),
        BenchCoordinatorCommand.Build(),
    };
}
