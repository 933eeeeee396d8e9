using ProjectedGan.Data.Images;
using ProjectedGan.Data.Tests.Images;
using ProjectedGan.Networks.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Images;

public sealed class ImageTensorsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void FromBytes_ThenToBytes_GivesEveryByteBack()
    {
        var bytes = arange(256, ScalarType.Int64).to_type(ScalarType.Byte);
        var images = ImageTensors.FromBytes(bytes);
        Assert.Equal((-1f, 1f), (images[0].ToSingle(), images[255].ToSingle()));
        Assert.Equal(Enumerable.Range(0, 256).Select(i => (byte)i), ImageTensors.ToBytes(images).data<byte>().ToArray());
    }

    [Fact]
    public void ToBytes_ValuesOutOfRange_ClampAndTruncate()
    {
        var bytes = ImageTensors.ToBytes(tensor([-5f, -1.0f, -0.5f, -0.0001f, 0f, 0.0079f, 0.9f, 0.999f, 7f])).data<byte>().ToArray();
        Assert.Equal([0, 0, 64, 127, 128, 129, 242, 255, 255], bytes);
    }

    [Fact]
    public void ToImages_Batch_KeepsPlacesAndChannels()
    {
        var source = Enumerable.Range(0, 2).Select(seed => TestImages.Gradient(5, 4, 3, seed)).ToArray();
        var planar = new byte[2 * 60];
        for (var i = 0; i < 2; i++)
            PlanarPixels.FromImage(source[i].Pixels, 3, planar.AsSpan(60 * i, 60), 3);
        var bytes = tensor(planar, [2, 3, 4, 5]);

        foreach (var images in new[] { bytes, ImageTensors.FromBytes(bytes), ImageTensors.FromBytes(bytes).permute(0, 1, 3, 2).contiguous().permute(0, 1, 3, 2) })
        {
            var result = ImageTensors.ToImages(images);
            Assert.Equal(source[0].Pixels, result[0].Pixels);
            Assert.Equal(source[1].Pixels, result[1].Pixels);
        }
        var grid = SampleGrid.Compose(bytes, 1);
        Assert.Equal((5, 8), (grid.Width, grid.Height));
        Assert.Equal(source[1].Row(3).ToArray(), grid.Row(7).ToArray());
        Assert.Throws<ArgumentException>(() => ImageTensors.ToImages(zeros([3, 4, 5])));
    }
}
