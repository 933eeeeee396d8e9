using ProjectedGan.Foundation;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>What a check of this machine's convolutions found.</summary>
/// <param name="Checked">How many distinct convolutions were computed.</param>
/// <param name="OneDnn">Whether convolutions use oneDNN from here on.</param>
/// <param name="Fault">The first that was wrong with oneDNN and made it be turned off; null where none was.</param>
public sealed record ConvolutionReport(int Checked, bool OneDnn, string? Fault)
{
    public override string ToString() => Fault is null
        ? $"{Checked} convolutions checked against float64, {(OneDnn ? "with oneDNN" : "without oneDNN")}"
        : $"{Checked} convolutions are right without oneDNN, which was turned off: {Fault}";
}

/// <summary>Computes convolutions once, forward and both gradients, and compares them with float64, before anything is built on them.</summary>
/// <remarks>Convolutions that were right once are not checked again in the process. Thread-safe.</remarks>
public static class ConvolutionCheck
{
    private static readonly HashSet<ConvolutionCase> Right = [];
    private static readonly Lock OneAtATime = new();

    // float32 sums of a few thousand products, against the scale of the result; a wrong one is off by 4 % or more.
    private const double SingleTolerance = 1e-4;
    private const double BFloat16Tolerance = 0.03;

    /// <summary>
    /// Shapes of the kinds that networks are made of, with channels that are multiples of 16 and such that are not. What a machine
    /// that serves runs checks before it says what its arithmetic is.
    /// </summary>
    public static IReadOnlyCollection<ConvolutionCase> Common { get; } =
    [
        .. from kernel in new[] { 1, 3, 4 }
           from inputs in new[] { 3, 16, 20, 64 }
           from outputs in new[] { 1, 12, 16, 48 }
           select Case(inputs, outputs, kernel, new ConvolutionGeometry(kernel == 4 ? 2 : 1, kernel / 3, kernel / 3)),
        Case(40, 40, 3, new ConvolutionGeometry(1, 1, 1, Groups: 40)),
        Case(96, 96, 3, new ConvolutionGeometry(2, 1, 1, Groups: 96)),
        Case(24, 20, 4, new ConvolutionGeometry(2, 1, 1, Transposed: true)),
    ];

    /// <summary>
    /// Checks; where a convolution is wrong, turns oneDNN off for the process and checks all again.
    /// </summary>
    /// <param name="cases">From <see cref="Convolutions.Record"/>.</param>
    /// <exception cref="PganException">A convolution is wrong with and without oneDNN: this machine must not train.</exception>
    public static ConvolutionReport Settle(IReadOnlyCollection<ConvolutionCase> cases) => Settle(cases, Convolutions.Apply);

    internal static ConvolutionReport Settle(IReadOnlyCollection<ConvolutionCase> cases, Convolve convolve)
    {
        lock (OneAtATime)
        {
            var fault = FirstFault(cases, convolve);
            if (fault is not null && TorchRuntime.OneDnnEnabled)
            {
                TorchRuntime.OneDnnEnabled = false;
                Right.Clear();
                return FirstFault(cases, convolve) is { } second
                    ? throw Unusable($"{fault} Without oneDNN: {second}")
                    : new ConvolutionReport(cases.Count, OneDnn: false, fault);
            }

            return fault is null ? new ConvolutionReport(cases.Count, TorchRuntime.OneDnnEnabled, null) : throw Unusable(fault);
        }
    }

    /// <summary>
    /// As <c>Settle</c>, for a process that has said already what its arithmetic is: it may not change it, and refuses instead.
    /// </summary>
    /// <exception cref="PganException">A convolution is wrong; the message says how to start the process without oneDNN.</exception>
    public static void Require(IReadOnlyCollection<ConvolutionCase> cases) => Require(cases, Convolutions.Apply);

    internal static void Require(IReadOnlyCollection<ConvolutionCase> cases, Convolve convolve)
    {
        lock (OneAtATime)
        {
            if (FirstFault(cases, convolve) is { } fault)
            {
                throw TorchRuntime.OneDnnEnabled
                    ? new PganException($"{fault} Start this process with {TorchRuntime.OneDnnVariable}=off, which computes without oneDNN.")
                    : Unusable(fault);
            }
        }
    }

    /// <summary>The first convolution that is wrong, in words; null where all are right.</summary>
    internal static string? FirstFault(IEnumerable<ConvolutionCase> cases, Convolve convolve)
    {
        foreach (var convolution in cases.Where(convolution => !Right.Contains(convolution)))
        {
            if (Fault(convolution, convolve) is { } fault)
            {
                return fault;
            }

            Right.Add(convolution);
        }

        return null;
    }

    /// <summary>What convolves; tests give one that is wrong.</summary>
    internal delegate Tensor Convolve(Tensor input, Tensor weight, Tensor? bias, ConvolutionGeometry geometry);

