using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Modules;

public class ModuleTests
{
    [Fact]
    public void StateDict_NestedModules_ListsOfficialNamesParametersFirst()
    {
        using var network = new Network();

        Assert.Equal(
            [
                "scale", "convolution.weight", "norm.weight", "norm.bias", "tail.0.weight", "tail.0.bias", "tail.act_fc.weight", "tail.act_fc.bias",
                "blocks.0.weight", "blocks.1.weight", "counter", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked",
            ],
            network.state_dict().Keys);
        Assert.Equal(["convolution", "norm", "tail", "blocks"], network.named_children().Select(child => child.name));
        Assert.DoesNotContain("scratch", network.named_buffers().Select(buffer => buffer.name));
    }

    [Fact]
    public void LoadStateDict_FromAnotherNetwork_MakesThemEqual()
    {
        using var scope = NewDisposeScope();
        using var first = new Network();
        using var second = new Network();
        var input = randn(2, 3, 8, 8);
        first.eval();
        second.eval();
        Assert.False(first.call(input).allclose(second.call(input)));

        second.load_state_dict(first.state_dict());

        Assert.True(first.call(input).allclose(second.call(input)));
        var partial = new Dictionary<string, Tensor> { ["scale"] = ones(1), ["extra"] = ones(1) };
        Assert.Throws<InvalidOperationException>(() => second.load_state_dict(partial));
        var (missing, unexpected) = second.load_state_dict(partial, strict: false);
        Assert.Contains("convolution.weight", missing);
        Assert.Equal(["extra"], unexpected);
    }

    [Fact]
    public void BatchNorm_TrainingSteps_FollowTheMovingAverage()
    {
        using var scope = NewDisposeScope();
        using var norm = nn.BatchNorm2d(2, dtype: float64);
        using var generator = new Generator(0);
        var first = randn([4, 2, 3, 3], float64, generator: generator) * 2 + 1;
        var second = randn([4, 2, 3, 3], float64, generator: generator);

        _ = norm.call(first);
        _ = norm.call(second);

        var mean = first.mean([0, 2, 3]).mul(0.1).mul(0.9).add(second.mean([0, 2, 3]).mul(0.1));
        var variance = ones(2, float64).mul(0.9).add(first.var([0, 2, 3]).mul(0.1)).mul(0.9).add(second.var([0, 2, 3]).mul(0.1));
        Assert.True(norm.running_mean!.allclose(mean));
        Assert.True(norm.running_var!.allclose(variance));
        Assert.Equal(2L, norm.num_batches_tracked!.item<long>());
        norm.eval();
        var evaluated = norm.call(second);
        var expected = (second - mean.reshape(1, 2, 1, 1)) / (variance.reshape(1, 2, 1, 1) + 1e-5).sqrt();
        Assert.True(evaluated.allclose(expected));
        Assert.Equal(2L, norm.num_batches_tracked!.item<long>());
    }

    [Fact]
    public void To_AnotherType_ReplacesTensorsAndFields()
    {
        using var scope = NewDisposeScope();
        using var network = new Network();
        var before = network.Scale;

        network.to(float64);

        Assert.True(before.IsInvalid);
        Assert.Equal(float64, network.Scale.dtype);
        Assert.Same(network.Scale, network.get_parameter("scale"));
        Assert.True(network.Scale.requires_grad);
        Assert.All(network.parameters(), parameter => Assert.Equal(float64, parameter.dtype));
        Assert.Equal(int64, network.get_buffer("norm.num_batches_tracked")!.dtype);
        Assert.Equal(float64, network.call(randn([2, 3, 8, 8], float64)).dtype);
    }

