using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.WeightFiles;
using ProjectedGan.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Features;

/// <summary>The feature networks beside PyTorch's: torchvision's ResNets, and networks of PyTorch's own layers where Debian has none.</summary>
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
        using var network = FeatureNetworks.Create(name);
        Draw(network, generator);
        StateDict.Save(network, _folder.File("weights.safetensors"));
        Tensor[] images = [Images(generator, 2, 64, 96), Images(generator, 1, height, width)];
        SafeTensors.Write(_folder.File("images.safetensors"), images.Select((tensor, index) => ($"{index}", tensor)));
        PyTorchPeer.Run(
            "feature_networks.py", name, _folder.File("weights.safetensors"), _folder.File("images.safetensors"), _folder.File("taps.safetensors"));

        using var expected = SafeTensors.Read(_folder.File("taps.safetensors"));
        foreach (var type in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            using var typed = FeatureNetworks.Create(name);
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

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("clip_resnet50")]
    [InlineData("deit_base_distilled_patch16_224")]
    public void Import_PublishedCheckpoint_FindsEveryTensorAndDropsTheHeads(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(12);
        using (var network = FeatureNetworks.Create(name))
        {
            Draw(network, generator);
            StateDict.Save(network, _folder.File("weights.safetensors"));
        }

        SafeTensors.Write(_folder.File("images.safetensors"), [("0", Images(generator, 1, 32, 32))]);
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

    // Every kind of tensor away from the value at which it does nothing.
    private static void Draw(FeatureNetwork network, Generator generator)
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
