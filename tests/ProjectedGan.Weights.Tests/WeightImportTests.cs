using System.Runtime.InteropServices;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Networks.Tests;
using ProjectedGan.Testing;
using ProjectedGan.Weights.Npm;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Weights.Tests;

[Trait("Speed", "Slow")]
public sealed class WeightImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mobilenet_v2", 2_619_461, "8e7dddbb16acacc1bf1601b1b8a761e730ff934b7f2d7771312b2f000e5f5f13")]
    [InlineData("inception_v3_nsfw", 22_360_869, "8a457f3fdec7db18b16e44323454db0eaeb8f314eda0046b2e293e58a5bfabf4")]
    public void Import_NpmPackage_KeepsEveryTensorAndItsProvenance(string network, long parameters, string weightsSha256)
    {
        var store = new WeightStore(_folder.File("store"));
        var package = RepositoryFiles.Download("nsfwjs-4.3.0.tgz");
        var stored = store.Import(package, network);
        Assert.Equal(network, stored.Name);
        Assert.Equal(network, stored.Network);
        Assert.Equal(parameters, stored.Description!.Parameters);
        var metadata = stored.Description.Metadata;
        Assert.Equal("npm package nsfwjs", metadata[WeightMetadata.Source]);
        Assert.Equal("4.3.0", metadata[WeightMetadata.Version]);
        Assert.Equal("MIT", metadata[WeightMetadata.Licence]);
        Assert.Equal(weightsSha256, metadata[WeightMetadata.WeightsSha256]);
        Assert.Equal(WeightFile.Sha256(package), metadata[WeightMetadata.SourceSha256]);
        Assert.Equal(network, Assert.Single(store.List()).Name);
        using var original = TensorFlowJs.ReadPackage(package, WeightImport.Find(network).PackagePart);
        using var imported = store.Open(network);
        Assert.All(original.Tensors, tensor => Assert.Equal(original.Bytes(tensor.Name), imported.Bytes(tensor.Name)));
        using var module = WeightImport.Find(network).Create();
        store.Load(module);
    }

    [Theory]
    [InlineData("tf_efficientnet_lite0", "effnet_lite0", "zip", "state_dict")]
    [InlineData("tf_efficientnet_lite1", "effnet_lite1", "legacy", "model")]
    [InlineData("inception_v3_fid", "inception", "legacy", null)]
    public void Import_PyTorchCheckpoint_FindsEveryTensorByItsPublishedName(string network, string goldenModule, string kind, string? key)
    {
        var entries = GoldenFolder.Repository.Module(goldenModule).Entries;
        WritePublished(entries, _folder.File("published.safetensors"));
        string[] arguments = [_folder.File("published.safetensors"), _folder.File("published.pth"), kind, .. key is null ? Array.Empty<string>() : [key]];
        PyTorchPeer.Run("save_state_dict.py", arguments);
        WeightImport.Import(_folder.File("published.pth"), _folder.File("imported.safetensors"), network);
        using var published = SafeTensors.Read(_folder.File("published.safetensors"));
        using var imported = SafeTensors.Read(_folder.File("imported.safetensors"));
        const string GoldenPrefix = "pretrained.";
        foreach (var entry in entries.Where(entry => entry.Dtype == "float32"))
        {
            var local = entry.Name.StartsWith(GoldenPrefix, StringComparison.Ordinal) ? entry.Name[GoldenPrefix.Length..] : entry.Name;
            Assert.Equal(published.Bytes(entry.TimmName ?? entry.Name), imported.Bytes(local));
        }
        Assert.Equal("published.pth", imported.Metadata[WeightMetadata.Source]);
    }

    [Fact]
    public void Import_FileOfAnotherNetwork_NamesTheFirstMissingTensorAndKeepsTheOldFile()
    {
        var destination = _folder.Write("imported.safetensors", "old"u8);
        WritePublished(GoldenFolder.Repository.Module("effnet_lite0").Entries, _folder.File("lite0.safetensors"));
        var error = Assert.Throws<WeightFileException>(
            () => WeightImport.Import(_folder.File("lite0.safetensors"), destination, "tf_efficientnet_lite1"));
        Assert.Contains("lite0.safetensors' does not fit", error.Message, StringComparison.Ordinal);
        Assert.Contains("is missing.", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(destination));
    }

    [Fact]
    public void Import_FileWhoseNameHasAnotherHash_IsRefused()
    {
        WritePublished(GoldenFolder.Repository.Module("effnet_lite0").Entries, _folder.File("tf_efficientnet_lite0-0aa007d2.safetensors"));
        var error = Assert.Throws<WeightFileException>(() => WeightImport.Import(
            _folder.File("tf_efficientnet_lite0-0aa007d2.safetensors"), _folder.File("a"), "tf_efficientnet_lite0"));
        Assert.Contains("not with the 0aa007d2 of its name; fetch it again.", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("a")));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Import_ValueThatIsNotFinite_NamesTheTensorAndWritesNothing(float value)
    {
        using (var network = new MobileNetV2())
        using (no_grad())
        {
            network.Randomize(new Generator(1));
            StateDict.Named(network).First(item => item.Name == "Conv1.weight").Tensor.view(-1).narrow(0, 7, 1).fill_(value);
            StateDict.Save(network, _folder.File("broken.pth"));
        }
        var store = new WeightStore(_folder.File("store"));

        var error = Assert.Throws<WeightFileException>(() => store.Import(_folder.File("broken.pth"), "mobilenet_v2"));

        Assert.Contains("broken.pth' has NaN or infinite values in tensor 'Conv1.weight'", error.Message, StringComparison.Ordinal);
        Assert.Empty(store.List());
        using var other = new MobileNetV2();
        Assert.Throws<WeightFileException>(() => WeightImport.Load(other, _folder.File("broken.pth")));
        // An entry that an older version let in.
        File.Copy(_folder.File("broken.pth"), store.Path("mobilenet_v2"));
        Assert.Throws<WeightFileException>(() => store.Load(other));
    }

    [Fact]
    public void Import_UnknownNetwork_ListsTheNames()
    {
        var error = Assert.Throws<UsageException>(() => WeightImport.Import("x", "y", "resnet"));
        Assert.Equal(
            "Unknown network 'resnet'; use one of mobilenet_v2, tf_efficientnet_lite0, tf_efficientnet_lite1, tf_efficientnet_lite2, tf_efficientnet_lite3, "
            + "tf_efficientnet_lite4, resnet18, resnet50, clip_resnet50, vit_base_patch16_224, deit_base_distilled_patch16_224, inception_v3_fid, "
            + "swav_resnet50, clip_vit_b32, inception_v3_nsfw.",
            error.Message);
    }

    [Fact]
    public void Networks_EachNetwork_HasItsOwnName() => Assert.All(WeightImport.Networks, network =>
    {
        using var module = network.Create();
        Assert.Equal(network.Name, module.Name);
    });

    [Fact]
    public void Networks_EachFeatureNetwork_CanBeImportedAndSaysWhatToBring()
    {
        Assert.Empty(FeatureNetworks.Names.Except(WeightImport.Networks.Select(network => network.Name)));
        Assert.All(WeightImport.Networks, network =>
        {
            Assert.True(network.Published is not null ^ network.Package is not null, network.Name);
            // Publishers write the hash into the file's name or its address.
            Assert.True(network.Published is null || network.Published.Address.AbsolutePath.Contains(network.Published.Sha256Start ?? "", StringComparison.Ordinal), network.Name);
            Assert.True(network.Published is null or { Sha256Start: not null } || network.Name == "swav_resnet50", network.Name);
            Assert.NotEmpty(network.Licence);
        });
    }

    [Fact]
    public void Load_PublishedFile_NeedsNoImport()
    {
        using var network = new MobileNetV2();
        WeightImport.Load(network, RepositoryFiles.Download("nsfwjs-4.3.0.tgz"));
        Assert.Contains(StateDict.Named(network), item => item.Name == "Conv1.weight" && item.Tensor.abs().max().item<float>() > 0.5f);
    }

    // The classifier and the head that published checkpoints have besides come along.
    private static void WritePublished(IEnumerable<GoldenEntry> entries, string path)
    {
        var fill = GoldenFolder.Repository.Fill;
        var tensors = entries.Select(entry =>
        {
            var name = entry.TimmName ?? entry.Name;
            var count = entry.Shape.Aggregate(1L, (product, size) => product * size);
            return entry.Dtype == "float32"
                ? (name, WeightType.Float32, entry.Shape, MemoryMarshal.AsBytes<float>(fill.Uniform(name, count, 1, 0)).ToArray())
                : (name, WeightType.Int64, entry.Shape, new byte[8 * count]);
        }).ToList();
        if (tensors.Exists(tensor => tensor.name == "conv_stem.weight"))
        {
            tensors.Add(("conv_head.weight", WeightType.Float32, [2, 320, 1, 1], new byte[4 * 640]));
            tensors.Add(("bn2.weight", WeightType.Float32, [2], new byte[8]));
            tensors.Add(("classifier.bias", WeightType.Float32, [2], new byte[8]));
        }
        using var source = new MemorySource([.. tensors]);
        SafeTensors.Write(path, source);
    }
}
