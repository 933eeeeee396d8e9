using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Samples;

namespace ProjectedGan.Evaluation.Tests.Samples;

public class NeighbourSheetTests
{
    private const int Side = 16;

    [Fact]
    public void Compose_SixSamples_StandBesideTheirNeighbours()
    {
        ImageBuffer[] samples = [.. Enumerable.Range(0, 6).Select(i => Solid(200 + i))];
        NearImage[][] nearest = [.. Enumerable.Range(0, 6).Select(i => new NearImage[] { new(i, 1), new(i + 10, 2) })];

        var sheet = NeighbourSheet.Compose(samples, nearest, new SolidImages());

        // Four groups of three images and a gap, with aisles between; two rows.
        Assert.Equal((4 * (3 * Side + 4) + 3 * 20, 2 * Side + 4, 3), (sheet.Width, sheet.Height, sheet.Channels));
        for (var i = 0; i < 6; i++)
        {
            int left = i % 4 * (3 * Side + 24), top = i / 4 * (Side + 4);
            int[] shown = [.. new[] { 0, Side + 4, 2 * Side + 4 }.Select(x => (int)sheet.Row(top + Side - 1)[3 * (left + x)])];
            Assert.Equal([200 + i, i, i + 10], shown);
            Assert.Equal(96, sheet.Row(top)[3 * (left + Side + 1)]);
        }
    }

    private static ImageBuffer Solid(int grey)
    {
        ImageBuffer image = new(Side, Side, 3);
        image.Pixels.AsSpan().Fill((byte)grey);
        return image;
    }

    // Grey images, each as bright as its number.
    private sealed class SolidImages : IImageDataset
    {
        public int Count => 20;

        public int Resolution => Side;

        public int Channels => 1;

        public int ClassCount => 0;

        public string Hash => "";

        public string Name(int index) => "";

        public int? Label(int index) => null;

        public void Read(int index, Span<byte> planar) => planar.Fill((byte)index);

        public void Dispose()
        {
        }
    }
}
