using ProjectedGan.Data.Datasets;
using ProjectedGan.Specification;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Training.Tests.Runs;

/// <summary>Runs on a part of their data set.</summary>
[Trait("Speed", "Slow")]
public class SubsetTests
{
    [Fact]
    public void Run_OnSomeImages_IsTheRunOnADatasetOfThoseAlone()
    {
        var spec = Tiny.Spec(replicas: 2, iterations: 2);
        var part = spec with { Data = spec.Data with { Images = 5, Mirror = true } };
        using var subset = new SubsetDataset(new MemoryDataset(), 5, spec.Seed);

        Assert.Equal(Hash(part with { Data = part.Data with { Images = 0 } }, subset), Hash(part, new MemoryDataset()));
        Assert.NotEqual(Hash(spec, new MemoryDataset()), Hash(spec with { Data = spec.Data with { Images = 5 } }, new MemoryDataset()));
    }

    [Fact]
    public void Create_MoreImagesThanThereAre_SaysHowMany()
    {
        var spec = Tiny.Spec();
        using var dataset = new MemoryDataset();

        var error = Assert.Throws<SpecException>(() => Trainer.Create(spec with { Data = spec.Data with { Images = 12 } }, dataset));

        Assert.Contains("data.images is 12, but 'memory' has 11 images; use at most 11, or 0 for all.", error.Message, StringComparison.Ordinal);
    }

    private static string Hash(TrainingSpec spec, IImageDataset dataset)
    {
        using var trainer = Trainer.Create(spec, dataset);
        trainer.Run(CancellationToken.None);
        return trainer.StateHash();
    }
}
