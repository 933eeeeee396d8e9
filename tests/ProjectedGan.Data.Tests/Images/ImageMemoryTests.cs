using ProjectedGan.Data.Images;

namespace ProjectedGan.Data.Tests.Images;

/// <summary>Measures the whole process, so that no other test may run beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[Collection(Name)]
public class ImageMemoryTests
{
    private const string Name = "undisturbed";

    [Fact]
    public void Decode_ManyTimes_DoesNotGrowMemory()
    {
        var good = ImageCodec.EncodePng(TestImages.Gradient(256, 256, 3));
        var bad = good.AsSpan(0, good.Length / 2).ToArray();
        var pixels = new byte[256 * 256 * 3];
        void Round()
        {
            for (var i = 0; i < 200; i++)
            {
                ImageCodec.DecodeStored(good, _ => pixels);
                Assert.Throws<ImageException>(() => ImageCodec.DecodeStored(bad, _ => pixels));
            }
        }
        Round();
        GC.Collect();
        var before = Environment.WorkingSet;
        Round();
        Round();
        GC.Collect();
        // 400 leaked images would be 75 MiB.
        Assert.True(Environment.WorkingSet - before < 40 << 20, $"The process grew by {(Environment.WorkingSet - before) >> 20} MiB.");
    }
}
