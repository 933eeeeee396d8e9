using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.Tests.Fakes;
using ProjectedGan.Foundation;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Extraction;

public sealed class GeneratedImagesTests
{
    [Fact]
    public void Batches_AnySize_GiveTheSameImages()
    {
        using LinearGenerator generator = new(classes: 3);
        NoiseDataset labels = new(count: 9, classes: 3);
        var whole = Collect(new GeneratedImages(generator, 20, seed: 4, labels), 20);

        Assert.Equal(20 * 3 * 64, whole.Length);
        Assert.Equal(whole, Collect(new GeneratedImages(generator, 20, seed: 4, labels), 7));
        Assert.Equal(whole, Collect(new GeneratedImages(generator, 20, seed: 4, labels), 1));
        Assert.NotEqual(whole, Collect(new GeneratedImages(generator, 20, seed: 5, labels), 20));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Batches_NotFinite_Throw(float value)
    {
        using LinearGenerator generator = new();
        using (no_grad())
        {
            generator.parameters().First().fill_(value);
        }

        Assert.Contains("diverged", Assert.Throws<EvaluationException>(() => Collect(new GeneratedImages(generator, 5, seed: 4), 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_LeaveTheGlobalGeneratorAlone()
    {
        using LinearGenerator generator = new();
        using var scope = NewDisposeScope();
        manual_seed(7);
        var expected = rand([4]).data<float>().ToArray();
        manual_seed(7);
        Collect(new GeneratedImages(generator, 5, seed: 4), 2);

        Assert.Equal(expected, rand([4]).data<float>().ToArray());
    }

    [Fact]
    public void Labels_AreDrawnAsOftenAsTheyOccur()
    {
        using LinearGenerator generator = new(classes: 4);
        Collect(new GeneratedImages(generator, 800, seed: 1, new NoiseDataset(count: 40, classes: 4)), 100);

        Assert.All(generator.Labels.CountBy(label => label), pair => Assert.InRange(pair.Value, 150, 250));
        Assert.Equal(4, generator.Labels.Distinct().Count());
    }

    [Fact]
    public void Constructor_TrainingMode_IsRefused()
    {
        using LinearGenerator generator = new();
        generator.train();
        Assert.Contains("eval()", Assert.Throws<InvalidOperationException>(() => new GeneratedImages(generator, 5, 0)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "has 4 classes, and the data set has no labels")]
    [InlineData(5, "has labels of 5 classes, more than the generator's 4")]
    public void Constructor_LabelsDoNotFit_NamesBoth(int classes, string expected)
    {
        using LinearGenerator generator = new(classes: 4);
        var error = Assert.Throws<UsageException>(() => new GeneratedImages(generator, 5, 0, new NoiseDataset(5, classes: classes)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_OfFewerClassesThanTheGenerators_AreThoseThatExist()
    {
        using LinearGenerator generator = new(classes: 4);
        Collect(new GeneratedImages(generator, 100, seed: 1, new NoiseDataset(count: 40, classes: 2)), 10);
        Assert.Equal([0, 1], generator.Labels.Distinct().Order());
    }

    [Fact]
    public void Batches_DivergedGenerator_SaysSo()
    {
        using LinearGenerator generator = new(gain: float.NaN);
        Assert.Contains("diverged", Assert.Throws<EvaluationException>(() => Collect(new GeneratedImages(generator, 5, 0), 5)).Message, StringComparison.Ordinal);
    }

    internal static byte[] Collect(IImageBatches source, int batch)
    {
        List<byte> bytes = [];
        foreach (var images in source.Batches(batch, CancellationToken.None))
        {
            using (images)
            {
                bytes.AddRange(images.contiguous().data<byte>().ToArray());
            }
        }

        return [.. bytes];
    }
}
