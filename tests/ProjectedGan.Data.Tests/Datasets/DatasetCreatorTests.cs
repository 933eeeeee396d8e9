using System.IO.Compression;
using System.Text;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Data.Tests.Images;
using ProjectedGan.Foundation;

namespace ProjectedGan.Data.Tests.Datasets;

public sealed class DatasetCreatorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_MixedFolder_WritesAZipThatOpensForTraining()
    {
        WriteMixedFolder();

        var created = Create("source", "out.zip", new DatasetCreateOptions { Resolution = 64 });

        Assert.Equal((4, 2), (created.Count, created.Skipped.Count));
        Assert.Equal(["broken.png", "cut.jpg"], created.Skipped.Select(skipped => skipped.Name));
        Assert.All(created.Skipped, skipped => Assert.NotEmpty(skipped.Reason));
        using var dataset = ImageDataset.Open(created.Path);
        Assert.Equal((4, 64, 0), (dataset.Count, dataset.Resolution, dataset.ClassCount));
        Assert.Equal("00000/img00000003.png", dataset.Name(3));
        using var zip = ZipFile.OpenRead(created.Path);
        Assert.All(zip.Entries, entry => Assert.Equal(entry.Length, entry.CompressedLength));
    }

    [Fact]
    public void Create_AnyThreadsAndTwice_GivesTheSameBytes()
    {
        WriteMixedFolder();
        var files = new[] { 1, 3, 3 }.Select((threads, i) =>
        {
            Create("source", $"{i}.zip", new DatasetCreateOptions { Resolution = 64, Threads = threads });
            return File.ReadAllBytes(_folder[$"{i}.zip"]);
        }).ToArray();
        Assert.Equal(files[0], files[1]);
        Assert.Equal(files[0], files[2]);
    }

    [Fact]
    public void Create_TransparentWideImage_IsLaidOnTheBackgroundThenFitted()
    {
        var image = new ImageBuffer(128, 64, 4);
        for (var i = 0; i < image.Pixels.Length; i += 4)
            image.Pixels[i + 3] = (byte)(i / 4 % 128 is >= 32 and < 96 ? 255 : 0);
        _folder.Write("source/a.png", ImageCodec.EncodePng(image));
        var red = new RgbColor(255, 0, 0);
        ImageBuffer Made(ImageFit fit) => First(new DatasetCreateOptions { Resolution = 64, Fit = fit, Background = red });

        Assert.All(Made(ImageFit.Crop).Pixels, value => Assert.Equal(0, value));
        Assert.Equal([255, 0, 0], Made(ImageFit.Letterbox).Row(0)[..3].ToArray());
        Assert.Equal([0, 0, 0], Made(ImageFit.Letterbox).Row(32).Slice(96, 3).ToArray());
        Assert.Equal([255, 0, 0], Made(ImageFit.Stretch).Row(32)[..3].ToArray());
    }

    [Fact]
    public void Create_MinimumSizeAndGrey_SkipsSmallImagesAndWritesOneChannel()
    {
        _folder.Write("source/large.png", TestImages.Png(40, 3));
        _folder.Write("source/small.png", TestImages.Png(31, 3));
        var created = Create("source", "out.zip", new DatasetCreateOptions { Resolution = 64, MinimumSize = 32, Channels = 1 });
        Assert.Equal("it is 31x31, smaller than the minimum of 32", Assert.Single(created.Skipped).Reason);
        Assert.Equal(1, Assert.Single(DatasetInspector.Inspect(created.Path, InspectionDepth.Headers, default).Kinds).Channels);
    }

    [Fact]
    public void Create_LabelsBySubFolder_NumbersFoldersInOrder()
    {
        foreach (var name in new[] { "all/dog/1.png", "all/cat/x/2.png", "all/cat/3.png" })
            _folder.Write("source/" + name, TestImages.Png(8, 3));
        var created = Create("source", "out.zip", new DatasetCreateOptions { Resolution = 64, Labels = LabelSource.SubFolder });
        Assert.Equal([new DatasetClass(0, "cat", 2), new DatasetClass(1, "dog", 1)], created.Classes);
        using var dataset = ImageDataset.Open(created.Path);
        Assert.Equal([0, 0, 1], Enumerable.Range(0, 3).Select(i => dataset.Label(i)!.Value));

        var again = Create("out.zip", "again.zip", new DatasetCreateOptions { Resolution = 128 });
        using var kept = ImageDataset.Open(again.Path);
        Assert.Equal((2, 1), (kept.ClassCount, kept.Label(2)!.Value));
        using var dropped = ImageDataset.Open(Create("out.zip", "n.zip", new DatasetCreateOptions { Resolution = 64, Labels = LabelSource.None }).Path);
        Assert.Equal(0, dropped.ClassCount);
    }

    [Fact]
    public void Create_LabelsBySubFolderWithoutFolders_Fails()
    {
        _folder.Write("source/a.png", TestImages.Png(8, 3));
        AssertError("in no class folder", () => Create("source", "o.zip", new DatasetCreateOptions { Resolution = 64, Labels = LabelSource.SubFolder }));
    }

    [Fact]
    public void Create_NumberedFolders_SortsNumbersAsNumbers()
    {
        foreach (var folder in new[] { "10", "2", "1", "class 12", "class 3" })
            _folder.Write($"source/{folder}/a.png", TestImages.Png(8, 3));
        var created = Create("source", "out.zip", new DatasetCreateOptions { Resolution = 64, Labels = LabelSource.SubFolder });
        Assert.Equal(["1", "2", "10", "class 3", "class 12"], created.Classes.Select(one => one.Name));
    }

    [Fact]
    public void Create_ClassThatLosesItsOnlyImage_IsNamedAndCountedNowhere()
    {
        foreach (var name in new[] { "cat/a.png", "cat/b.png", "zebra/d.png" })
            _folder.Write("source/" + name, TestImages.Png(8, 3));
        _folder.Write("source/dog/broken.jpg", "no image"u8.ToArray());
        var created = Create("source", "out.zip", new DatasetCreateOptions { Resolution = 64, Labels = LabelSource.SubFolder });
        Assert.Equal(["dog"], created.LostClasses);
        DatasetClass[] classes = [new(0, "cat", 2), new(1, "zebra", 1)];
        Assert.Equal(classes, created.Classes);
        Assert.Equal(classes, DatasetInspector.Inspect(created.Path, InspectionDepth.Headers, default).Classes);
        using var dataset = ImageDataset.Open(created.Path);
        Assert.Equal((2, 1), (dataset.ClassCount, dataset.Label(2)!.Value));
    }

    [Fact]
    public void Create_ExistingLabels_KeepTheirNumbersAndNames()
    {
        _folder.Write("source/a.png", TestImages.Png(8, 3));
        _folder.Write("source/b.png", "no image"u8.ToArray());
        _folder.Write("source/c.png", TestImages.Png(8, 3));
        const string Json = """{"labels": [["a.png", 0], ["b.png", 1], ["c.png", 2]], "classes": ["cat", "dog", "zebra"]}""";
        _folder.Write("source/dataset.json", Encoding.UTF8.GetBytes(Json));
        var created = Create("source", "out.zip", new DatasetCreateOptions { Resolution = 64 });
        Assert.Equal(["dog"], created.LostClasses);
        DatasetClass[] classes = [new(0, "cat", 1), new(1, "dog", 0), new(2, "zebra", 1)];
        Assert.Equal(classes, DatasetInspector.Inspect(created.Path, InspectionDepth.Headers, default).Classes);
    }

    [Fact]
    public void Create_ImagesBelowTheResolution_AreCountedAndTheSmallestIsNamed()
    {
        _folder.Write("source/large.png", TestImages.Png(64, 3));
        _folder.Write("source/line.png", ImageCodec.EncodePng(TestImages.Gradient(1, 200, 3)));
        _folder.Write("source/small.png", TestImages.Png(63, 3));
        EnlargedImages Enlarged(ImageFit fit, int resolution) =>
            Create("source", $"{fit}.zip", new DatasetCreateOptions { Resolution = resolution, Fit = fit, Mirror = true }).Enlarged;
        Assert.Equal(new EnlargedImages(2, "'line.png', 1x200"), Enlarged(ImageFit.Crop, 64));
        Assert.Equal(new EnlargedImages(2, "'line.png', 1x200"), Enlarged(ImageFit.Stretch, 64));
        Assert.Equal(new EnlargedImages(1, "'small.png', 63x63"), Enlarged(ImageFit.Letterbox, 64));
        Assert.Equal(new EnlargedImages(3, "'line.png', 1x200"), Enlarged(ImageFit.Crop, 128));
    }

    [Theory]
    [InlineData(32, false)]
    [InlineData(64, true)]
    [InlineData(1024, true)]
    [InlineData(2048, false)]
    public void Inspect_Resolution_IsReadyOnlyWhereTrainingTakesIt(int resolution, bool ready)
    {
        _folder.Write("source/a.png", TestImages.Png(resolution, 3));
        var problem = DatasetInspector.Inspect(_folder["source"], InspectionDepth.Headers, default).TrainingProblem;
        if (ready)
            Assert.Null(problem);
        else
            Assert.Contains($"are {resolution} pixels a side; training takes powers of two from 64 to 1024", problem!, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_SourceWithoutUsableImages_KeepsTheOldFile()
    {
        var old = _folder.Write("out.zip", [1, 2, 3]);
        _folder.Write("source/a.png", "broken"u8.ToArray());
        AssertError("no image could be used", () => Create("source", "out.zip", new DatasetCreateOptions { Resolution = 64 }));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(old));
        Assert.Equal(["out.zip"], Directory.GetFiles(_folder.Root).Select(Path.GetFileName));
    }

    [Fact]
    public void Create_Cancelled_KeepsTheOldFileAndLeavesNoTemporaryOne()
    {
        var old = _folder.Write("out.zip", [1, 2, 3]);
        for (var i = 0; i < 40; i++)
            _folder.Write($"source/{i}.png", TestImages.Png(8, 3));
        using var stop = new CancellationTokenSource();
        var options = new DatasetCreateOptions { Resolution = 64, Threads = 1 };
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetCreator.Create(
            new DatasetSource(_folder["source"]), old, options, progress => { if (progress.Done > 0) stop.Cancel(); }, stop.Token));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(old));
        Assert.Equal(["out.zip"], Directory.GetFiles(_folder.Root).Select(Path.GetFileName));
    }

    [Fact]
    public void Create_Progress_CountsEveryImage()
    {
        WriteMixedFolder();
        var seen = new List<DatasetProgress>();
        DatasetCreator.Create(
            new DatasetSource(_folder["source"]), _folder["o.zip"], new DatasetCreateOptions { Resolution = 64, Threads = 1 }, seen.Add, default);
        Assert.Equal(new DatasetProgress(0, 6, 0), seen[0]);
        Assert.Equal(new DatasetProgress(6, 6, 2), seen[^1]);
    }

    [Fact]
    public void Create_BadOptionsOrPaths_SaysWhich()
    {
        WriteMixedFolder();
        foreach (var resolution in new[] { 0, 32, 100, 2048 })
            AssertUsage($"Resolution {resolution} ", new DatasetCreateOptions { Resolution = resolution });
        AssertUsage("Channels 2", new DatasetCreateOptions { Resolution = 64, Channels = 2 });
        AssertUsage("Threads -1", new DatasetCreateOptions { Resolution = 64, Threads = -1 });
        AssertError("does not exist", () => Create("nowhere", "o.zip", new DatasetCreateOptions { Resolution = 64 }));
        AssertError("is a folder", () => Create("source", "source", new DatasetCreateOptions { Resolution = 64 }));
        AssertError("cannot be written", () => Create("source", "source/a.png/o.zip", new DatasetCreateOptions { Resolution = 64 }));
        AssertError("no image named 'z'", () => DatasetCreator.Create(
            DatasetSource.Named(_folder["source"], ["a", "z"]), _folder["o.zip"], new DatasetCreateOptions { Resolution = 64 }, null, default));
        AssertError("not a readable .tgz", () => Create("half.tgz", "o.zip", new DatasetCreateOptions { Resolution = 64 }));
    }

    [Fact]
    public void Inspect_MixedFolder_ReportsKindsDamageAndWhyItCannotTrain()
    {
        WriteMixedFolder();
        var report = DatasetInspector.Inspect(_folder["source"], InspectionDepth.Verify, default);
        Assert.Equal((6, 4), (report.Count, report.Decoded));
        Assert.Equal(["broken.png", "cut.jpg"], report.Damaged.Select(image => image.Name));
        Assert.Contains("'a.png' is 20x20", report.TrainingProblem, StringComparison.Ordinal);
        Assert.NotNull(report.MeanColor);
    }

    [Fact]
    public void Inspect_CreatedZip_ReportsClassesHashAndMeanColour()
    {
        _folder.Write("source/a/1.png", ImageCodec.EncodePng(Flat(10, 20, 30)));
        _folder.Write("source/b/2.png", ImageCodec.EncodePng(Flat(30, 40, 70)));
        _folder.Write("source/b/3.png", ImageCodec.EncodePng(Flat(20, 30, 50)));
        var path = Create("source", "out.zip", new DatasetCreateOptions { Resolution = 64, Labels = LabelSource.SubFolder }).Path;
        var report = DatasetInspector.Inspect(path, InspectionDepth.Headers, default);
        using var dataset = ImageDataset.Open(path);
        Assert.Equal([new DatasetClass(0, "a", 1), new DatasetClass(1, "b", 2)], report.Classes);
        Assert.Equal(dataset.Hash, report.Hash);
        Assert.Equal([20, 30, 50], report.MeanColor!);
        Assert.Equal(new ImageKind(ImageFormat.Png, 64, 64, 3, 3), Assert.Single(report.Kinds));
        Assert.Null(report.TrainingProblem);
    }

    [Fact]
    public void Inspect_VerifyZipWithChangedContent_ListsTheImage()
    {
        var path = Create("source", "out.zip", new DatasetCreateOptions { Resolution = 64 }, write: true).Path;
        var bytes = File.ReadAllBytes(path);
        // A text chunk is no pixel: only the zip's checksum notices the last byte before the first entry's end.
        var end = bytes.AsSpan().IndexOf("IEND"u8);
        bytes[end + 4] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Empty(DatasetInspector.Inspect(path, InspectionDepth.Headers, default).Damaged);
        var damaged = DatasetInspector.Inspect(path, InspectionDepth.Verify, default).Damaged;
        Assert.Equal("00000/img00000000.png", Assert.Single(damaged).Name);
    }

    private CreatedDataset Create(string source, string destination, DatasetCreateOptions options, bool write = false)
    {
        if (write)
            WriteMixedFolder();
        return DatasetCreator.Create(new DatasetSource(_folder[source]), _folder[destination], options, null, default);
    }

    private ImageBuffer First(DatasetCreateOptions options)
    {
        using var zip = ZipFile.OpenRead(Create("source", $"{options.Fit}.zip", options).Path);
        using var stream = zip.Entries[0].Open();
        var bytes = new byte[zip.Entries[0].Length];
        stream.ReadExactly(bytes);
        return ImageCodec.Decode(bytes);
    }

    private static ImageBuffer Flat(byte red, byte green, byte blue)
    {
        var image = new ImageBuffer(64, 64, 3);
        for (var i = 0; i < image.Pixels.Length; i += 3)
            (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]) = (red, green, blue);
        return image;
    }

    private void WriteMixedFolder()
    {
        _folder.Write("source/a.png", TestImages.Png(20, 3));
        _folder.Write("source/b.png", TestImages.Png(33, 4));
        _folder.Write("source/broken.png", "no image"u8.ToArray());
        _folder.Write("source/c.webp", Fixtures.ImageFixtures.File("webp lossy").File);
        _folder.Write("source/cut.jpg", Fixtures.ImageFixtures.File("jpeg grey").File[..200]);
        _folder.Write("source/d.jpg", Fixtures.ImageFixtures.File("jpeg grey").File);
        _folder.Write("source/notes.txt", [1]);
        _folder.Write("half.tgz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]);
    }

    private void AssertUsage(string expected, DatasetCreateOptions options)
    {
        var error = Assert.Throws<UsageException>(() => Create("source", "o.zip", options));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static void AssertError(string expected, Action action)
    {
        var error = Assert.Throws<DatasetException>(action);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
