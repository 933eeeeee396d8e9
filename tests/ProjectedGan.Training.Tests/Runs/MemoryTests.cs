using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Training.Tests.Runs;

[Collection(UndisturbedTests.Name)]
[Trait("Speed", "Slow")]
public class MemoryTests
{
    private const int WarmUpIterations = 20;
    private const int Iterations = 200;
    private const long AllowedGrowthBytes = 24L << 20;

    [Theory]
    [InlineData(DiscriminatorKind.Projected, LossKind.Hinge)]
    [InlineData(DiscriminatorKind.Projected, LossKind.Relativistic)]
    [InlineData(DiscriminatorKind.StyleGan2, LossKind.NonSaturating)]
    [InlineData(DiscriminatorKind.FastGan, LossKind.Hinge)]
    public void Run_200Iterations_DoesNotGrowResidentMemory(DiscriminatorKind kind, LossKind loss)
    {
        const int All = WarmUpIterations + Iterations;
        var spec = kind switch
        {
            DiscriminatorKind.StyleGan2 => Tiny.StyleGan2(iterations: All, replicaBatch: 1),
            DiscriminatorKind.FastGan => Tiny.FastGan(iterations: All, replicaBatch: 1),
            _ => Tiny.Spec(iterations: All, replicaBatch: 1) with { Loss = new LossSpec { Kind = loss } },
        };
        Assert.Equal(loss, spec.Loss.Kind);
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
