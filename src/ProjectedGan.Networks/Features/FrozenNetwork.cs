using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>
/// A pretrained network that is never trained: its parameters require no gradient and it stays in evaluation mode whatever
/// <see cref="train"/> is asked for. Gradients flow through it to its input. One thread at a time.
/// </summary>
public abstract class FrozenNetwork : nn.Module
{
    private readonly Dictionary<string, ModuleContainer> _groups = [];
    private readonly List<ConvolutionUnit> _units = [];

    private protected FrozenNetwork(string name)
        : base(name)
    {
        Name = name;
        base.train(false);
    }

    /// <summary>The network's name in specs, file names and reports.</summary>
    public string Name { get; }

    /// <summary>Whether <see cref="Optimize"/> is in effect.</summary>
    protected bool IsOptimized { get; private set; }

    /// <summary>
    /// The name in this network's state dict of a tensor of a weight file, so that a file in its source's own naming can be loaded.
    /// </summary>
    /// <param name="fileName">The tensor's name in the file.</param>
    /// <returns>The name here; null if the network does without the tensor; an unknown name unchanged.</returns>
    public virtual string? LocalName(string fileName) => fileName;

    /// <summary>Keeps evaluation mode.</summary>
    /// <param name="train">Ignored.</param>
    public override void train(bool train = true) => base.train(false);

    /// <summary>
    /// Prepares for speed: folds every normalisation into its convolution. Call it after loading weights and moving the
    /// network, and again after either. The state dict does not change; results change by rounding.
    /// </summary>
    public void Optimize()
    {
        foreach (var unit in _units)
        {
            unit.Fold();
        }

        IsOptimized = true;
    }

    /// <summary>
    /// Draws weights instead of loading them: He-normal convolutions and linear layers, normalisations as the identity. A feature
    /// network without training, for tests and for the ablation in which a GAN learns next to nothing.
    /// </summary>
    /// <param name="generator">The source of randomness; advanced.</param>
    public void Randomize(Generator generator)
    {
        using var _ = no_grad();
        foreach (var (_, parameter) in named_parameters())
        {
            if (parameter.dim() > 1)
            {
                var fanIn = parameter.numel() / parameter.size(0);
                parameter.normal_(0, Math.Sqrt(2.0 / fanIn), generator);
            }
        }

        if (IsOptimized)
        {
            Optimize();
        }
    }

    private protected ConvolutionUnit AddUnit(string convolution, string normalization, ConvolutionOptions options, BatchNormLayout layout)
    {
        var unit = new ConvolutionUnit(options, layout);
        AddModule(convolution, unit.Convolution);
        AddModule(normalization, unit.Normalization);
        _units.Add(unit);
        return unit;
    }

    private protected void AddModule(string path, nn.Module module) => ModuleContainer.Register(this, _groups, path, module);

    private protected void RequireImages(Tensor images)
    {
        if (images.dim() != 4 || images.size(1) != 3)
        {
            throw new ArgumentException($"{Name} takes images [N, 3, H, W]; found [{string.Join(", ", images.shape)}].", nameof(images));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var unit in _units)
            {
                unit.Dispose();
            }
        }

        base.Dispose(disposing);
    }
}

/// <summary>A module that only groups others: a segment of a dotted parameter name.</summary>
internal sealed class ModuleContainer() : nn.Module(nameof(ModuleContainer))
{
    private readonly Dictionary<string, ModuleContainer> _groups = [];

    /// <summary>Registers a module under a dotted path below a root, making the groups on the way.</summary>
    /// <param name="root">The module to which the path is relative.</param>
    /// <param name="groups">The groups made so far below the root, by name.</param>
    /// <param name="path">Names joined by dots.</param>
    /// <param name="leaf">The module to register.</param>
    public static void Register(nn.Module root, Dictionary<string, ModuleContainer> groups, string path, nn.Module leaf)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            root.register_module(path, leaf);
            return;
        }

        var name = path[..dot];
        if (!groups.TryGetValue(name, out var group))
        {
            group = new ModuleContainer();
            groups.Add(name, group);
            root.register_module(name, group);
        }

        Register(group, group._groups, path[(dot + 1)..], leaf);
    }
}
