using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Networks.Tests;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Tests;

[Trait("Speed", "Slow")]
public sealed class WeightStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void List_MissingFolder_IsEmpty() => Assert.Empty(new WeightStore(_folder.File("none")).List());

    [Fact]
    public void List_DamagedEntry_IsListedWithItsProblem()
    {
        var store = new WeightStore(_folder.Path);
        using (var source = new MemorySource(("a", WeightType.Float32, [2], new byte[8])))
        {
            SafeTensors.Write(store.Path("good"), source, new Dictionary<string, string> { [WeightMetadata.Network] = "net" });
        }
        _folder.Write("bad.safetensors", [1, 2, 3]);
        var entries = store.List();
        Assert.Equal(["bad", "good"], entries.Select(entry => entry.Name));
        Assert.Contains("bad.safetensors", entries[0].Problem, StringComparison.Ordinal);
        Assert.Equal("net", entries[1].Network);
        Assert.Equal(2, entries[1].Description!.Parameters);
    }

    /// <summary>A file that somebody put there hides none of the others.</summary>
    [Fact]
    public void List_FileWhoseNameIsNoEntrys_IsListed()
    {
        _folder.Write("my weights.safetensors", [1, 2, 3]);
        Assert.Equal("my weights", Assert.Single(new WeightStore(_folder.Path).List()).Name);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    public void Path_NameThatIsNoFileName_IsRefused(string name) =>
        Assert.Throws<WeightFileException>(() => new WeightStore(_folder.Path).Path(name));

    [Fact]
    public void Open_UnknownEntry_SaysHowToGetIt()
    {
        var error = Assert.Throws<WeightFileException>(() => new WeightStore(_folder.Path).Open("mobilenet_v2"));
        Assert.Contains("pgan weights import", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_FileThenEntryThenNeither_GivesTheFileOrSaysWhatToDo()
    {
        var store = new WeightStore(_folder.Path);
        var file = _folder.Write("mine.safetensors", [1]);

        Assert.Equal(file, store.Require("features.weights", file));
        Assert.Equal(store.Path("mine"), store.Require("features.weights", "mine"));
        foreach (var missing in new[] { "other", "no/such/file.pth", ".hidden" })
        {
            var error = Assert.Throws<WeightFileException>(() => store.Require("features.weights", missing));
            Assert.StartsWith($"features.weights is '{missing}': there is no such file, and '{store.Folder}' has no weights of that name.", error.Message, StringComparison.Ordinal);
            Assert.Null(store.Locate(missing));
        }
    }

    [Fact]
    public void Locate_NetworkOfAFetchedPackage_IsImportedOnce()
    {
        var store = new WeightStore(_folder.File("store"), new NetworkWeights(Path.GetDirectoryName(RepositoryFiles.Download("nsfwjs-4.3.0.tgz"))));
        Assert.Null(store.Locate("tf_efficientnet_lite0"));

        var found = store.Locate("mobilenet_v2");

        Assert.Equal(store.Path("mobilenet_v2"), found);
        Assert.Equal("mobilenet_v2", Assert.Single(store.List()).Network);
        using var network = new MobileNetV2();
        store.Load(network);
    }
}
