using ProjectedGan.Networks.WeightFiles;

namespace ProjectedGan.Networks.Tests.WeightFiles;

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
}
