using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Features;
using ProjectedGan.Torch;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Projection;

/// <summary>
/// The discriminator of a Projected GAN (paper, section 3): discriminators that see images only through a frozen feature network and
/// fixed random projections. Parameters are named as in the reference, <c>feature_network.*</c> and <c>discriminator.*</c>; only the
/// latter are trained, and the former stays in evaluation mode. The two halves are separate calls, so that one feature pass can serve several uses.
/// </summary>
public sealed class ProjectedDiscriminator : nn.Module
{
    [ComponentName(Name = "feature_network")]
    private readonly FeatureProjector _projector;

    [ComponentName(Name = "discriminator")]
    private readonly MultiScaleDiscriminator _discriminators;

    private readonly int _inputSize;

    /// <summary>Joins the halves.</summary>
    /// <param name="projector">Feature network and projections; owned by this module from here on.</param>
    /// <param name="discriminators">The discriminators on the projected features; owned likewise.</param>
    /// <param name="inputSize">
    /// Side in pixels to which images are resized for the feature network; 0 leaves them as they are. The reference uses 224 for
    /// training resolutions below 224.
    /// </param>
    /// <exception cref="PganException">A negative size, or one that is no multiple of 32.</exception>
    public ProjectedDiscriminator(FeatureProjector projector, MultiScaleDiscriminator discriminators, int inputSize = 0)
        : base(nameof(ProjectedDiscriminator))
    {
        ArgumentNullException.ThrowIfNull(projector);
        ArgumentNullException.ThrowIfNull(discriminators);
        if (inputSize < 0 || inputSize % FeatureNetwork.DeepestStride != 0)
        {
            throw new PganException(
                $"Feature network input size {inputSize} is no multiple of {FeatureNetwork.DeepestStride}; use one, or 0 to leave images as they are.");
        }

        _projector = projector;
        _discriminators = discriminators;
        _inputSize = inputSize;
        RegisterComponents();
    }

    /// <summary>The frozen half.</summary>
    public FeatureProjector Projector => _projector;

    /// <summary>The trained half.</summary>
    public MultiScaleDiscriminator Discriminators => _discriminators;

    /// <summary>The discriminators' parameters with their names in this module's state dict; the frozen half has none to train.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> TrainableParameters() =>
        _discriminators.named_parameters().Select(named => ($"discriminator.{named.name}", named.parameter));

    /// <summary>The projected features of images.</summary>
    /// <param name="images">[N, 3, H, W] in [-1, 1].</param>
    /// <returns>Four tensors; see <see cref="FeatureProjector.Project"/>.</returns>
    /// <exception cref="PganException">Images that are not resized, of a size that the projector cannot take.</exception>
    public Tensor[] Features(Tensor images)
    {
        if (_inputSize == 0)
        {
            return _projector.Project(images);
        }

        using var scope = NewDisposeScope();
        var features = _projector.Project(ImageTensors.Resize(images, _inputSize));
        foreach (var feature in features)
        {
            feature.MoveToOuterDisposeScope();
        }

        return features;
    }

    /// <summary>The discriminators' logits.</summary>
    /// <param name="features">Projected features.</param>
    /// <param name="labels">One-hot [N, classes], exactly when the discriminators are conditional.</param>
    /// <returns>[N, L]: every scale's logits, from the finest.</returns>
    public Tensor Logits(Tensor[] features, Tensor? labels) => _discriminators.forward(features, labels);
}
