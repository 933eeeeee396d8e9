using ProjectedGan.Foundation;
using ProjectedGan.Networks.Tests;

namespace ProjectedGan.Weights.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_OverAFile_ReplacesIt()
    {
        var path = _folder.Write("a", "old"u8);
        AtomicFile.Write(path, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_DiskFullHalfWay_KeepsTheOldFileAndRemovesTheTemporaryOne()
    {
        var path = _folder.Write("a", "old"u8);
        var error = Assert.Throws<PganException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half of the new"u8);
            // The device that every write to fails as on a full disk.
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            full.Write("rest"u8);
        }));
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Contains("The file that was there before is unchanged.", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_AnyOtherFailure_KeepsTheOldFile()
    {
        var path = _folder.Write("a", "old"u8);
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, _ => throw new InvalidOperationException("tensor")));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Write_IntoAMissingFolder_NamesTheFile()
    {
        var path = _folder.File("missing/a");
        var error = Assert.Throws<PganException>(() => AtomicFile.Write(path, _ => { }));
        Assert.Equal($"'{path}' cannot be written: its folder does not exist.", error.Message);
    }

    [Fact]
    public void Write_OverAFolder_FailsAndLeavesIt()
    {
        Directory.CreateDirectory(_folder.File("a"));
        Assert.Throws<PganException>(() => AtomicFile.Write(_folder.File("a"), stream => stream.Write("new"u8)));
        Assert.True(Directory.Exists(_folder.File("a")));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }
}
