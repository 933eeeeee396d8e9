using System.Buffers.Binary;
using System.Text;
using ProjectedGan.Networks.Tests;
using ProjectedGan.Testing;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;
using Xunit.Abstractions;

namespace ProjectedGan.Weights.Tests;

public sealed class SafeTensorsTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_EveryType_ReadsBackTheSame()
    {
        var types = Enum.GetValues<WeightType>();
        var random = new Random(1);
        var tensors = types.Select(type =>
        {
            var bytes = new byte[6 * type.ElementBytes()];
            random.NextBytes(bytes);
            return ($"tensor/{type}", type, new long[] { 2, 3 }, bytes);
        }).Append(("empty", WeightType.Float32, [0, 4], [])).Append(("number", WeightType.Int64, [], new byte[8])).ToArray();
        using var source = new MemorySource(tensors);
        SafeTensors.Write(_folder.File("a"), source, new Dictionary<string, string> { ["note"] = "ä\"\n" });
        using var read = SafeTensors.Read(_folder.File("a"));
        Assert.Equal(tensors.Select(tensor => tensor.Item1), read.Tensors.Select(tensor => tensor.Name));
        foreach (var (name, type, shape, bytes) in tensors)
        {
            var info = read.Find(name)!;
            Assert.Equal(type, info.Type);
            Assert.Equal(shape, info.Shape);
            Assert.Equal(bytes, read.Bytes(name));
        }
        Assert.Equal("ä\"\n", read.Metadata["note"]);
    }

    [Fact]
    public void Write_Twice_GivesTheSameAlignedBytes()
    {
        using var source = new MemorySource(
            ("flag", WeightType.Bool, [1], [1]), ("wide", WeightType.Float64, [1], new byte[8]), ("half", WeightType.Float16, [1], new byte[2]));
        SafeTensors.Write(_folder.File("a"), source, new Dictionary<string, string> { ["b"] = "1", ["a"] = "2" });
        SafeTensors.Write(_folder.File("b"), source, new Dictionary<string, string> { ["a"] = "2", ["b"] = "1" });
        var bytes = File.ReadAllBytes(_folder.File("a"));
        Assert.Equal(bytes, File.ReadAllBytes(_folder.File("b")));
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(bytes) % 8);
        var header = Encoding.UTF8.GetString(bytes, 8, (int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
        Assert.Contains("\"wide\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}", header, StringComparison.Ordinal);
        Assert.Contains("\"half\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[8,10]}", header, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_RepeatedName_IsRefusedAndLeavesNothing()
    {
        using var source = new MemorySource(("a", WeightType.Bool, [1], [1]), ("a", WeightType.Bool, [1], [1]));
        var error = Assert.Throws<WeightFileException>(() => SafeTensors.Write(_folder.File("x"), source));
        Assert.Contains("'a' is used twice", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Read_GoldenFiles_AgreesWithTheirManifest()
    {
        Assert.All(GoldenFolder.All, golden => Assert.NotEmpty(golden.Manifest.Cases));
        foreach (var (golden, item) in GoldenFolder.All.SelectMany(golden => golden.Manifest.Cases.Select(item => (golden, item))))
        {
            using var read = SafeTensors.Read(Path.Combine(golden.Location, item.File));
            var outputs = golden.Outputs(item);
            Assert.Equal(outputs.Names.Count, read.Tensors.Count);
            foreach (var name in outputs.Names)
            {
                Assert.Equal(outputs.Values(name), read.Doubles(name));
            }
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8, "not the expected JSON")]
    [InlineData("""[1]""", 8, "no JSON object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "'a' lacks a proper dtype, shape or data_offsets")]
    [InlineData("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown dtype 'F31'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "'a' lacks a proper")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "'a' lacks a proper")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "needs 12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", 8, "'a' lacks a proper")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "impossible shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "not the expected JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "'b' starts at byte 4 of the data where 8 was expected (it overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}""", 20, "(there is a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "ends at byte 8 of the data, but the file has only 7; it is truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "but the file has 9")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "metadata 'a' is no text")]
    [InlineData("""{"__metadata__":[]}""", 0, "__metadata__ is no JSON object")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "not valid Unicode")]
    public void Read_HeaderThatBreaksARule_NamesIt(string header, int dataBytes, string expected)
    {
        var path = _folder.Write("bad.safetensors", FileOf(header, Encoding.UTF8.GetByteCount(header), dataBytes));
        var error = Assert.Throws<WeightFileException>(() => SafeTensors.Read(path).Dispose());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0L, "a header of 0 bytes")]
    [InlineData(100_000_001L, "a header of 100000001 bytes, at most 100000000")]
    [InlineData(-1L, "a header of 18446744073709551615 bytes")]
    [InlineData(99L, "it is truncated")]
    public void Read_ImpossibleHeaderLength_NamesIt(long length, string expected)
    {
        var error = Assert.Throws<WeightFileException>(() => SafeTensors.Read(_folder.Write("bad", FileOf("{}", length, 4))).Dispose());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileOfSevenBytes_SaysSo()
    {
        var error = Assert.Throws<WeightFileException>(() => SafeTensors.Read(_folder.Write("bad", new byte[7])).Dispose());
        Assert.Contains("only 7 bytes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20261124)]
    public void Read_BytesChangedAtRandom_ReadsOrGivesAPganException(int seed)
    {
        output.WriteLine($"seed {seed}");
        using (var source = new MemorySource(("a", WeightType.Float32, [2, 3], new byte[24]), ("b.weight", WeightType.Int64, [], new byte[8])))
        {
            SafeTensors.Write(_folder.File("a"), source, new Dictionary<string, string> { ["note"] = "text" });
        }
        Assert.InRange(Fuzz.CountRefused(_folder.File("a"), _folder.File("b"), seed, rounds: 1000), 300, 999);
    }

    private static byte[] FileOf(string header, long headerLength, int dataBytes)
    {
        var bytes = new byte[8 + Encoding.UTF8.GetByteCount(header) + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, headerLength);
        Encoding.UTF8.GetBytes(header, bytes.AsSpan(8));
        return bytes;
    }
}
