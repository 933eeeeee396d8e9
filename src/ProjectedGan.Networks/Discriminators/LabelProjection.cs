using ProjectedGan.Networks.Layers;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Discriminators;

/// <summary>A linear layer and LeakyReLU from label embedding to condition.</summary>
internal sealed class LabelProjection : Module<Tensor, Tensor>
{
    [ComponentName(Name = "0")]
    private readonly Linear _linear;

    public LabelProjection(int inputs, int outputs, InitialWeights initial)
        : base(nameof(LabelProjection))
    {
        _linear = new Linear(inputs, outputs, initial);
        RegisterComponents();
    }

    /// <param name="input">[N, inputs].</param>
    /// <returns>[N, outputs].</returns>
    public override Tensor forward(Tensor input) => _linear.forward(input).leaky_relu(Of(DownBlock.NegativeSlope));

    private sealed class Linear : Module<Tensor, Tensor>
    {
        [ComponentName(Name = "weight")]
        private readonly Parameter _weight;

        [ComponentName(Name = "bias")]
        private readonly Parameter _bias;

        public Linear(int inputs, int outputs, InitialWeights initial)
            : base(nameof(Linear))
        {
            _weight = initial.Weight([outputs, inputs], inputs);
            _bias = initial.Bias(outputs, inputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => functional.linear(input, GradientTaps.Of(_weight), GradientTaps.Of(_bias));
    }
}
