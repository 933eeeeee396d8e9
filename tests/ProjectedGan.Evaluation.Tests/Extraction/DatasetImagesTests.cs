using ProjectedGan.Evaluation.Distances;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.Tests.Fakes;

namespace ProjectedGan.Evaluation.Tests.Extraction;

public sealed class DatasetImagesTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(64, 2)]
    public void Batches_AnySizeAndThreads_KeepTheOrder(int batch, int threads)
    {
        NoiseDataset dataset = new(50);
        var expected = new byte[50 * 192];
        for (var i = 0; i < 50; i++)
        {
            dataset.Read(i, expected.AsSpan(i * 192, 192));
        }

        Assert.Equal(expected, GeneratedImagesTests.Collect(new DatasetImages(dataset, threads), batch));
    }

    [Fact]
    public void Batches_DamagedImage_ThrowsItsError()
    {
        NoiseDataset dataset = new(50) { Damaged = 33 };
        var error = Assert.Throws<EvaluationException>(() => GeneratedImagesTests.Collect(new DatasetImages(dataset), 8));
        Assert.Equal("image 33 is damaged", error.Message);
    }

    [Fact]
    public void Batches_LeftEarly_StopReading()
    {
        NoiseDataset dataset = new(100_000);
        foreach (var images in new DatasetImages(dataset, 1).Batches(10, CancellationToken.None))
        {
            images.Dispose();
            break;
        }

        var reads = dataset.Reads;
        Assert.InRange(reads, 10, 1000);
        Assert.Equal(reads, dataset.Reads);
    }

    [Fact]
    public void Constructor_EmptyDataset_Throws() => Assert.Throws<EvaluationException>(() => new DatasetImages(new NoiseDataset(0)));
}
