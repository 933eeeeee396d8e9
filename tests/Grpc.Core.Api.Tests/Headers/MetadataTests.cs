namespace Grpc.Core.Api.Tests.Headers;

public class MetadataTests
{
    [Fact]
    public void Get_RepeatedKeyOfAnyCase_ReturnsTheLast()
    {
        var metadata = new Metadata { { "Key", "first" }, { "other", "x" }, { "KEY", "last" } };

        Assert.Equal("last", metadata.GetValue("kEy"));
        Assert.Equal(["first", "last"], metadata.GetAll("key").Select(entry => entry.Value));
        Assert.Equal("key", metadata[0].Key);
        Assert.Null(metadata.GetValue("absent"));
    }

    [Fact]
    public void Entry_Bytes_AreCopiedInAndOut()
    {
        byte[] bytes = [1, 2];
        var entry = new Metadata.Entry("k-bin", bytes);
        bytes[0] = 9;
        entry.ValueBytes[1] = 9;

        Assert.Equal([1, 2], entry.ValueBytes);
        Assert.True(entry.IsBinary);
        Assert.Throws<InvalidOperationException>(() => entry.Value);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("ä")]
    [InlineData("text-bin")]
    public void Entry_KeyThatCannotHoldText_IsRefused(string key) => Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));

    [Fact]
    public void Entry_BytesWithoutTheBinaryEnding_IsRefused() => Assert.Throws<ArgumentException>(() => new Metadata.Entry("text", [1]));

    [Fact]
    public void Empty_Add_IsRefused()
    {
        Assert.True(Metadata.Empty.IsReadOnly);
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "value"));
    }

    [Fact]
    public void List_InsertReplaceRemove_KeepsOrder()
    {
        var metadata = new Metadata { { "a", "1" }, { "c", "3" } };
        metadata.Insert(1, new Metadata.Entry("b", "2"));
        metadata[2] = new Metadata.Entry("d", "4");
        metadata.RemoveAt(0);

        Assert.Equal(["b", "d"], metadata.Select(entry => entry.Key));
        Assert.Equal(2, metadata.Count);
    }
}
