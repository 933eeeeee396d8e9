using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Tensors;

/// <summary>How a convolution moves over its input.</summary>
/// <param name="Stride">Pixels from one output to the next, on both axes.</param>
/// <param name="Rows">Zeros added above and below.</param>
/// <param name="Columns">Zeros added left and right.</param>
/// <param name="Groups">Groups of channels that do not see each other.</param>
/// <param name="Transposed">Whether it is the transposed convolution, whose weight is [inputs, outputs / groups, h, w].</param>
/// <param name="ExtraRows">Of a transposed one: rows more below, because a stride gives several sizes of input the same output.</param>
/// <param name="ExtraColumns">Columns more at the right.</param>
public sealed record ConvolutionGeometry(
    long Stride = 1, long Rows = 0, long Columns = 0, long Groups = 1, bool Transposed = false, long ExtraRows = 0, long ExtraColumns = 0);

/// <summary>Two-dimensional convolutions: the one place where networks call libtorch's.</summary>
/// <remarks>
/// On the CPU float32 computes channels-last. In the other memory order libtorch 2.10 gets such convolutions wrong where channels
/// are no multiples of 16: its oneDNN reorders into blocks and leaves their padding as it finds it. Nothing says so; a third of 528
/// shapes was wrong. Shapes that have no memory order, those of a single pixel, are computed as matrix products.
/// </remarks>
public static class Convolutions
{
    // oneDNN's weight gradient of channels-last 1×1 convolutions with a stride ends the process where there are fewer input channels.
    private const long ChannelsWithoutCrash = 16;

    [ThreadStatic]
    private static HashSet<ConvolutionCase>? Recorded;

    [ThreadStatic]
    private static bool IsTwice;

    /// <summary>Whether convolutions of a type compute channels-last on a device, so that weights had better lie in that order too.</summary>
    /// <remarks>float64 is not oneDNN's: it is right in either order, and libtorch's backward pass wants its weights row-major.</remarks>
    public static bool ComputesChannelsLast(Device device, ScalarType type) => device.type == DeviceType.CPU && type != ScalarType.Float64;

    /// <summary>A weight [O, C, h, w] in the order in which its convolutions compute; the caller disposes it.</summary>
    public static Tensor Arrange(Tensor weight) => ComputesChannelsLast(weight.device, weight.dtype) ? ChannelsLast.To(weight) : weight.contiguous();

    /// <summary>Convolves.</summary>
    /// <param name="input">[N, C, H, W] in any memory order.</param>
    /// <param name="weight">[O, C / groups, h, w]; transposed: [C, O / groups, h, w]. Channels-last spares a copy.</param>
    /// <param name="bias">[O], or none.</param>
    /// <param name="geometry">Stride, padding, groups.</param>
    /// <returns>[N, O, H', W'], on the CPU channels-last.</returns>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias, ConvolutionGeometry geometry)
    {
        if (!ComputesChannelsLast(input.device, input.dtype))
        {
            return Compute(input, weight, bias, geometry);
        }

        Recorded?.Add(new ConvolutionCase(Describe(input), Describe(weight), bias is not null, geometry, Autocast.IsOn(input.device)));
        if (Autocast.IsOn(input.device) && !Avx512BW.IsSupported)
        {
            // oneDNN has no bfloat16 on such processors, and libtorch's own backward pass wants its weights row-major, as with float64.
            using var rowMajor = weight.contiguous();
            return Compute(input, rowMajor, bias, geometry);
        }

        using var copied = ChannelsLast.Is(input) ? null : ChannelsLast.To(input);
        var arranged = copied ?? input;
        var (height, width) = (weight.size(2), weight.size(3));
        if (input.size(2) == 1 && input.size(3) == 1 && geometry is { Rows: 0, Columns: 0, Groups: 1, ExtraRows: 0, ExtraColumns: 0 })
        {
            if (geometry.Transposed)
            {
                return SpreadPixel(arranged, weight, bias);
            }

            if (height == 1 && width == 1)
            {
                using var pixels = arranged.flatten(1); // [N, C]
                using var matrix = weight.flatten(1); // [O, C]
                using var mixed = functional.linear(pixels, matrix, bias); // [N, O]
                return mixed.view(mixed.size(0), mixed.size(1), 1, 1);
            }
        }

        if (geometry is { Stride: > 1, Rows: 0, Columns: 0, Transposed: false } && height == 1 && width == 1 && weight.size(1) < ChannelsWithoutCrash)
        {
            using var sampled = arranged[.., .., TensorIndex.Slice(step: geometry.Stride), TensorIndex.Slice(step: geometry.Stride)];
            using var dense = ChannelsLast.To(sampled);
            return Convolve(dense, weight, bias, geometry with { Stride = 1 });
        }

        return Convolve(arranged, weight, bias, geometry);
    }

    /// <summary>
    /// Until the result is disposed, the gradients of the inputs of this thread's convolutions can be differentiated once more: what a loss
    /// needs that contains such a gradient. Gradients of weights cannot.
    /// </summary>
    /// <remarks>
    /// libtorch's own second derivatives are convolutions with kernels of the size of the maps, in a memory order that is not ours to choose,
    /// and float32 on the CPU has a wrong one. Here the input's gradient is the transposed convolution, whose derivatives are ordinary ones. Elsewhere, and in
    /// float64, libtorch's are right and stay. Not for autocast.
    /// </remarks>
    public static IDisposable DifferentiateTwice() => new Twice();

