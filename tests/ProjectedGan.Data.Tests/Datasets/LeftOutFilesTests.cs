using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Tests.Fixtures;
using ProjectedGan.Data.Tests.Images;

namespace ProjectedGan.Data.Tests.Datasets;

/// <summary>Which files of a folder, a zip and a package are images, and what is said of the others.</summary>
public sealed class LeftOutFilesTests : IDisposable
{
    private static readonly string[] HiddenNames =
    [
        ".git/x.png", "set/.ipynb_checkpoints/a-checkpoint.png", "set/__MACOSX/x.png", "__MACOSX/._a.png",
        "@eaDir/a.png/SYNOPHOTO_THUMB_S.png", "set/._a.png", ".DS_Store", "Thumbs.db", "set/desktop.ini",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("folder")]
    [InlineData("zip")]
    [InlineData("tgz")]
    public void Open_HiddenFilesAndFolders_AreLeftOutAndCounted(string container)
    {
        using var source = Open(container, [.. HiddenNames.Append("set/a.png").Select(name => (name, TestImages.Png(8, 3)))]);

        Assert.Equal(["set/a.png"], source.Names);
        Assert.Equal("left out 9 files: 9 hidden", source.LeftOut.Summary);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("zip")]
    [InlineData("tgz")]
    public void Open_OtherTypes_AreCountedAndNamesWithoutExtensionReadByTheirContent(string container)
    {
        var jpeg = ImageFixtures.File("jpeg grey").File;
        using var source = Open(
            container,
            ("a.jpg", jpeg), ("b.JFIF", jpeg), ("c.jpe", jpeg), ("d", TestImages.Png(8, 3)), ("e", ImageFixtures.File("webp lossy").File),
            ("f.bmp", [1]), ("g.BMP", [1]), ("h.txt", [1]), ("LICENSE", "no image at all"u8.ToArray()), ("short", [1]),
            ("i.not so short an end", [1]), ("dataset.json", "{}"u8.ToArray()), ("sub/dataset.json", "{}"u8.ToArray()));

        Assert.Equal(["a.jpg", "b.JFIF", "c.jpe", "d", "e"], source.Names);
        Assert.Equal("left out 7 files: 2 .bmp, 2 without extension, 1 .json, 1 .txt, 1 of other types", source.LeftOut.Summary);
    }