    [Fact]
    public void To_PropertyWithoutSetterOfATensorsName_ThrowsAsTheOfficialPackageDoes()
    {
        using var module = new ReadOnlyWeight();

        var error = Assert.Throws<ArgumentException>(() => module.to(float64));

        Assert.Contains("weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_AndEval_ReachEveryModule()
    {
        using var network = new Network();
        Assert.All(network.modules(), module => Assert.True(module.training));

        network.eval();

        Assert.False(network.training);
        Assert.All(network.modules(), module => Assert.False(module.training));
        int visited = 0;
        network.apply(_ => visited++);
        Assert.Equal(network.modules().Count() + 1, visited);
    }

    [Fact]
    public void Parameter_FromATensor_TakesItsHandle()
    {
        var data = ones(3);

        using var parameter = nn.Parameter(data);

        Assert.True(data.IsInvalid);
        Assert.True(parameter.requires_grad);
        Assert.Equal(3, parameter.numel());
    }

    [Fact]
    public void ConvTranspose2d_OfAConvolution_IsItsGradient()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.ConvTranspose2d(3, 5, 4, stride: 2, padding: 1, bias: false, dtype: float64);
        var image = randn([1, 5, 8, 8], float64, requires_grad: true);
        var seed = randn([1, 3, 4, 4], float64);

        var gradient = autograd.grad([nn.functional.conv2d(image, layer.weight, strides: [2, 2], padding: [1, 1])], [image], [seed])[0];

        Assert.True(layer.call(seed).allclose(gradient));
        Assert.Throws<ArgumentException>(() => layer.call(image));
    }

    [Fact]
    public void ZeroGrad_AfterBackward_RemovesGradients()
    {
        using var scope = NewDisposeScope();
        using var network = new Network();
        network.call(randn(2, 3, 8, 8)).sum().backward();
        Assert.All(network.parameters(), parameter => Assert.NotNull(parameter.grad));

        network.zero_grad();

        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Init_Kaiming_HasTheSpreadOfItsFan()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var weight = empty(200, 50, 3, 3);

        nn.init.kaiming_normal_(weight, nonlinearity: nn.init.NonlinearityType.ReLU);

        Assert.Equal(Math.Sqrt(2.0 / 450), weight.std().item<float>(), 3);
        using var generator = new Generator(1);
        Assert.Throws<NotSupportedException>(() => nn.init.normal_(weight, generator: generator));
        nn.init.orthogonal_(weight);
        var rows = weight.reshape(200, 450);
        Assert.True(rows.matmul(rows.t()).allclose(eye(200), atol: 1e-4));
    }

    private sealed class ReadOnlyWeight : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "weight")]
        private readonly Parameter _weight = nn.Parameter(ones(1));

        public ReadOnlyWeight()
            : base(nameof(ReadOnlyWeight)) => RegisterComponents();

        public Parameter weight => _weight;

        public override Tensor forward(Tensor input) => input * _weight;
    }

    private sealed class Network : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "scale")]
        private readonly Parameter _scale = nn.Parameter(ones(1));

        [ComponentName(Name = "counter")]
        private readonly Tensor _counter = zeros(1);

        [ComponentName(Name = "convolution")]
        private readonly Conv2d _convolution = nn.Conv2d(3, 4, 3, padding: 1, bias: false);

        [ComponentName(Name = "norm")]
        private readonly BatchNorm2d _norm = nn.BatchNorm2d(4);

        [ComponentName(Name = "tail")]
        private readonly Sequential _tail = nn.Sequential(("0", nn.Conv2d(4, 4, 1)), ("act", nn.LeakyReLU(0.2)), ("act_fc", nn.Conv2d(4, 2, 1)));

        [ComponentName(Name = "blocks")]
        private readonly ModuleList<Conv2d> _blocks = nn.ModuleList(nn.Conv2d(2, 2, 1, bias: false), nn.Conv2d(2, 2, 1, bias: false));

        public Network()
            : base(nameof(Network))
        {
            register_buffer("scratch", zeros(1), persistent: false);
            RegisterComponents();
        }

        public Parameter Scale => _scale;

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var features = _tail.call(_norm.call(_convolution.call(input))) * _scale;
            foreach (var block in _blocks)
            {
                features = block.call(features);
            }

            return (features + _counter).MoveToOuterDisposeScope();
        }
    }
}