    private static PganException Unusable(string fault) =>
        new($"This machine computes convolutions wrongly, so nothing can be trained or measured on it. {fault} Use another machine or device.");

    private static string? Fault(ConvolutionCase convolution, Convolve convolve)
    {
        using var scope = NewDisposeScope();
        var exact = Operands.Draw(convolution);
        var (expectedOutput, expectedInput, expectedWeight) = Differentiate(convolution, exact, Convolutions.Apply, autocast: false);
        var (output, input, weight) = Differentiate(convolution, exact.Of(convolution), convolve, convolution.BFloat16);
        return Compare(convolution, "output", output, expectedOutput)
            ?? Compare(convolution, "gradient of the input", input, expectedInput)
            ?? Compare(convolution, "gradient of the weight", weight, expectedWeight);
    }

    private static (Tensor Output, Tensor Input, Tensor Weight) Differentiate(ConvolutionCase convolution, Operands operands, Convolve convolve, bool autocast)
    {
        var input = operands.Input.detach().requires_grad_();
        var weight = operands.Weight.detach().requires_grad_();
        Tensor output;
        using (autocast ? Autocast.BFloat16(CPU) : null)
        {
            output = convolve(input, weight, operands.Bias, convolution.Geometry);
        }

        var gradients = autograd.grad([output], [input, weight], [Direction(output)]);
        return (Ends(output.detach()), Ends(gradients[0]), gradients[1]);
    }

    private static string? Compare(ConvolutionCase convolution, string what, Tensor actual, Tensor expected)
    {
        var scale = expected.abs().max().item<double>();
        var error = (actual.to_type(ScalarType.Float64) - expected).abs().max().item<double>();
        var tolerance = convolution.BFloat16 ? BFloat16Tolerance : SingleTolerance;
        return error <= tolerance * scale
            ? null
            : $"The {what} of a {convolution} is off by {(double.IsNaN(error) ? "NaN" : $"{error / scale:P1} of its largest value")}.";
    }

    private static ConvolutionCase Case(int inputs, int outputs, int kernel, ConvolutionGeometry geometry)
    {
        var (rows, columns) = geometry.Transposed ? (inputs, outputs) : (outputs, inputs / (int)geometry.Groups);
        return new ConvolutionCase(
            new TensorShape(2, inputs, 8, 8, ScalarType.Float32), new TensorShape(rows, columns, kernel, kernel, ScalarType.Float32), Bias: false, geometry, BFloat16: false);
    }

    // Away from zero for two samples only: those are what float64 is computed for.
    private static Tensor Direction(Tensor output)
    {
        using var draws = new Generator(2);
        var two = randn([Math.Min(2, output.size(0)), .. output.shape[1..]], ScalarType.Float64, generator: draws);
        return Spread(two.to(output.dtype), output.size(0));
    }

    /// <summary>A batch with two samples at its ends and zeros between: kernels are chosen by its size, and two samples show their faults.</summary>
    private static Tensor Spread(Tensor two, long samples)
    {
        if (samples > two.size(0))
        {
            var middle = zeros([samples - two.size(0), .. two.shape[1..]], two.dtype);
            two = cat([two.narrow(0, 0, 1), middle, two.narrow(0, 1, 1)]);
        }

        return Convolutions.Arrange(two);
    }

    private static Tensor Ends(Tensor batch) => batch.size(0) <= 2 ? batch : cat([batch.narrow(0, 0, 1), batch.narrow(0, batch.size(0) - 1, 1)]);

    private sealed record Operands(Tensor Input, Tensor Weight, Tensor? Bias)
    {
        /// <summary>Two samples in float64, of values that the case's type holds exactly, so that rounding them is no difference.</summary>
        public static Operands Draw(ConvolutionCase convolution)
        {
            using var draws = new Generator(1);
            var type = convolution.BFloat16 ? ScalarType.BFloat16 : convolution.Input.Type;
            Tensor Values(params long[] sizes) => randn(sizes, ScalarType.Float64, generator: draws).to_type(type).to_type(ScalarType.Float64);
            return new Operands(
                Values([Math.Min(2, convolution.Input.N), .. convolution.Input.Sizes[1..]]),
                Values(convolution.Weight.Sizes),
                convolution.Bias ? Values(convolution.Geometry.Transposed ? convolution.Weight.C : convolution.Weight.N) : null);
        }

        /// <summary>As the network has them: its type, its number of samples, channels-last.</summary>
        public Operands Of(ConvolutionCase convolution) => new(
            Spread(Input.to(convolution.Input.Type), convolution.Input.N), Convolutions.Arrange(Weight.to(convolution.Input.Type)), Bias?.to(convolution.Input.Type));
    }
}
