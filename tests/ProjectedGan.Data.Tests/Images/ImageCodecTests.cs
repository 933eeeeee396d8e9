using ProjectedGan.Data.Images;
using ProjectedGan.Data.Tests.Fixtures;

namespace ProjectedGan.Data.Tests.Images;

public class ImageCodecTests
{
    public static TheoryData<string> FileNames => [.. ImageFixtures.Files.Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(FileNames))]
    public void Decode_FileOfEveryKind_GivesTheReferencePixels(string name)
    {
        var expected = ImageFixtures.File(name);

        var info = ImageCodec.Probe(expected.File);
        var image = ImageCodec.Decode(expected.File);

        Assert.Equal((expected.Width, expected.Height, expected.Channels), (info.Width, info.Height, info.Channels));
        Assert.Equal((expected.Orientation, expected.Frames), (info.Orientation, info.Frames));
        Assert.Equal((expected.Width, expected.Height, expected.Channels), (image.Width, image.Height, image.Channels));
        var worst = image.Pixels.Zip(expected.Pixels, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= expected.Tolerance, $"A pixel differs by {worst}.");
    }

    [Theory]
    [MemberData(nameof(FileNames))]
    public void TryProbe_Prefix_AsksForMoreUntilTheHeaderIsWhole(string name)
    {
        var file = ImageFixtures.File(name);
        var whole = ImageCodec.Probe(file.File);
        var known = 0;
        for (var length = 12; length <= file.File.Length; length++)
        {
            if (!ImageCodec.TryProbe(file.File.AsSpan(0, length), out var info))
                continue;
            known++;
            Assert.Equal(whole with { Frames = 1 }, info with { Frames = 1 });
        }
        Assert.True(known > 0);
    }

    [Theory]
    [MemberData(nameof(FileNames))]
    public void Decode_TruncatedFile_ThrowsAndNeverReturnsHalfAnImage(string name)
    {
        var file = ImageFixtures.File(name).File;
        // Up to the half of every file there are certainly pixels missing.
        for (var length = 0; length < file.Length / 2; length++)
            Assert.Throws<ImageException>(() => ImageCodec.Decode(file.AsSpan(0, length)));
    }

    [Fact]
    public void Decode_MutatedFiles_NeverCrashesAndFailsByException()
    {
        var random = new Random(20211101);
        var failures = 0;
        foreach (var fixture in ImageFixtures.Files)
        {
            for (var round = 0; round < 150; round++)
            {
                var file = (byte[])fixture.File.Clone();
                for (var change = random.Next(1, 6); change > 0; change--)
                    Mutate(file, random);
                try
                {
                    var image = ImageCodec.Decode(file.AsSpan(0, random.Next(4) == 0 ? random.Next(file.Length) : file.Length));
                    Assert.Equal(image.Width * image.Height * image.Channels, image.Pixels.Length);
                }
                catch (ImageException error)
                {
                    failures++;
                    Assert.NotEmpty(error.Message);
                }
            }
        }
        Assert.True(failures > 1000, $"Only {failures} mutations were noticed.");
    }

    [Theory]
    [InlineData(20000, 20000)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(0, 5)]
    public void Decode_HeaderClaimingTooManyPixels_IsRefused(int width, int height)
    {
        var file = (byte[])ImageFixtures.File("png colour 2 depth 8").File.Clone();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);

        Assert.Throws<ImageException>(() => ImageCodec.Decode(file));
        var error = Assert.Throws<ImageException>(() => ImageCodec.Probe(file));
        Assert.Contains($"{width}x{height}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Probe_OtherFile_SaysThatItIsNoImage()
    {
        var error = Assert.Throws<ImageException>(() => ImageCodec.Probe("GIF89a, which is not read"u8));
        Assert.Contains("no PNG, JPEG or WebP", error.Message, StringComparison.Ordinal);
        Assert.Throws<ImageException>(() => ImageCodec.Probe([]));
    }

    [Theory]
    [InlineData(1, PngEffort.Stored)]
    [InlineData(2, PngEffort.Fast)]
    [InlineData(3, PngEffort.Stored)]
    [InlineData(3, PngEffort.Fast)]
    [InlineData(4, PngEffort.Small)]
    public void EncodePng_ThenDecode_GivesTheSamePixels(int channels, PngEffort effort)
    {
        var image = TestImages.Gradient(19, 31, channels);

        var decoded = ImageCodec.Decode(ImageCodec.EncodePng(image, effort));

        Assert.Equal((19, 31, channels), (decoded.Width, decoded.Height, decoded.Channels));
        Assert.Equal(image.Pixels, decoded.Pixels);
    }

    [Fact]
    public void EncodePng_LessEffort_GivesLargerFiles()
    {
        var image = TestImages.Gradient(64, 64, 3);
        var sizes = new[] { PngEffort.Stored, PngEffort.Fast, PngEffort.Small }.Select(effort => ImageCodec.EncodePng(image, effort).Length);
        Assert.Equal(sizes.OrderDescending(), sizes);
    }

    [Fact]
    public void EncodeLosslessWebp_ThenDecode_GivesTheSamePixels()
    {
        var image = TestImages.Gradient(33, 17, 4);
        Assert.Equal(image.Pixels, ImageCodec.Decode(ImageCodec.EncodeLosslessWebp(image)).Pixels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void EncodeWebp_Lossy_StaysClose(int channels)
    {
        var image = new ImageBuffer(48, 48, channels);
        for (var i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(60 + i / channels % 48 * 2 + i / channels / 48);

        var decoded = ImageCodec.Decode(ImageCodec.EncodeWebp(image, 95));

        var expected = ImageTransforms.WithChannels(image, 3).Pixels;
        Assert.True(decoded.Pixels.Zip(expected, (a, b) => Math.Abs(a - b)).Average() < 3);
    }

    [Fact]
    public void EncodeWebp_QualityOutOfRange_Throws() =>
        Assert.Throws<ImageException>(() => ImageCodec.EncodeWebp(TestImages.Gradient(8, 8, 3), 101));

    [Fact]
    public void EncodeAnimatedWebp_Frames_AreCountedAndTheFirstDecodes()
    {
        var frames = Enumerable.Range(0, 5).Select(seed => TestImages.Gradient(24, 16, 3, seed)).ToArray();

        var file = ImageCodec.EncodeAnimatedWebp(frames, TimeSpan.FromMilliseconds(40), 90);

        Assert.Equal(new ImageInfo(ImageFormat.WebP, 24, 16, 4, 1, 5), ImageCodec.Probe(file));
        var first = ImageTransforms.Composite(ImageCodec.Decode(file), RgbColor.White);
        Assert.True(first.Pixels.Zip(frames[0].Pixels, (a, b) => Math.Abs(a - b)).Average() < 12);
    }

    [Fact]
    public void EncodeAnimatedWebp_FramesOfTwoSizesOrNone_Throws()
    {
        ImageBuffer[] mixed = [TestImages.Gradient(8, 8, 3), TestImages.Gradient(9, 8, 3)];
        var error = Assert.Throws<ImageException>(() => ImageCodec.EncodeAnimatedWebp(mixed, TimeSpan.FromMilliseconds(40)));
        Assert.Contains("one size", error.Message, StringComparison.Ordinal);
        Assert.Throws<ImageException>(() => ImageCodec.EncodeAnimatedWebp([], TimeSpan.FromMilliseconds(40)));
    }

    [Fact]
    public void Decode_ManyTimes_DoesNotGrowMemory()
    {
        var good = ImageCodec.EncodePng(TestImages.Gradient(256, 256, 3));
        var bad = good.AsSpan(0, good.Length / 2).ToArray();
        void Round()
        {
            for (var i = 0; i < 200; i++)
            {
                DecodedImage.Decode(good).Dispose();
                Assert.Throws<ImageException>(() => DecodedImage.Decode(bad));
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

    private static void Mutate(byte[] file, Random random)
    {
        var at = random.Next(file.Length);
        switch (random.Next(3))
        {
            case 0:
                file[at] = (byte)random.Next(256);
                break;
            case 1:
                file[at] ^= (byte)(1 << random.Next(8));
                break;
            default:
                file.AsSpan(at, Math.Min(4, file.Length - at)).Fill((byte)(random.Next(2) * 255));
                break;
        }
    }
}
