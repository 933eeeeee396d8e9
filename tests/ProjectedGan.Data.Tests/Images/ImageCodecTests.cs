using ProjectedGan.Data.Images;
using ProjectedGan.Data.Tests.Fixtures;

namespace ProjectedGan.Data.Tests.Images;

[Trait("Speed", "Slow")]
public class ImageCodecTests
{
    public static TheoryData<string> FileNames => [.. ImageFixtures.Files.Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(FileNames))]
    public void Decode_FileOfEveryKind_GivesTheReferencePixelsUpright(string name)
    {
        var expected = ImageFixtures.File(name);

        var info = ImageCodec.Probe(expected.File);
        var image = ImageCodec.Decode(expected.File);

        var stored = expected.Turned ? (expected.Height, expected.Width) : (expected.Width, expected.Height);
        Assert.Equal((stored, expected.Channels, expected.Frames), ((info.Width, info.Height), info.Channels, info.Frames));
        Assert.Equal((expected.Width, expected.Height, expected.Channels), (image.Width, image.Height, image.Channels));
        // Every format is exact but lossy AVIF and what passes a colour profile, whose rounding differs by 1.
        var worst = image.Pixels.Zip(expected.Pixels, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= expected.Tolerance, $"A pixel differs by {worst}.");
        Assert.True(expected.Tolerance <= (name.StartsWith("avif", StringComparison.Ordinal) || name.Contains("wide profile", StringComparison.Ordinal) ? 1 : 0));
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
        Assert.Equal(whole.Format is ImageFormat.Png or ImageFormat.Jpeg, known > 0);
    }

    [Theory]
    [MemberData(nameof(FileNames))]
    public void Decode_TruncatedFile_ThrowsAndNeverReturnsHalfAnImage(string name)
    {
        var fixture = ImageFixtures.File(name);
        var whole = ImageCodec.Decode(fixture.File).Pixels;
        for (var length = 0; length < fixture.File.Length; length += 1 + length / 64)
        {
            try
            {
                Assert.Equal(whole, ImageCodec.Decode(fixture.File.AsSpan(0, length)).Pixels);
                // Where there is one frame only, some of its pixels are certainly missing up to the half.
                Assert.True(length > fixture.File.Length / 2 || fixture.Frames > 1);
            }
            catch (ImageException error)
            {
                Assert.NotEmpty(error.Message);
            }
        }
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

    [Fact]
    public void Decode_JpegWithBytesBetweenSegments_IsReadAndWithDamageIsNot()
    {
        var jpeg = ImageFixtures.File("jpeg large 420");
        byte[] padded = [.. jpeg.File[..20], 9, 9, .. jpeg.File[20..]];
        Assert.Equal(jpeg.Pixels, ImageCodec.Decode(padded).Pixels);

        // The end's marker in the middle of the pixels.
        var damaged = (byte[])jpeg.File.Clone();
        (damaged[^60], damaged[^59]) = (0xFF, 0xD9);
        var error = Assert.Throws<ImageException>(() => ImageCodec.Decode(damaged));
        Assert.StartsWith("its JPEG data is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_DamagedFilesSideBySide_NamesEachOnesOwnDamage()
    {
        byte[][] files = [.. new[] { "png colour 2 depth 8", "jpeg large 420", "webp lossy large", "gif", "tiff rgb tiff_lzw", "avif 444" }
            .Select(name => ImageFixtures.File(name).File).Select(file => file[..(file.Length * 2 / 3)])];
        var alone = Array.ConvertAll(files, file => Assert.Throws<ImageException>(() => ImageCodec.Decode(file)).Message);
        Parallel.For(0, 400, i => Assert.Equal(
            alone[i % files.Length], Assert.Throws<ImageException>(() => ImageCodec.Decode(files[i % files.Length])).Message));
        Assert.Equal(files.Length, alone.Distinct().Count());
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

    // Where a header's width and height stand, 16 bits each.
    [Theory]
    [InlineData("jpeg baseline 420", 0xFFC0, true)]
    [InlineData("jpeg large low quality progressive", 0xFFC2, true)]
    [InlineData("gif", 6, false)]
    [InlineData("tiff rgb None", 0x0100, false)]
    public void Decode_BombOfAnyFormat_IsRefusedByItsHeader(string name, int place, bool bigEndian)
    {
        var file = (byte[])ImageFixtures.File(name).File.Clone();
        if (bigEndian)
        {
            var frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[(byte)(place >> 8), (byte)place]);
            file.AsSpan(frame + 5, 4).Fill(0xF0);
        }
        else if (place == 6)
        {
            // The canvas, and the first frame on it behind its place.
            file.AsSpan(6, 4).Fill(0xF0);
            file.AsSpan(file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x2C, 0, 0, 0, 0]) + 5, 4).Fill(0xF0);
        }
        else
        {
            // Tags 0x0100 and 0x0101: type, count, then the value.
            var entry = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x00, 0x01, 0x03, 0x00]);
            entry = entry < 0 ? file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x00, 0x01, 0x04, 0x00]) : entry;
            file.AsSpan(entry + 8, 2).Fill(0xF0);
            file.AsSpan(entry + 20, 2).Fill(0xF0);
        }
        var error = Assert.Throws<ImageException>(() => ImageCodec.Decode(file));
        Assert.Contains("more than the limit of 100 million", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Probe_OtherFile_SaysThatItIsNoImage()
    {
        var error = Assert.Throws<ImageException>(() => ImageCodec.Probe("BM, a bitmap, which is not read"u8));
        Assert.Contains("no PNG, JPEG, WebP, GIF, TIFF or AVIF", error.Message, StringComparison.Ordinal);
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

        Assert.True(PngChunks.ArePlain(ImageCodec.EncodePng(image, effort)));
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
    public void EncodeAnimatedWebp_Frames_AreCountedAndTheFirstDecodes()
    {
        var frames = Enumerable.Range(0, 5).Select(seed => TestImages.Gradient(24, 16, 3, seed)).ToArray();

        var file = ImageCodec.EncodeAnimatedWebp(frames, TimeSpan.FromMilliseconds(40), 90);

        var info = ImageCodec.Probe(file);
        Assert.Equal((ImageFormat.WebP, 24, 16, 5), (info.Format, info.Width, info.Height, info.Frames));
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
