using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using ProjectedGan.Networks.Tests;
using ProjectedGan.Weights.Npm;
using ProjectedGan.Weights.Sources;
using Xunit.Abstractions;

namespace ProjectedGan.Weights.Tests;

[Trait("Speed", "Slow")]
public sealed class TensorFlowJsTests(ITestOutputHelper output) : IDisposable
{
    private const string Model = """
        !function(e){module.exports=e()}(function(){return ({1:[function(e,a,n){a.exports={format:"layers-model",
        modelTopology:{trainable:!1,other:void 0,momentum:.999,'quoted':"a\"\x41\u0042",inbound:[[["x",0,0,{}]]],},
        weightsManifest:[{paths:["group1-shard1of2","group1-shard2of2"],weights:[
        {name:"conv/kernel",shape:[1,2,2,3],dtype:"float32",quantization:{min:-.5,scale:.25,dtype:"uint8"}},
        {name:"depth/depthwise_kernel",shape:[1,2,2,1],dtype:"float32",quantization:{min:0,scale:1,dtype:"uint8"}},
        {name:"dense/kernel",shape:[2,3],dtype:"float32",quantization:{min:-0,scale:2e0,dtype:"uint16"}},
        {name:"bn/gamma",shape:[1],dtype:"float32"}]}]}},{}]},{},[1])(1)});
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mobilenet_v2", 266, 2_619_461, "8e7dddbb16acacc1bf1601b1b8a761e730ff934b7f2d7771312b2f000e5f5f13")]
    [InlineData("inception_v3", 382, 22_360_869, "8a457f3fdec7db18b16e44323454db0eaeb8f314eda0046b2e293e58a5bfabf4")]
    public void ReadPackage_Nsfwjs_HasTheKnownTensors(string network, int tensors, long elements, string sha256)
    {
        using var source = TensorFlowJs.ReadPackage(RepositoryFiles.Download("nsfwjs-4.3.0.tgz"), network);
        Assert.Equal(tensors, source.Tensors.Count);
        Assert.Equal(elements, source.Tensors.Sum(tensor => tensor.Elements));
        Assert.Equal(sha256, source.Metadata[WeightMetadata.WeightsSha256]);
        Assert.Equal("npm package nsfwjs", source.Metadata[WeightMetadata.Source]);
        Assert.Equal("4.3.0", source.Metadata[WeightMetadata.Version]);
        Assert.Equal("MIT", source.Metadata[WeightMetadata.Licence]);
        Assert.All(source.Tensors, tensor => Assert.Equal(WeightType.Float32, tensor.Type));
    }

    [Fact]
    public void ReadPackage_MobileNet_HasPyTorchsNamesAndLayouts()
    {
        using var source = WeightFile.Open(RepositoryFiles.Download("nsfwjs-4.3.0.tgz"), "mobilenet_v2");
        Assert.Equal([32, 3, 3, 3], source.Find("Conv1.weight")!.Shape);
        Assert.Equal([384, 1, 3, 3], source.Find("block_10_depthwise.weight")!.Shape);
        Assert.Equal([256, 1280], source.Find("dense_1.weight")!.Shape);
        Assert.All(source.Doubles("Conv_1_bn.running_var"), value => Assert.True(value > 0));
        Assert.All(source.Doubles("Conv1.weight"), value => Assert.InRange(value, -.8733452, .8266779));
    }

    [Fact]
    public void ReadPackage_UnpackedFolder_EqualsTheTarball()
    {
        var tarball = RepositoryFiles.Download("nsfwjs-4.3.0.tgz");
        using (var unzipped = new GZipStream(File.OpenRead(tarball), CompressionMode.Decompress))
        {
            TarFile.ExtractToDirectory(unzipped, _folder.Path, overwriteFiles: false);
        }
        using var packed = TensorFlowJs.ReadPackage(tarball, "mobilenet_v2");
        using var unpacked = WeightFile.Open(_folder.Path, "mobilenet_v2");
        Assert.Equal(packed.Metadata, unpacked.Metadata);
        Assert.All(packed.Tensors, tensor => Assert.Equal(packed.Bytes(tensor.Name), unpacked.Bytes(tensor.Name)));
        using var file = WeightFile.Open(_folder.File("package/dist/models/mobilenet_v2/model.min.js"));
        Assert.Equal(packed.Tensors.Count, file.Tensors.Count);
    }

    [Theory]
    [InlineData(null, "holds inception_v3, mobilenet_v2, mobilenet_v2_mid; name one.")]
    [InlineData("resnet", "has no network 'resnet'; it holds inception_v3, mobilenet_v2, mobilenet_v2_mid; name one.")]
    [InlineData("mobilenet_v2_mid", "is a TF.js graph model; only layers models are read.")]
    public void ReadPackage_WrongNetwork_NamesThoseThatThereAre(string? network, string expected)
    {
        var error = Assert.Throws<WeightFileException>(() => TensorFlowJs.ReadPackage(RepositoryFiles.Download("nsfwjs-4.3.0.tgz"), network));
        Assert.EndsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadPackage_PackageWithoutModel_SaysSo()
    {
        var path = RepositoryFiles.Download("lobehub-fluent-emoji-3d-1.1.0.tgz");
        var error = Assert.Throws<WeightFileException>(() => WeightFile.Open(path));
        Assert.Equal($"'{path}' holds no TF.js model.", error.Message);
    }

    [Fact]
    public void ReadPackage_Truncated_IsAnError()
    {
        var whole = File.ReadAllBytes(RepositoryFiles.Download("nsfwjs-4.3.0.tgz"));
        foreach (var length in new[] { 2, 20, 1000, 1 << 20, whole.Length / 2 })
        {
            var path = _folder.Write("cut.tgz", whole.AsSpan(0, length));
            var error = Assert.Throws<WeightFileException>(() => TensorFlowJs.ReadPackage(path, "inception_v3"));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_SmallModel_DequantisesAndConvertsLayouts(bool scripts)
    {
        WriteShards(scripts);
        using var source = TensorFlowJs.Read(_folder.Write("model.min.js", Encoding.UTF8.GetBytes(Model)));
        // kernel[0, w, i, o] was stored as 6w + 3i + o; here it is [o, i, 0, w].
        Assert.Equal([3, 2, 1, 2], source.Find("conv.weight")!.Shape);
        Assert.Equal(new double[] { 0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11 }.Select(q => (q * .25) - .5), source.Doubles("conv.weight"));
        Assert.Equal([2, 1, 1, 2], source.Find("depth.weight")!.Shape);
        Assert.Equal([12, 14, 13, 15], source.Doubles("depth.weight"));
        Assert.Equal([3, 2], source.Find("dense.weight")!.Shape);
        Assert.Equal([2000, 2006, 2002, 2008, 2004, 2010], source.Doubles("dense.weight"));
        Assert.Equal([1.5], source.Doubles("bn.weight"));
    }

    [Fact]
    public void Read_MissingOrShortShard_IsNamed()
    {
        var model = _folder.Write("model.json", Encoding.UTF8.GetBytes(Model));
        var missing = Assert.Throws<WeightFileException>(() => TensorFlowJs.Read(model));
        Assert.Contains("shard 'group1-shard1of2' is missing", missing.Message, StringComparison.Ordinal);
        WriteShards(scripts: false);
        _folder.Write("group1-shard2of2", new byte[3]);
        var small = Assert.Throws<WeightFileException>(() => TensorFlowJs.Read(model));
        Assert.Contains("hold 23 bytes, its manifest names 32", small.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{weightsManifest:[{paths:[\"../x\"],weights:[]}]}", "outside of its folder; refused")]
    [InlineData("{weightsManifest:alert(1)}", "has 'alert' where a value is expected")]
    [InlineData("{weightsManifest:[1,", "ends too early")]
    [InlineData("{a:1}", "has no weightsManifest")]
    [InlineData("{weightsManifest:[{}]}", "weightsManifest is damaged")]
    [InlineData("{weightsManifest:[{paths:[],weights:[{name:\"a\",shape:[-1],dtype:\"float32\"}]}]}", "negative size")]
    [InlineData("{weightsManifest:[{paths:[],weights:[{name:\"a\",shape:[9999999999],dtype:\"float32\"}]}]}", "its weights exceed")]
    [InlineData("{weightsManifest:[{paths:[],weights:[{name:\"a\",shape:[1],dtype:\"string\"}]}]}", "unknown dtype 'string'")]
    public void Read_DamagedModel_SaysWhatIsWrong(string model, string expected)
    {
        var error = Assert.Throws<WeightFileException>(() => TensorFlowJs.Read(_folder.Write("model.json", Encoding.UTF8.GetBytes(model))));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20261125)]
    public void Read_BytesChangedAtRandom_ReadsOrGivesAPganException(int seed)
    {
        output.WriteLine($"seed {seed}");
        WriteShards(scripts: true);
        var model = _folder.Write("model.js", Encoding.UTF8.GetBytes(Model));
        Assert.InRange(Fuzz.CountRefused(model, _folder.File("changed.js"), seed, rounds: 1000), 300, 999);
    }

    private void WriteShards(bool scripts)
    {
        var data = new MemoryStream();
        data.Write([.. Enumerable.Range(0, 16).Select(i => (byte)i)]);
        data.Write([.. Enumerable.Range(1000, 6).SelectMany(i => BitConverter.GetBytes((ushort)i))]);
        data.Write(BitConverter.GetBytes(1.5f));
        byte[][] shards = [data.ToArray()[..20], data.ToArray()[20..]];
        for (var i = 0; i < shards.Length; i++)
        {
            var name = $"group1-shard{i + 1}of2";
            var script = $"!function(e){{a.exports=\"{Convert.ToBase64String(shards[i])}\"}}();";
            _folder.Write(scripts ? name + ".min.js" : name, scripts ? Encoding.UTF8.GetBytes(script) : shards[i]);
        }
    }
}
