using System.Text;
using ProjectedGan.Networks.Tests;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Tests;

public sealed class WeightFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "an empty file")]
    [InlineData("<!DOCTYPE html><title>404</title>", "a web page or XML (a download that failed?)")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "a Git LFS pointer")]
    [InlineData("hello there", "a file that begins with the bytes 68656c6c6f207468")]
    public void Open_SomethingElse_SaysWhatWasFound(string content, string expected)
    {
        var path = _folder.Write("weights.pth", Encoding.UTF8.GetBytes(content));
        var error = Assert.Throws<WeightFileException>(() => WeightFile.Open(path));
        Assert.StartsWith($"'{path}' is no weight file: found {expected}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_PlainPickle_IsRefused()
    {
        var error = Assert.Throws<WeightFileException>(() => WeightFile.Open(_folder.Write("a.pkl", [0x80, 4, (byte)'N', (byte)'.'])));
        Assert.Contains("a plain Python pickle, which would run code", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingFile_SaysSo()
    {
        var path = _folder.File("none.safetensors");
        Assert.Equal($"Weight file '{path}' does not exist.", Assert.Throws<WeightFileException>(() => WeightFile.Open(path)).Message);
    }

    [Fact]
    public void Open_SafeTensorsWithPart_PicksIt()
    {
        using (var source = new MemorySource(("G_ema.a", WeightType.UInt8, [2], [1, 2]), ("D.a", WeightType.UInt8, [1], [3])))
        {
            SafeTensors.Write(_folder.File("checkpoint.bin"), source);
        }
        using var part = WeightFile.Open(_folder.File("checkpoint.bin"), "G_ema");
        Assert.Equal("a", Assert.Single(part.Tensors).Name);
        Assert.Equal([1, 2], part.Bytes("a"));
    }

    [Fact]
    public void Describe_SafeTensors_ListsTensorsAndHash()
    {
        using (var source = new MemorySource(("a", WeightType.Float32, [2, 3], new byte[24]), ("count", WeightType.Int64, [], new byte[8])))
        {
            SafeTensors.Write(_folder.File("a.safetensors"), source, new Dictionary<string, string> { ["source"] = "test" });
        }
        var description = WeightInspection.Describe(_folder.File("a.safetensors"));
        Assert.Equal(6, description.Parameters);
        Assert.Equal(["a", "count"], description.Tensors.Select(tensor => tensor.Name));
        Assert.Equal("test", description.Metadata["source"]);
        Assert.Equal(64, description.Sha256.Length);
        Assert.Equal(new FileInfo(description.Path).Length, description.FileBytes);
        File.CreateSymbolicLink(_folder.File("link.safetensors"), "a.safetensors");
        Assert.Equal(description.FileBytes, WeightInspection.Describe(_folder.File("link.safetensors")).FileBytes);
    }
}
