using ProjectedGan.Networks.Tests;
using ProjectedGan.Weights.PyTorch;
using ProjectedGan.Weights.Sources;
using Xunit.Abstractions;

namespace ProjectedGan.Weights.Tests;

[Trait("Speed", "Slow")]
public sealed class TorchPickleTests(PyTorchFiles files, ITestOutputHelper output) : IClassFixture<PyTorchFiles>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("checkpoint_zip.pth", "PyTorch zip")]
    [InlineData("checkpoint_legacy.pth", "PyTorch legacy")]
    public void Read_NestedCheckpoint_GivesPyTorchsValues(string file, string format)
    {
        using var source = TorchPickle.Read(files.File(file)).Under("state_dict");
        Assert.Equal(format, source.Format);
        Assert.Equal(files.Expected.Keys, source.Tensors.Select(tensor => tensor.Name));
        foreach (var (name, (shape, values)) in files.Expected)
        {
            Assert.Equal(shape, source.Find(name)!.Shape);
            Assert.Equal(values, source.Doubles(name));
        }
    }

    [Fact]
    public void Read_PartOfAStridedTensor_StartsInTheMiddle()
    {
        using var source = TorchPickle.Read(files.File("checkpoint_zip.pth"));
        var all = source.Bytes("state_dict.channels_last");
        var part = new byte[40];
        source.Read("state_dict.channels_last", 64, part);
        Assert.Equal(all[64..104], part);
        Assert.Throws<WeightFileException>(() => source.Read("state_dict.channels_last", 64, new byte[all.Length]));
    }

    [Fact]
    public void Read_SingleTensor_NamesItTensor()
    {
        using var source = TorchPickle.Read(files.File("single.pt"));
        Assert.Equal(files.Expected["transposed"].Values, source.Doubles("tensor"));
    }

    [Fact]
    public void Under_UnknownKey_NamesThoseThatThereAre()
    {
        using var source = TorchPickle.Read(files.File("checkpoint_zip.pth"));
        var error = Assert.Throws<WeightFileException>(() => source.Under("G"));
        Assert.EndsWith("has nothing under 'G'; it has G_ema, state_dict.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("module_zip.pth", "'torch.nn.modules.container.Sequential', which would run code; refused")]
    [InlineData("module_legacy.pth", "'torch.nn.modules.container.Sequential', which would run code; refused")]
    [InlineData("code_zip.pth", "'posix.system', which would run code; refused")]
    [InlineData("code_legacy.pth", "'posix.system', which would run code; refused")]
    [InlineData("script.pt", "is a TorchScript program, which would run code; refused")]
    public void Read_FileThatWouldRunCode_IsRefusedByName(string file, string expected)
    {
        var error = Assert.Throws<WeightFileException>(() => TorchPickle.Read(files.File(file)).Dispose());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(files.File(file), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checkpoint_zip.pth")]
    [InlineData("checkpoint_legacy.pth")]
    public void Read_TruncatedAnywhere_IsAnError(string file)
    {
        var whole = File.ReadAllBytes(files.File(file));
        for (var length = 0; length < whole.Length; length += 61)
        {
            var path = _folder.Write("cut.pth", whole.AsSpan(0, length));
            var error = Assert.Throws<WeightFileException>(() => TorchPickle.Read(path).Dispose());
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    // A damaged file may still be readable (its numbers changed), but nothing else than a PganException may come out of it.
    [Theory]
    [InlineData("checkpoint_zip.pth", 20261122)]
    [InlineData("checkpoint_legacy.pth", 20261123)]
    public void Read_BytesChangedAtRandom_ReadsOrGivesAPganException(string file, int seed)
    {
        output.WriteLine($"seed {seed}");
        Assert.InRange(Fuzz.CountRefused(files.File(file), _folder.File("changed.pth"), seed, rounds: 2000), 500, 1999);
    }
}
