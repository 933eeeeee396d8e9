using ProjectedGan.Networks.Layers;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Discriminators;

/// <summary>A network from what discriminators see, feature maps or images themselves, to logits.</summary>
/// <remarks>Parameter names are the reference implementations' state_dict names.</remarks>
public abstract class DiscriminatorNetwork(string name) : Module<Tensor[], Tensor?, Tensor>(name)
{
    /// <summary>Number of classes, 0 for an unconditional discriminator.</summary>
    public abstract int Classes { get; }

    /// <param name="seen">Tensors [N, C_i, H_i, W_i]: feature maps, or the images [N, 3, R, R] alone.</param>
    /// <param name="labels">One-hot [N, classes], exactly when the discriminator is conditional.</param>
    /// <returns>Logits [N, L].</returns>
    /// <exception cref="ArgumentException">Something is missing or misshapen, or labels are missing or not wanted.</exception>
    public override Tensor forward(Tensor[] seen, Tensor? labels)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return labels is null == (Classes == 0)
            ? Judge(seen, labels)
            : throw new ArgumentException($"{GetName()}: labels must be given exactly when the discriminators are conditional (classes = {Classes}).");
    }

    /// <summary>The forward pass, labels checked.</summary>
    protected abstract Tensor Judge(Tensor[] seen, Tensor? labels);
}

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
