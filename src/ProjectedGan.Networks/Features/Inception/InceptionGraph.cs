using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features.Inception;

/// <summary>
/// Inception-v3's convolutional part (Szegedy et al. 2016) as data: a stem and eleven blocks. The units are made in the order in
/// which both PyTorch and Keras number them, so one graph serves the weights of both.
/// </summary>
/// <param name="addUnit">Makes the unit of a name, such as <c>Mixed_5b.branch1x1</c>, and registers it.</param>
/// <param name="lastPooling">The pool of the last block, average in the paper, maximum in the 2015 TensorFlow graph.</param>
internal sealed class InceptionGraph(Func<string, ConvolutionOptions, ConvolutionUnit> addUnit, InceptionPooling lastPooling)
{
    private readonly List<ConvolutionUnit>[] _stem = [[], []];
    private readonly List<InceptionBranch[]> _fine = [];
    private readonly List<InceptionBranch[]> _middle = [];
    private readonly List<InceptionBranch[]> _coarse = [];

    /// <summary>Makes and registers all units.</summary>
    public InceptionGraph Build()
    {
        _stem[0].Add(Unit("Conv2d_1a_3x3", 3, 32, (3, 3), stride: 2, PaddingRule.None));
        _stem[0].Add(Unit("Conv2d_2a_3x3", 32, 32, (3, 3), stride: 1, PaddingRule.None));
        _stem[0].Add(Unit("Conv2d_2b_3x3", 32, 64, (3, 3)));
        _stem[1].Add(Unit("Conv2d_3b_1x1", 64, 80, (1, 1)));
        _stem[1].Add(Unit("Conv2d_4a_3x3", 80, 192, (3, 3), stride: 1, PaddingRule.None));
        _fine.AddRange([FineBlock("Mixed_5b", 192, 32), FineBlock("Mixed_5c", 256, 64), FineBlock("Mixed_5d", 288, 64)]);
        _middle.Add(FirstReduction("Mixed_6a", 288));
        _middle.AddRange([
            MiddleBlock("Mixed_6b", 128), MiddleBlock("Mixed_6c", 160), MiddleBlock("Mixed_6d", 160), MiddleBlock("Mixed_6e", 192)]);
        _coarse.Add(SecondReduction("Mixed_7a", 768));
        _coarse.AddRange([
            CoarseBlock("Mixed_7b", 1280, InceptionPooling.Average), CoarseBlock("Mixed_7c", 2048, lastPooling)]);
        return this;
    }

    /// <summary>The feature maps at the four places that metrics read.</summary>
    /// <param name="images">[N, 3, 299, 299], preprocessed.</param>
    /// <param name="read">Sees 64, 192, 768 and 2,048 channels in turn, before the map is freed.</param>
    public void Forward(Tensor images, Action<Tensor> read)
    {
        var current = images;
        foreach (var chain in _stem)
        {
            current = Step(current, [new InceptionBranch { Chain = chain }], images);
            current = Step(current, [new InceptionBranch { Pooling = InceptionPooling.Halving }], images);
            read(current);
        }

        foreach (var block in _fine.Concat(_middle))
        {
            current = Step(current, block, images);
        }

        read(current);
        foreach (var block in _coarse)
        {
            current = Step(current, block, images);
        }

        read(current);
    }

    // Frees the input, unless it is the caller's.
    private static Tensor Step(Tensor input, InceptionBranch[] branches, Tensor images)
    {
        using var scope = NewDisposeScope();
        var outputs = branches.SelectMany(branch => branch.Forward(input)).ToArray();
        var output = (outputs.Length == 1 ? outputs[0] : cat(outputs, 1)).MoveToOuterDisposeScope();
        if (!ReferenceEquals(input, images))
        {
            input.Dispose();
        }

        return output;
    }

    private InceptionBranch[] FineBlock(string block, int inputs, int poolOutputs) =>
    [
        new() { Chain = [Unit($"{block}.branch1x1", inputs, 64, (1, 1))] },
        new() { Chain = [Unit($"{block}.branch5x5_1", inputs, 48, (1, 1)), Unit($"{block}.branch5x5_2", 48, 64, (5, 5))] },
        new()
        {
            Chain =
            [
                Unit($"{block}.branch3x3dbl_1", inputs, 64, (1, 1)),
                Unit($"{block}.branch3x3dbl_2", 64, 96, (3, 3)),
                Unit($"{block}.branch3x3dbl_3", 96, 96, (3, 3)),
            ],
        },
        new() { Pooling = InceptionPooling.Average, Chain = [Unit($"{block}.branch_pool", inputs, poolOutputs, (1, 1))] },
    ];

    private InceptionBranch[] FirstReduction(string block, int inputs) =>
    [
        new() { Chain = [Unit($"{block}.branch3x3", inputs, 384, (3, 3), stride: 2, PaddingRule.None)] },
        new()
        {
            Chain =
            [
                Unit($"{block}.branch3x3dbl_1", inputs, 64, (1, 1)),
                Unit($"{block}.branch3x3dbl_2", 64, 96, (3, 3)),
                Unit($"{block}.branch3x3dbl_3", 96, 96, (3, 3), stride: 2, PaddingRule.None),
            ],
        },
        new() { Pooling = InceptionPooling.Halving },
    ];