    [Fact]
    public void Open_NothingButOtherTypes_SaysWhatThereIs()
    {
        _folder.Write("only/a.bmp", [1]);
        _folder.Write("only/b.heic", [1]);
        _folder.Write("only/.c.png", [1]);
        const string Expected = "only' holds no PNG, JPEG, WebP, GIF, TIFF or AVIF image; left out 3 files: 1 .bmp, 1 .heic, 1 hidden.";
        Assert.All(
            new Action[]
            {
                () => ImageDataset.Open(_folder["only"]),
                () => DatasetInspector.Inspect(_folder["only"], InspectionDepth.Headers, default),
                () => Create("only"),
            },
            action => Assert.EndsWith(Expected, Assert.Throws<DatasetException>(action).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Open_ManyTypes_NamesTheMostFrequent()
    {
        var others = Enumerable.Range(0, 40).Select(i => ($"{i}.x{i % 20}", new byte[] { 1 }));
        using var source = Open("zip", [("a.png", TestImages.Png(8, 3)), .. others]);
        Assert.Equal("left out 40 files: 2 .x0, 2 .x1, 2 .x10, 2 .x11, 2 .x12, 2 .x13, 28 more", source.LeftOut.Summary);
    }

    [Fact]
    public void Create_LabelsBySubFolderWithHiddenFolders_MakesNoClassesOfThem()
    {
        foreach (var name in new[] { ".ipynb_checkpoints/a-checkpoint.png", "__MACOSX/._a.png", "cat/a.png", "dog/b.png" })
            _folder.Write("source/" + name, TestImages.Png(8, 3));
        var created = Create("source", LabelSource.SubFolder);
        Assert.Equal([new DatasetClass(0, "cat", 1), new DatasetClass(1, "dog", 1)], created.Classes);
        Assert.Equal("left out 2 files: 2 hidden", created.LeftOut.Summary);
    }

    [Fact]
    public void Open_NamesThatAreNotUtf8_AreNamedAndTheRestIsRead()
    {
        var ok = _folder.Write("source/a.png", TestImages.Png(8, 3));
        _folder.Write("source/\uFFFD.png", TestImages.Png(8, 3));
        Shell($"cp {ok} \"$(printf '{_folder["source"]}/bad\\xe9.png')\" && mkdir \"$(printf '{_folder["source"]}/worse\\xe9')\"");

        try
        {
            using var dataset = ImageDataset.Open(_folder["source"]);
            Assert.Equal(2, dataset.Count);
            string[] expected = ["bad\uFFFD.png", "worse\uFFFD"];
            Assert.Equal(expected, dataset.LeftOut.Unreadable.Select(file => file.Name).Order(StringComparer.Ordinal));
            Assert.Contains("the data set: left out 'bad\uFFFD.png': its name is not UTF-8; rename it.", dataset.LeftOut.Sentences());
            var created = Create("source");
            Assert.Equal(2, created.Count);
            Assert.Equal(expected, created.Skipped.Select(image => image.Name));
            var report = DatasetInspector.Inspect(_folder["source"], InspectionDepth.Headers, default);
            Assert.Equal(expected, report.Damaged.Select(image => image.Name).Order(StringComparer.Ordinal));
        }
        finally
        {
            // The framework cannot name them to delete them either.
            Shell($"rm -r {_folder["source"]}");
        }
    }

    [Fact]
    public void Create_PipesAndEmptyFiles_AreSkippedAndHoldNobodyUp()
    {
        _folder.Write("source/a.png", TestImages.Png(8, 3));
        _folder.Write("source/empty.png", []);
        Shell($"mkfifo {_folder["source"]}/pipe.png {_folder["source"]}/pipe");

        var created = Create("source");

        Assert.Equal(["empty.png", "pipe.png"], created.Skipped.Select(image => image.Name));
        Assert.All(created.Skipped, image => Assert.Contains("is empty or no regular file", image.Reason, StringComparison.Ordinal));
        AssertError("is empty or no regular file", () => ImageSources.Open(_folder["source/pipe"]));
    }

    [Fact]
    public void Open_Links_AreReadAsTheirFiles()
    {
        _folder.Write("elsewhere/a.png", TestImages.Png(8, 3));
        _folder.Write("same/b.png", TestImages.Png(8, 3));
        _folder.Write("same/cat/a.png", TestImages.Png(8, 3));
        Directory.CreateDirectory(_folder["source"]);
        Directory.CreateSymbolicLink(_folder["source/cat"], _folder["elsewhere"]);
        File.CreateSymbolicLink(_folder["source/b.png"], _folder["elsewhere/a.png"]);
        using var linked = ImageDataset.Open(_folder["source"]);
        using var same = ImageDataset.Open(_folder["same"]);
        Assert.Equal((2, same.Hash), (linked.Count, linked.Hash));

        File.CreateSymbolicLink(_folder["source/nowhere.png"], _folder["nothing"]);
        File.CreateSymbolicLink(_folder["source/circle.png"], _folder["source/circle.png"]);
        using var broken = ImageSources.Open(_folder["source"]);
        Assert.Equal(["b.png", "cat/a.png", "circle.png", "nowhere.png"], broken.Names);
        AssertError("'circle.png' is empty or no regular file", () => broken.Read(2));
        AssertError("'nowhere.png' is empty or no regular file", () => broken.Read(3));
    }

    [Fact]
    public void Open_LinkToAFolderAroundIt_IsLeftOutAndNamed()
    {
        _folder.Write("source/cat/a.png", TestImages.Png(8, 3));
        _folder.Write("elsewhere/b.png", TestImages.Png(8, 3));
        Directory.CreateSymbolicLink(_folder["source/cat/up"], "..");
        Directory.CreateSymbolicLink(_folder["source/other"], _folder["elsewhere"]);
        Directory.CreateSymbolicLink(_folder["elsewhere/self"], ".");

        using var source = ImageSources.Open(_folder["source"]);

        Assert.Equal(["cat/a.png", "other/b.png"], source.Names);
        Assert.Equal(["cat/up", "other/self"], source.LeftOut.Unreadable.Select(link => link.Name).Order());
    }

    [Fact]
    public void Open_LinksToFoldersAboveOrToEachOther_AreLeftOutAndNamed()
    {
        _folder.Write("x/set/a.png", TestImages.Png(8, 3));
        _folder.Write("x/beside/no.png", TestImages.Png(8, 3));
        _folder.Write("y/deep/b.png", TestImages.Png(8, 3));
        _folder.Write("z/deep/c.png", TestImages.Png(8, 3));
        Directory.CreateSymbolicLink(_folder["alias"], _folder["x"]);
        // Above the set, on a way that is itself a link; and two that lead to each other's parents.
        Directory.CreateSymbolicLink(_folder["x/set/up"], "..");
        Directory.CreateSymbolicLink(_folder["x/set/again"], _folder["alias/set"]);
        Directory.CreateSymbolicLink(_folder["x/set/far"], _folder["y/deep"]);
        Directory.CreateSymbolicLink(_folder["y/deep/other"], _folder["z"]);
        Directory.CreateSymbolicLink(_folder["z/deep/back"], _folder["y"]);

        using var source = ImageSources.Open(_folder["alias/set"]);

        Assert.Equal(["a.png", "far/b.png", "far/other/deep/c.png"], source.Names);
        Assert.Equal(
            ["again", "far/other/deep/back/deep", "up"], source.LeftOut.Unreadable.Select(link => link.Name).Order());
        Assert.All(source.LeftOut.Unreadable, link => Assert.Contains("its images would come again", link.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Open_SeveralWaysToAFolder_TakesItsOwnNameOrTheFirst()
    {
        _folder.Write("set/cats/a.png", TestImages.Png(8, 3));
        _folder.Write("set/..data/dogs/b.png", TestImages.Png(8, 3));
        _folder.Write("elsewhere/c.png", TestImages.Png(8, 3));
        Directory.CreateSymbolicLink(_folder["set/alias"], "cats");
        // As mounted volumes of Kubernetes have it: what is hidden comes under the link's name.
        Directory.CreateSymbolicLink(_folder["set/dogs"], "..data/dogs");
        Directory.CreateSymbolicLink(_folder["set/one"], _folder["elsewhere"]);
        Directory.CreateSymbolicLink(_folder["set/two"], _folder["elsewhere"]);

        using var source = ImageSources.Open(_folder["set"]);

        Assert.Equal(["cats/a.png", "dogs/b.png", "one/c.png"], source.Names);
        Assert.Equal(["alias", "two"], source.LeftOut.Unreadable.Select(link => link.Name).Order());
        Assert.Equal(["'cats'", "'one'"], source.LeftOut.Unreadable.OrderBy(link => link.Name).Select(link => link.Reason.Split(' ')[9].TrimEnd(';')));
    }

    private IImageSource Open(string container, params (string Name, byte[] Content)[] files)
    {
        if (container == "zip")
            return ImageSources.Open(TestZips.Write(_folder["s.zip"], files, CompressionLevel.Optimal));
        foreach (var (name, content) in files)
            _folder.Write("source/" + name, content);
        if (container == "folder")
            return ImageSources.Open(_folder["source"]);
        using (var package = new GZipStream(File.Create(_folder["s.tgz"]), CompressionLevel.Fastest))
        using (var tar = new TarWriter(package))
        {
            foreach (var (name, _) in files)
                tar.WriteEntry(_folder["source/" + name], "./" + name);
        }
        return ImageSources.Open(_folder["s.tgz"]);
    }

    private CreatedDataset Create(string source, LabelSource labels = LabelSource.None) => DatasetCreator.Create(
        new DatasetSource(_folder[source]), _folder["o.zip"], new DatasetCreateOptions { Resolution = 64, Labels = labels }, null, default);

    private static void AssertError(string expected, Func<object> action) =>
        Assert.Contains(expected, Assert.Throws<DatasetException>(action).Message, StringComparison.Ordinal);

    private static void Shell(string command)
    {
        using var shell = Process.Start("bash", ["-c", command])!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
