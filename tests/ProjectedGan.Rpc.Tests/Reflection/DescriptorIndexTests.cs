using Google.Protobuf.Reflection;
using ProjectedGan.Rpc.Reflection;

namespace ProjectedGan.Rpc.Tests.Reflection;

public class DescriptorIndexTests
{
    private static readonly DescriptorIndex Index = new([Extended.Descriptor, Extended.Descriptor]);

    [Theory]
    [InlineData("tests.Extended")]
    [InlineData("tests.Extended.Get")]
    [InlineData("tests.Base")]
    [InlineData("tests.Base.number")]
    [InlineData("tests.Base.choice")]
    [InlineData("tests.Base.Nested")]
    [InlineData("tests.Base.Kind")]
    [InlineData("tests.later")]
    public void FileBySymbol_DeclaredSymbol_GivesItsFileAndImports(string symbol)
    {
        string[] names = [.. Index.FileBySymbol(symbol)!.Select(file => FileDescriptorProto.Parser.ParseFrom(file).Name)];

        Assert.Equal(["extended.proto", "google/protobuf/timestamp.proto"], names);
    }

    [Fact]
    public void FileBySymbol_ImportedSymbol_GivesTheImportAlone() => Assert.Single(Index.FileBySymbol("google.protobuf.Timestamp")!);

    [Fact]
    public void FileByName_KnownAndUnknown_GivesFileOrNull()
    {
        Assert.Equal(2, Index.FileByName("extended.proto")!.Count);
        Assert.Null(Index.FileByName("absent.proto"));
        Assert.Null(Index.FileBySymbol("tests.Absent"));
    }

    [Fact]
    public void Extensions_OfAMessage_AreFoundByNumber()
    {
        Assert.Equal([110, 120], Index.ExtensionNumbers("tests.Base"));
        Assert.Equal([], Index.ExtensionNumbers("google.protobuf.Timestamp"));
        Assert.Null(Index.ExtensionNumbers("tests.Absent"));
        Assert.NotNull(Index.FileByExtension("tests.Base", 110));
        Assert.Null(Index.FileByExtension("tests.Base", 111));
    }

    [Fact]
    public void Services_GivenTwice_AreListedOnce() => Assert.Equal(["tests.Extended"], Index.Services);
}
