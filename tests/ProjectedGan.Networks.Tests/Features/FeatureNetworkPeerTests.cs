using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Testing;
using ProjectedGan.Weights.SafeTensorsFormat;
using TorchSharp;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Features;

/// <summary>The feature and metric networks beside PyTorch's: torchvision's ResNets, and networks of PyTorch's own layers where Debian has none.</summary>
[Trait("Speed", "Slow")]
public sealed class FeatureNetworkPeerTests : IDisposable
{
    private const double Float64Bound = 1e-11;

    // How many times PyTorch's own distance between float32 and float64 ours may be.
    private const double Float32Factor = 4;

    // Activations at their kink fall to either side in float32, by chance: a few change the gradient by so much, and the taps by nothing.
    private const double KinkBound = 0.01;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("resnet18", 75, 61)]
    [InlineData("resnet50", 75, 61)]
    [InlineData("swav_resnet50", 75, 61)]
    [InlineData("clip_resnet50", 64, 32)]
    [InlineData("tf_efficientnet_lite2", 75, 61)]
    [InlineData("tf_efficientnet_lite3", 75, 61)]
    [InlineData("tf_efficientnet_lite4", 75, 61)]
    [InlineData("vit_base_patch16_224", 224, 224)]
    [InlineData("deit_base_distilled_patch16_224", 224, 224)]
    public void Extract_WithDrawnWeights_HasPyTorchsTapsAndGradient(string name, int height, int width)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        using var network = Create(name);
        Draw(network, generator);
        StateDict.Save(network, _folder.File("weights.safetensors"));
        Tensor[] images = [Images(generator, 2, 64, 96), Images(generator, 1, height, width)];
        TensorFile.Write(_folder.File("images.safetensors"), images.Select((tensor, index) => ($"{index}", tensor)));
        PyTorchPeer.Run(
            "feature_networks.py", name, _folder.File("weights.safetensors"), _folder.File("images.safetensors"), _folder.File("taps.safetensors"));

        using var expected = SafeTensors.Read(_folder.File("taps.safetensors"));
        foreach (var type in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            using var typed = Create(name);
            StateDict.Load(typed, _folder.File("weights.safetensors"));
            typed.to(type);
            for (var i = 0; i < images.Length; i++)
            {
                Compare(typed, images[i].to(type), expected, i);
            }

            typed.Optimize();
            Compare(typed, images[0].to(type), expected, 0);
        }
    }

    [Fact]
    public void Embed_ClipsVisionTransformer_HasPyTorchsEmbeddings()
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        using var generator = new Generator(13);
        using var network = new ClipVisionTransformer();
        Draw(network, generator);
        StateDict.Save(network, _folder.File("weights.safetensors"));
        var images = Images(generator, 2, 224, 224);
        TensorFile.Write(_folder.File("images.safetensors"), [("0", images)]);
        PyTorchPeer.Run(
            "feature_networks.py", network.Name, _folder.File("weights.safetensors"), _folder.File("images.safetensors"), _folder.File("taps.safetensors"));

        using var expected = SafeTensors.Read(_folder.File("taps.safetensors"));
        Compare(network.Embed(images), expected, "0.0", 0);
        // The bytes of a metric: to [-1, 1] and no resize.
        var bytes = images.mul(Of(127.5)).add_(Of(127.5)).round_().to(ScalarType.Byte);
        Assert.True(network.Pool(bytes).sub(network.Embed(bytes.to(ScalarType.Float32).div(Of(127.5)).sub_(Of(1.0)))).abs().max().item<float>() == 0);
        network.to(ScalarType.Float64);
        Compare(network.Embed(images.to(ScalarType.Float64)), expected, "0.0", 0);
    }

    [Fact]
    public void Embed_ImagesOfAnotherSize_AreRefused()
    {
        using var scope = NewDisposeScope();
        using var network = new ClipVisionTransformer();

        var error = Assert.Throws<ArgumentException>(() => network.Embed(zeros([1, 3, 224, 256])));

        Assert.Contains("takes images of 224×224; found 224×256", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("clip_resnet50")]
    [InlineData("swav_resnet50")]
    [InlineData("clip_vit_b32")]
    [InlineData("deit_base_distilled_patch16_224")]
    public void Import_PublishedCheckpoint_FindsEveryTensorAndDropsTheHeads(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(12);
        using (var network = WeightImport.Find(name).Create())
        {
            Draw(network, generator);
            StateDict.Save(network, _folder.File("weights.safetensors"));
        }

        TensorFile.Write(_folder.File("images.safetensors"), [("0", Images(generator, 1, name == "clip_vit_b32" ? 224 : 32, name == "clip_vit_b32" ? 224 : 32))]);
        PyTorchPeer.Run(
            "feature_networks.py", name, _folder.File("weights.safetensors"), _folder.File("images.safetensors"), _folder.File("taps.safetensors"),
            _folder.File("published.pth"));

        WeightImport.Import(_folder.File("published.pth"), _folder.File("imported.safetensors"), name);

        using var weights = SafeTensors.Read(_folder.File("weights.safetensors"));
        using var imported = SafeTensors.Read(_folder.File("imported.safetensors"));
        Assert.Equal(weights.Tensors.Select(tensor => tensor.Name).Order(), imported.Tensors.Select(tensor => tensor.Name).Order());
        Assert.All(weights.Tensors, tensor => Assert.True(weights.Load(tensor.Name).eq(imported.Load(tensor.Name)).all().item<bool>(), tensor.Name));
    }

    [Fact]
    public void Extract_SideThatIsNoMultipleOf32_IsRefusedByTransformers()
    {
        using var scope = NewDisposeScope();
        using var network = FeatureNetworks.Create("vit_base_patch16_224");

        var error = Assert.Throws<ArgumentException>(() => network.Extract(zeros([1, 3, 64, 80])));

        Assert.Contains("multiples of 32; found 64×80", error.Message, StringComparison.Ordinal);
    }

    private static FeatureNetwork Create(string name) => (FeatureNetwork)WeightImport.Find(name).Create();

    // Every kind of tensor away from the value at which it does nothing.
    private static void Draw(FrozenNetwork network, Generator generator)
    {
        using var _ = no_grad();
        network.Randomize(generator);
        foreach (var (name, tensor) in StateDict.Named(network).Where(item => item.Tensor.dim() == 1))
        {
            if (name.EndsWith("running_var", StringComparison.Ordinal) || name.EndsWith("weight", StringComparison.Ordinal))
            {
                tensor.uniform_(0.5, 1.5, generator);
            }
            else
            {
                tensor.normal_(0, 0.1, generator);
            }
        }
    }

    private static Tensor Images(Generator generator, int count, int height, int width) =>
        empty([count, 3, height, width]).uniform_(-1, 1, generator);

    private static void Compare(FeatureNetwork network, Tensor images, SafeTensorsFile peer, int key)
    {
        using var scope = NewDisposeScope();
        images = images.detach().requires_grad_();
        var taps = network.Extract(images);
        Assert.Equal(network.Channels, taps.Select(tap => (int)tap.size(1)));
        var loss = zeros([], taps[0].dtype);
        for (var i = 0; i < taps.Length; i++)
        {
            Assert.Equal(images.dtype, taps[i].dtype);
            loss = loss.add(taps[i].square().mean());
            Compare(taps[i].detach(), peer, $"{key}.{i}", 0);
        }

        Compare(autograd.grad([loss], [images])[0], peer, $"{key}.gradient", KinkBound);
    }

    private static void Compare(Tensor actual, SafeTensorsFile peer, string name, double float32Bound)
    {
        var exact = peer.Load($"float64.{name}");
        var bound = actual.dtype == ScalarType.Float64
            ? Float64Bound
            : Math.Max(float32Bound, Float32Factor * Distance(peer.Load($"float32.{name}"), exact));
        var distance = Distance(actual, exact);
        Assert.True(distance <= bound, $"{name} in {actual.dtype} is off by {distance:G3}, at most {bound:G3} are allowed.");
    }

    private static double Distance(Tensor actual, Tensor expected)
    {
        Assert.Equal(expected.shape, actual.shape);
        return actual.to(ScalarType.Float64).sub(expected).norm().item<double>() / expected.norm().item<double>();
    }
}
