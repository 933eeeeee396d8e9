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
