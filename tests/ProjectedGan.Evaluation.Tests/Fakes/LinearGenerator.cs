using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Noise;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Fakes;

/// <summary>Images that are a fixed linear map of latents, labels and noise.</summary>
internal sealed class LinearGenerator : GeneratorNetwork
{
    private readonly Tensor _map;
    private readonly Parameter _gain;

    public LinearGenerator(int classes = 0, float gain = 0.4f)
        : base("LinearGenerator")
    {
        Classes = classes;
        using Generator random = new(5);
        _map = randn([LatentSize + classes, 3 * 8 * 8], generator: random);
        _gain = new Parameter(tensor(gain));
        RegisterComponents();
        eval();
    }

    public override long LatentSize => 6;

    public override int Resolution => 8;

    public override int Classes { get; }

    /// <summary>The labels of all samples made so far.</summary>
    public List<long> Labels { get; } = [];

    protected override Tensor Synthesize(Tensor latents, Tensor? labels, INoiseSource? noise)
    {
        using var scope = NewDisposeScope();
        if (labels is not null)
        {
            Labels.AddRange(labels.argmax(1).data<long>().ToArray());
        }

        var images = (labels is null ? latents : cat([latents, labels], 1)).matmul(_map).mul(_gain).view(-1, 3, 8, 8);
        return images.add(noise!.Draw([latents.shape[0], 1, 8, 8], ScalarType.Float32, CPU).mul(0.1f)).MoveToOuterDisposeScope();
    }
}
