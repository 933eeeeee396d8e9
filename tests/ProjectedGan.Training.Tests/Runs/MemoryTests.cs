using ProjectedGan.Torch;
using ProjectedGan.Training.Runs;
using ProjectedGan.Training.Specification;

namespace ProjectedGan.Training.Tests.Runs;

[Collection(UndisturbedTests.Name)]
public class MemoryTests
{
    private const int WarmUpIterations = 20;
    private const int Iterations = 200;
    private const long AllowedGrowthBytes = 24L << 20;

    [Theory]
    [InlineData(LossKind.Hinge)]
    [InlineData(LossKind.Relativistic)]
    public void Run_200Iterations_DoesNotGrowResidentMemory(LossKind loss)
    {
        var spec = Tiny.Spec(iterations: WarmUpIterations + Iterations, replicaBatch: 1) with { Loss = new LossSpec { Kind = loss } };
        using var dataset = new MemoryDataset();
        using var trainer = Trainer.Create(spec, dataset, new TrainerOptions { Observer = new RecordingObserver() });
        trainer.Run(WarmUpIterations, CancellationToken.None);
        GC.Collect();
        var before = TorchRuntime.ResidentBytes();

        trainer.Run(CancellationToken.None);

        GC.Collect();
        var growth = TorchRuntime.ResidentBytes() - before;
        Assert.True(growth < AllowedGrowthBytes, $"Resident memory grew by {growth >> 20} MiB in {Iterations} iterations.");
    }
}