    /// <summary>The distinct convolutions on the CPU of what <paramref name="forward"/> computes on this thread.</summary>
    public static IReadOnlyCollection<ConvolutionCase> Record(Action forward)
    {
        var outer = Recorded;
        Recorded = [];
        try
        {
            forward();
            return Recorded;
        }
        finally
        {
            Recorded = outer;
        }
    }

    private static Tensor Convolve(Tensor input, Tensor weight, Tensor? bias, ConvolutionGeometry geometry)
    {
        if (!IsTwice)
        {
            return Compute(input, weight, bias, geometry);
        }

        using var constant = input.detach();
        using var output = Compute(constant, weight, bias, geometry);
        var adjoint = Adjoint(geometry, input, output, weight);
        Recorded?.Add(new ConvolutionCase(Describe(output), Describe(weight), Bias: false, adjoint, BFloat16: false));
        return InputGradient.apply(adjoint, output, input, weight);
    }

    // What takes a gradient of the output to one of the input.
    private static ConvolutionGeometry Adjoint(ConvolutionGeometry geometry, Tensor input, Tensor output, Tensor weight)
    {
        long Extra(int axis, long padding) => input.size(axis) - (((output.size(axis) - 1) * geometry.Stride) - (2 * padding) + weight.size(axis));
        return geometry.Transposed
            ? geometry with { Transposed = false, ExtraRows = 0, ExtraColumns = 0 }
            : geometry with { Transposed = true, ExtraRows = Extra(2, geometry.Rows), ExtraColumns = Extra(3, geometry.Columns) };
    }

    private static Tensor Compute(Tensor input, Tensor weight, Tensor? bias, ConvolutionGeometry geometry)
    {
        long[] stride = [geometry.Stride, geometry.Stride];
        long[] padding = [geometry.Rows, geometry.Columns];
        // One thread's 1×1 convolutions of a small batch go to a matrix product in the other memory order, and copies to and from it, unless
        // they are dilated. A kernel of one pixel has nothing to dilate: 5 % of the demo's iteration.
        var isPixel = weight.size(2) == 1 && weight.size(3) == 1;
        long[]? dilation = isPixel && ComputesChannelsLast(input.device, input.dtype) ? [2, 2] : null;
        return geometry.Transposed
            ? functional.conv_transpose2d(input, weight, bias, stride, padding, [geometry.ExtraRows, geometry.ExtraColumns], groups: geometry.Groups)
            : functional.conv2d(input, weight, bias, stride, padding, dilation, groups: geometry.Groups);
    }

    // A transposed convolution of one pixel writes its kernel once: the outer product of pixel and weight, summed over input channels.
    private static Tensor SpreadPixel(Tensor input, Tensor weight, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var kernels = weight.permute(0, 2, 3, 1); // [C, h, w, O]
        var spread = input.flatten(1).matmul(kernels.flatten(1)); // [N, h * w * O]
        var map = spread.view(input.size(0), kernels.size(1), kernels.size(2), kernels.size(3)).permute(0, 3, 1, 2);
        return (bias is null ? map : map.Plus(bias.view(1, -1, 1, 1))).MoveToOuterDisposeScope();
    }

    private static TensorShape Describe(Tensor tensor) => new(tensor.size(0), tensor.size(1), tensor.size(2), tensor.size(3), tensor.dtype);

    private sealed class Twice : IDisposable
    {
        private readonly bool _outer = IsTwice;

        public Twice() => IsTwice = true;

        public void Dispose() => IsTwice = _outer;
    }

    /// <summary>
    /// Gives a convolution of a constant input on, and its input the gradient: that of weight and bias is libtorch's.
    /// </summary>
    private sealed class InputGradient : autograd.SingleTensorFunction<InputGradient>
    {
        private const string Geometry = "geometry";

        public override string Name => $"{nameof(Convolutions)}.{nameof(InputGradient)}";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data(Geometry, vars[0]);
            ctx.save_for_backward([(Tensor)vars[3]]);
            return ((Tensor)vars[1]).detach();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var weight = ctx.get_saved_variables()[0];
            var gradient = Apply(grad_output, weight, null, (ConvolutionGeometry)ctx.get_data(Geometry));
            return [null!, grad_output, gradient, null!];
        }
    }
}

/// <summary>Shape and type of a tensor of four dimensions.</summary>
public readonly record struct TensorShape(long N, long C, long H, long W, ScalarType Type)
{
    public long[] Sizes => [N, C, H, W];
}

/// <summary>One convolution as a network calls it.</summary>
/// <param name="Input">[N, C, H, W].</param>
/// <param name="Weight">[O, C / groups, h, w], or [C, O, h, w] for a transposed one.</param>
/// <param name="Bias">Whether it has one.</param>
/// <param name="Geometry">Stride, padding, groups.</param>
/// <param name="BFloat16">Whether autocast computes it in bfloat16.</param>
public sealed record ConvolutionCase(TensorShape Input, TensorShape Weight, bool Bias, ConvolutionGeometry Geometry, bool BFloat16)
{
    /// <summary>As in <c>3×3 convolution 20 → 40 on 8×16×16×20, stride 2</c>.</summary>
    public override string ToString()
    {
        var inputs = Geometry.Transposed ? Weight.C : Weight.N;
        var text = $"{Weight.H}×{Weight.W} {(Geometry.Transposed ? "transposed " : "")}convolution {Input.C} → {inputs} of {Input.N} maps {Input.H}×{Input.W}";
        text += Geometry.Stride == 1 ? "" : $", stride {Geometry.Stride}";
        text += Geometry.Groups == 1 ? "" : $", {Geometry.Groups} groups";
        return text + (BFloat16 ? ", bfloat16" : $", {Input.Type}".ToLowerInvariant());
    }
}
