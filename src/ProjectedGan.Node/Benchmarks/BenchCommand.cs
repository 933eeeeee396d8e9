using System.CommandLine;

namespace ProjectedGan.Node.Benchmarks;

/// <summary><c>pgan bench</c>: measures, beside a peer where there is one.</summary>
internal static class BenchCommand
{
    public static Command Build() => new("bench", "Measures speed and memory, beside PyTorch where asked.")
    {
        BenchStepCommand.Build(),
        BenchAllreduceCommand.Build(),
        AllreduceRankCommand.Build(),
        BenchCoordinatorCommand.Build(),
    };
}
