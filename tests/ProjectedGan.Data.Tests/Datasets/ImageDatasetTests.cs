using System.IO.Compression;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Data.Tests.Fixtures;
using ProjectedGan.Data.Tests.Images;

namespace ProjectedGan.Data.Tests.Datasets;

[Trait("Speed", "Slow")]
public sealed class ImageDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void Open_LabelledZip_ReadsImagesAndLabelsInOrderOfNames(CompressionLevel level)
    {
        var entries = TestZips.Images(3);
        entries.Reverse();
        entries.Add(TestZips.Labels(
            """{"labels": [["00000/img00000002.png", 4], ["00000/img00000000.png", 1], ["00000/img00000001.png", 0]]}"""));
        using var dataset = ImageDataset.Open(TestZips.Write(_folder["d.zip"], entries, level));

        Assert.Equal((3, 8, 3, 5), (dataset.Count, dataset.Resolution, dataset.Channels, dataset.ClassCount));
        Assert.Equal([1, 0, 4], Enumerable.Range(0, 3).Select(i => dataset.Label(i)!.Value));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(TestZips.Name(i), dataset.Name(i));
            Assert.Equal(TestImages.Gradient(8, 8, 3, i).Pixels, Read(dataset, i).Pixels);
        }
    }

    [Fact]
    public void Open_ZipWithNullLabels_HasNoClasses()
    {
        using var dataset = ImageDataset.Open(TestZips.Write(_folder["d.zip"], [.. TestZips.Images(2), TestZips.Labels("""{"labels": null}""")]));
        Assert.Equal(0, dataset.ClassCount);
        Assert.Null(dataset.Label(1));
    }

    [Fact]
    public void Open_ZipAndItsFolder_ShareHashAndPixels()
    {
        var entries = TestZips.Images(4);
        foreach (var (name, content) in entries)
            _folder.Write("images/" + name, content);
        using var zip = ImageDataset.Open(TestZips.Write(_folder["d.zip"], entries));
        using var folder = ImageDataset.Open(_folder["images"]);

        Assert.IsType<FolderDataset>(folder);
        Assert.Equal(zip.Hash, folder.Hash);
        Assert.Equal(64, zip.Hash.Length);
        Assert.Equal(Read(zip, 3).Pixels, Read(folder, 3).Pixels);
    }

    [Fact]
    public void Hash_ChangeOfPixelNameOrLabel_IsAnotherHash()
    {
        string Hash(string file, IEnumerable<(string, byte[])> entries)
        {
            using var dataset = ImageDataset.Open(TestZips.Write(_folder[file], entries));
            return dataset.Hash;
        }
        var images = TestZips.Images(2);
        var hashes = new[]
        {
            Hash("a.zip", images),
            Hash("b.zip", [images[0], ("00000/img00000001.png", TestImages.Png(8, 3, 9))]),
            Hash("c.zip", [images[0], ("00000/other.png", images[1].Content)]),
            Hash("d.zip", [.. images, TestZips.Labels("""{"labels": [["00000/img00000000.png", 0], ["00000/img00000001.png", 1]]}""")]),
            Hash("e.zip", [.. images, TestZips.Labels("""{"labels": [["00000/img00000000.png", 0], ["00000/img00000001.png", 0]]}""")]),
        };
        Assert.Equal(5, hashes.Distinct().Count());
        Assert.Equal(hashes[0], Hash("f.zip", Enumerable.Reverse(images)));
    }

    [Fact]
    public void Hash_PlainPngFiles_IsUnderRuleOneAndAnyOtherSetUnderRuleTwo()
    {
        string Expected(int rule, params (string Name, byte[] Content)[] entries) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            $"pgan dataset {rule}\n" + string.Concat(entries.Select(entry => $"{entry.Name}\0{entry.Content.Length}\0{Crc32.HashToUInt32(entry.Content):x8}\0-\n")))));
        string Hash(string file, params (string Name, byte[] Content)[] entries)
        {
            var path = TestZips.Write(_folder[file], entries);
            return DatasetInspector.Inspect(path, InspectionDepth.Headers, default).Hash;
        }
        var plain = ("a.png", TestImages.Png(8, 3));
        Assert.Equal(Expected(1, plain), Hash("plain.zip", plain));
        foreach (var name in new[] { "jpeg grey", "webp lossy", "png with a wide profile", "png orientation 3", "tiff L" })
        {
            (string, byte[]) other = ($"b.{name.Split(' ')[0]}", ImageFixtures.File(name).File);
            Assert.Equal(Expected(2, plain, other), Hash($"{name}.zip", plain, other));
        }
    }

    [Fact]
    public void Hash_FileThatVanished_NamesIt()
    {
        _folder.Write("h/a.png", TestImages.Png(8, 3));
        var gone = _folder.Write("h/b.png", TestImages.Png(8, 3));
        using var dataset = ImageDataset.Open(_folder["h"]);
        File.Delete(gone);
        var error = Assert.Throws<DatasetException>(() => dataset.Hash);
        Assert.Contains("'b.png' cannot be read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GreyImages_ExpandOrStay()
    {
        _folder.Write("g/a.png", TestImages.Png(4, 1));
        _folder.Write("g/b.png", TestImages.Png(4, 3));
        using var rgb = ImageDataset.Open(_folder["g"]);
        using var grey = ImageDataset.Open(_folder["g"], new DatasetOptions { Channels = 1 });
        Assert.Equal(ImageTransforms.WithChannels(TestImages.Gradient(4, 4, 1), 3).Pixels, Read(rgb, 0).Pixels);
        Assert.Equal(TestImages.Gradient(4, 4, 1).Pixels, Read(grey, 0).Pixels);
        Assert.Equal(ImageTransforms.WithChannels(TestImages.Gradient(4, 4, 3), 1).Pixels, Read(grey, 1).Pixels);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8 * 8 * 3 * 2)]
    [InlineData(1 << 20)]
    public void Read_AnyCacheSize_GivesTheSamePixelsFromManyThreads(int cacheBytes)
    {
        using var dataset = ImageDataset.Open(TestZips.Write(_folder["d.zip"], TestZips.Images(5)), new DatasetOptions { CacheBytes = cacheBytes });
        Parallel.For(0, 200, i => Assert.Equal(TestImages.Gradient(8, 8, 3, i % 5).Pixels, Read(dataset, i % 5).Pixels));
    }

    [Fact]
    public void Mirror_Dataset_DoublesItWithFlippedImages()
    {
        using var plain = ImageDataset.Open(TestZips.Write(_folder["d.zip"], TestZips.Images(3)));
        using var mirrored = new MirroredDataset(plain);
        Assert.Equal(6, mirrored.Count);
        Assert.Equal(Read(plain, 2).Pixels, Read(mirrored, 2).Pixels);
        Assert.Equal(ImageTransforms.FlipHorizontally(Read(plain, 2)).Pixels, Read(mirrored, 5).Pixels);
        Assert.NotEqual(plain.Hash, mirrored.Hash);
    }

    [Fact]
    public void Open_MoreEntriesThanZip32Holds_ReadsThemAll()
    {
        var png = TestImages.Png(8, 1);
        var path = TestZips.Write(_folder["large.zip"], Enumerable.Range(0, 66_000).Select(i => ($"{i:D6}.png", png)));
        using var dataset = ImageDataset.Open(path);
        Assert.Equal(66_000, dataset.Count);
        Assert.Equal("065999.png", dataset.Name(65_999));
        Assert.Equal(Read(dataset, 0).Pixels, Read(dataset, 65_999).Pixels);
    }

    [Fact]
    public void Open_UnfitImages_NamesFileProblemAndRemedy()
    {
        AssertFails("size.zip", "'b.png' is 16x16 where the first is 8x8", ("a.png", TestImages.Png(8, 3)), ("b.png", TestImages.Png(16, 3)));
        AssertFails("square.zip", "'a.png' is 8x4", ("a.png", ImageCodec.EncodePng(TestImages.Gradient(8, 4, 3))));
        AssertFails("power.zip", "'a.png' is 12x12", ("a.png", TestImages.Png(12, 3)));
        AssertFails("alpha.zip", "'b.png' has an alpha channel", ("a.png", TestImages.Png(8, 3)), ("b.png", TestImages.Png(8, 4)));
        AssertFails("text.zip", "'a.png' cannot be read", ("a.png", "not an image"u8.ToArray()));
        AssertFails("cut.zip", "'b.png' cannot be read", ("a.png", TestImages.Png(8, 3)), ("b.png", TestImages.Png(8, 3)[..20]));
    }

    [Fact]
    public void Open_MissingEmptyOrDamaged_SaysWhich()
    {
        AssertError("does not exist", () => ImageDataset.Open(_folder["nothing.zip"]));
        AssertError("holds no PNG", () => ImageDataset.Open(TestZips.Write(_folder["empty.zip"], [("readme.txt", [1, 2, 3])])));
        Directory.CreateDirectory(_folder["empty"]);
        AssertError("holds no PNG", () => ImageDataset.Open(_folder["empty"]));
        AssertError("not a readable zip", () => ImageDataset.Open(_folder.Write("text.zip", Encoding.ASCII.GetBytes(new string('x', 3000)))));
        AssertError("not a readable zip", () => ImageDataset.Open(_folder.Write("zero.zip", [])));
        var whole = File.ReadAllBytes(TestZips.Write(_folder["whole.zip"], TestZips.Images(20)));
        AssertError("not a readable zip", () => ImageDataset.Open(_folder.Write("cut.zip", whole[..(whole.Length / 2)])));
        // The end of a zip whose beginning is lost: the directory is there, the entries are not.
        AssertError("zip", () => ImageDataset.Open(_folder.Write("tail.zip", whole[(whole.Length / 2)..])));
        AssertError("Channels is 2", () => ImageDataset.Open(_folder["whole.zip"], new DatasetOptions { Channels = 2 }));
    }

    [Fact]
    public void Read_DamagedPixels_NamesTheImage()
    {
        var entries = TestZips.Images(2);
        var png = entries[1].Content;
        png[^20] ^= 0x55;
        using var dataset = ImageDataset.Open(TestZips.Write(_folder["d.zip"], entries));
        var error = Assert.Throws<DatasetException>(() => Read(dataset, 1));
        Assert.Contains("d.zip': image '00000/img00000001.png' cannot be decoded", error.Message, StringComparison.Ordinal);
        Read(dataset, 0);
    }

    [Theory]
    [InlineData("""{"labels": [["00000/img00000000.png", 0]]}""", "no label for '00000/img00000001.png'")]
    [InlineData("""{"labels": [["elsewhere.png", 0]]}""", "labels 'elsewhere.png', which is not in the dataset")]
    [InlineData("""{"labels": [["00000/img00000000.png", -1]]}""", "the label -1")]
    [InlineData("""{"labels": [["00000/img00000000.png", [0.5, 1]]]}""", "the label [0.5, 1]")]
    [InlineData("""{"labels": {"a": 1}}""", """has the labels {"a": 1}; expected is {"labels": [["a.png", 0], …]}""")]
    [InlineData("""{"labels": [3]}""", "the entry 3")]
    [InlineData("""[["00000/img00000000.png", 0]]""", """is [["00000/img00000000.png", 0]]; expected is {"labels": [["a.png", 0], …]}""")]
    [InlineData("""{"labels": [[""", """no JSON from line 1, byte 14 on; expected is {"labels": [["a.png", 0], …]}""")]
    [InlineData("""{"labels": [["00000/img00000000.png", 0],]}""", """no JSON from line 1, byte 42 on; expected is {"labels": [["a.png", 0], …]}""")]
    [InlineData("", """is empty; expected is {"labels": [["a.png", 0], …]}""")]
    [InlineData("""{"labels": [["\ud800.png", 0]]}""", """expected is {"labels": [["a.png", 0], …]}""")]
    [InlineData("""{"labels": [["00000/img00000000.png", 0], ["00000/img00000000.png", 1]]}""", "labels '00000/img00000000.png' twice, as 0 and as 1")]
    [InlineData("""{"labels": [["./00000/img00000000.png", 0]]}""", "labels './00000/img00000000.png', which is not in the dataset, but '00000/img00000000.png' is; write")]
    [InlineData("""{"labels": [["00000/IMG00000000.png", 0]]}""", "but '00000/img00000000.png' is; write")]
    public void Open_UnfitLabels_SaysWhatIsWrong(string json, string expected)
    {
        var path = TestZips.Write(_folder["d.zip"], [.. TestZips.Images(2), TestZips.Labels(json)]);
        AssertError(expected, () => ImageDataset.Open(path));
    }

    [Theory]
    [InlineData("caf\u00e9.png", "cafe\u0301.png")]
    [InlineData("\ud55c.png", "\u1112\u1161\u11ab.png")]
    public void Open_LabelInAnotherNormalForm_NamesTheImageThatIsMeant(string image, string label)
    {
        var path = TestZips.Write(_folder["d.zip"], [(image, TestImages.Png(8, 3)), TestZips.Labels($$"""{"labels": [["{{label}}", 0]]}""")]);
        AssertError($"but '{image}' is; write names as they stand there: without './', in the same case", () => ImageDataset.Open(path));
    }

    [Fact]
    public void Open_LabelFileOfOtherEncodings_ReadsUtf8WithAMarkAndRefusesUtf16()
    {
        const string Json = """{"labels": [["00000/img00000000.png", 0], ["00000/img00000001.png", 2]]}""";
        string Write(string file, Encoding encoding) =>
            TestZips.Write(_folder[file], [.. TestZips.Images(2), ("dataset.json", [.. encoding.Preamble, .. encoding.GetBytes(Json)])]);
        using var marked = ImageDataset.Open(Write("utf8.zip", Encoding.UTF8));
        Assert.Equal(3, marked.ClassCount);
        AssertError("""is in UTF-16; expected is {"labels": [["a.png", 0], …]}""", () => ImageDataset.Open(Write("le.zip", Encoding.Unicode)));
        AssertError("is in UTF-16", () => ImageDataset.Open(Write("big.zip", Encoding.BigEndianUnicode)));
    }

    [Fact]
    public void Open_ZipOfZeros_IsRefusedByItsDirectory()
    {
        var ok = ("a.png", TestImages.Png(64, 3));
        var bomb = new byte[100 << 20];
        ok.Item2.CopyTo(bomb, 0);
        void AssertRefused(string expected, params (string, byte[])[] entries) =>
            AssertError(expected, () => ImageDataset.Open(TestZips.Write(_folder[$"{Guid.NewGuid()}.zip"], entries, CompressionLevel.Fastest)));

        AssertRefused("'b.png' has 104,857,600 bytes; training takes", ok, ("b.png", bomb));
        AssertRefused("'b.png' has 5,242,880 bytes for 64x64 pixels; training takes up to 4,325,376", ok, ("b.png", bomb[..(5 << 20)]));
        AssertRefused("dataset.json has 104,857,600 bytes for 1 images", ok, ("dataset.json", bomb));
    }

    [Fact]
    public void Open_MutatedZips_FailByDomainErrorOnly()
    {
        var whole = File.ReadAllBytes(TestZips.Write(_folder["whole.zip"], TestZips.Images(3)));
        var random = new Random(5);
        var failures = 0;
        for (var round = 0; round < 400; round++)
        {
            var file = (byte[])whole.Clone();
            // Half of the rounds hit the directory at the end.
            var at = round % 2 == 0 ? random.Next(file.Length) : file.Length - 1 - random.Next(300);
            file[at] = (byte)random.Next(256);
            try
            {
                using var dataset = ImageDataset.Open(_folder.Write("mutated.zip", file));
                for (var i = 0; i < dataset.Count; i++)
                    Read(dataset, i);
            }
            catch (DatasetException)
            {
                failures++;
            }
        }
        Assert.True(failures > 50);
    }

    private static ImageBuffer Read(IImageDataset dataset, int index)
    {
        var planar = new byte[dataset.Channels * dataset.Resolution * dataset.Resolution];
        dataset.Read(index, planar);
        return PlanarPixels.ToImage(planar, dataset.Channels, dataset.Resolution, dataset.Resolution);
    }

    private void AssertFails(string file, string expected, params (string, byte[])[] entries)
    {
        var path = TestZips.Write(_folder[file], entries);
        AssertError(expected, () => ImageDataset.Open(path));
        AssertError("pgan dataset create", () => ImageDataset.Open(path));
    }

    private static void AssertError(string expected, Func<ImageDataset> open)
    {
        var error = Assert.Throws<DatasetException>(() => open().Dispose());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
