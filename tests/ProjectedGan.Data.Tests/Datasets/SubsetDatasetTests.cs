using ProjectedGan.Data.Datasets;

namespace ProjectedGan.Data.Tests.Datasets;

public sealed class SubsetDatasetTests : IDisposable
{
    private const int Images = 20;
    private readonly TemporaryFolder _folder = new();
    private readonly string _zip;

    public SubsetDatasetTests() => _zip = TestZips.Write(_folder["d.zip"], [.. TestZips.Images(Images), TestZips.Labels(
        $$"""{"labels": [{{string.Join(", ", Enumerable.Range(0, Images).Select(i => $"[\"{TestZips.Name(i)}\", {i}]"))}}]}""")]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Subset_HasImagesOfTheDatasetWithTheirLabelsInItsOrder()
    {
        using var whole = ImageDataset.Open(_zip);
        using var part = Open(7, seed: 3);

        Assert.Equal((7, 8, 3, Images), (part.Count, part.Resolution, part.Channels, part.ClassCount));
        var labels = Enumerable.Range(0, 7).Select(i => part.Label(i)!.Value).ToList();
        Assert.Equal(labels.Distinct().Order(), labels);
        for (var i = 0; i < 7; i++)
        {
            Assert.Equal(TestZips.Name(labels[i]), part.Name(i));
            Assert.Equal(Read(whole, labels[i]), Read(part, i));
        }
    }

    [Fact]
    public void Subset_OfASeed_IsPartOfALargerOneAndOtherSeedsHaveOthers()
    {
        Assert.Equal(Names(5, 3), Names(5, 3));
        Assert.Subset(Names(12, 3), Names(5, 3));
        Assert.NotEqual(Names(5, 3), Names(5, 4));
        Assert.Equal(Images, Names(Images, 3).Count);
    }

    [Fact]
    public void Hash_OfAnotherPart_IsAnother()
    {
        using var whole = ImageDataset.Open(_zip);
        string[] hashes = [whole.Hash, .. new[] { Open(5, 3), Open(6, 3), Open(5, 4), Open(Images, 3) }.Select(part =>
        {
            using (part)
            {
                return part.Hash;
            }
        })];

        Assert.Equal(5, hashes.Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Images + 1)]
    public void Subset_OfNoneOrMoreThanAll_IsRefused(int count)
    {
        using var whole = ImageDataset.Open(_zip);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SubsetDataset(whole, count, 3));
    }

    private SubsetDataset Open(int count, long seed) => new(ImageDataset.Open(_zip), count, seed);

    private HashSet<string> Names(int count, long seed)
    {
        using var part = Open(count, seed);
        return [.. Enumerable.Range(0, count).Select(part.Name)];
    }

    private static byte[] Read(IImageDataset dataset, int index)
    {
        var planar = new byte[3 * 8 * 8];
        dataset.Read(index, planar);
        return planar;
    }
}