    private InceptionBranch[] MiddleBlock(string block, int inner) =>
    [
        new() { Chain = [Unit($"{block}.branch1x1", 768, 192, (1, 1))] },
        new()
        {
            Chain =
            [
                Unit($"{block}.branch7x7_1", 768, inner, (1, 1)),
                Unit($"{block}.branch7x7_2", inner, inner, (1, 7)),
                Unit($"{block}.branch7x7_3", inner, 192, (7, 1)),
            ],
        },
        new()
        {
            Chain =
            [
                Unit($"{block}.branch7x7dbl_1", 768, inner, (1, 1)),
                Unit($"{block}.branch7x7dbl_2", inner, inner, (7, 1)),
                Unit($"{block}.branch7x7dbl_3", inner, inner, (1, 7)),
                Unit($"{block}.branch7x7dbl_4", inner, inner, (7, 1)),
                Unit($"{block}.branch7x7dbl_5", inner, 192, (1, 7)),
            ],
        },
        new() { Pooling = InceptionPooling.Average, Chain = [Unit($"{block}.branch_pool", 768, 192, (1, 1))] },
    ];

    private InceptionBranch[] SecondReduction(string block, int inputs) =>
    [
        new()
        {
            Chain =
            [
                Unit($"{block}.branch3x3_1", inputs, 192, (1, 1)),
                Unit($"{block}.branch3x3_2", 192, 320, (3, 3), stride: 2, PaddingRule.None),
            ],
        },
        new()
        {
            Chain =
            [
                Unit($"{block}.branch7x7x3_1", inputs, 192, (1, 1)),
                Unit($"{block}.branch7x7x3_2", 192, 192, (1, 7)),
                Unit($"{block}.branch7x7x3_3", 192, 192, (7, 1)),
                Unit($"{block}.branch7x7x3_4", 192, 192, (3, 3), stride: 2, PaddingRule.None),
            ],
        },
        new() { Pooling = InceptionPooling.Halving },
    ];

    private InceptionBranch[] CoarseBlock(string block, int inputs, InceptionPooling pooling) =>
    [
        new() { Chain = [Unit($"{block}.branch1x1", inputs, 320, (1, 1))] },
        new()
        {
            Chain = [Unit($"{block}.branch3x3_1", inputs, 384, (1, 1))],
            Fork = [Unit($"{block}.branch3x3_2a", 384, 384, (1, 3)), Unit($"{block}.branch3x3_2b", 384, 384, (3, 1))],
        },
        new()
        {
            Chain = [Unit($"{block}.branch3x3dbl_1", inputs, 448, (1, 1)), Unit($"{block}.branch3x3dbl_2", 448, 384, (3, 3))],
            Fork = [Unit($"{block}.branch3x3dbl_3a", 384, 384, (1, 3)), Unit($"{block}.branch3x3dbl_3b", 384, 384, (3, 1))],
        },
        new() { Pooling = pooling, Chain = [Unit($"{block}.branch_pool", inputs, 192, (1, 1))] },
    ];

    private ConvolutionUnit Unit(
        string name, int inputs, int outputs, (int Height, int Width) kernel, int stride = 1, PaddingRule padding = PaddingRule.Half) =>
        addUnit(name, new ConvolutionOptions(inputs, outputs)
        {
            Kernel = kernel,
            Stride = stride,
            Padding = padding,
            Activation = Activation.Relu,
        });
}

/// <summary>One branch of an Inception block: a pool, convolutions in turn, and at the end perhaps two side by side.</summary>
internal sealed record InceptionBranch
{
    public InceptionPooling Pooling { get; init; }

    public IReadOnlyList<ConvolutionUnit> Chain { get; init; } = [];

    /// <summary>Convolutions that all read the chain's output; their outputs stand one after another.</summary>
    public IReadOnlyList<ConvolutionUnit> Fork { get; init; } = [];

    /// <summary>The branch's outputs, to be joined along the channels.</summary>
    public IEnumerable<Tensor> Forward(Tensor input)
    {
        var current = Pooling.Apply(input);
        foreach (var unit in Chain)
        {
            current = unit.Forward(current);
        }

        return Fork.Count == 0 ? [current] : Fork.Select(unit => unit.Forward(current));
    }
}

/// <summary>What an Inception branch does before its convolutions.</summary>
internal enum InceptionPooling
{
    None,

    /// <summary>3×3 average at stride 1; padding does not count.</summary>
    Average,

    /// <summary>3×3 maximum at stride 1.</summary>
    Maximum,

    /// <summary>3×3 maximum at stride 2 without padding: halves the map.</summary>
    Halving,
}

internal static class InceptionPoolings
{
    public static Tensor Apply(this InceptionPooling pooling, Tensor input) => pooling switch
    {
        InceptionPooling.Average => nn.functional.avg_pool2d(
            input, kernel_size: 3, stride: 1, padding: 1, ceil_mode: false, count_include_pad: false),
        InceptionPooling.Maximum => nn.functional.max_pool2d(input, kernel_size: 3, stride: 1, padding: 1),
        InceptionPooling.Halving => nn.functional.max_pool2d(input, kernel_size: 3, stride: 2),
        _ => input,
    };
}
