using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Modules
{
    public sealed class AvgPool2d : ParameterLessModule<Tensor, Tensor>
    {
        internal AvgPool2d(long[] kernel_size, long[]? stride, long[]? padding, bool ceil_mode, bool count_include_pad, long? divisor_override)
            : base(nameof(AvgPool2d))
        {
            this.kernel_size = kernel_size;
            this.stride = stride ?? kernel_size;
            this.padding = padding ?? [0, 0];
            this.ceil_mode = ceil_mode;
            this.count_include_pad = count_include_pad;
            this.divisor_override = divisor_override;
        }

        public long[] kernel_size { get; set; }

        public long[] stride { get; set; }

        public long[] padding { get; set; }

        public bool ceil_mode { get; set; }

        public bool count_include_pad { get; set; }

        public long? divisor_override { get; set; }

        public override Tensor forward(Tensor input) => F.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
    }

    public sealed class MaxPool2d : ParameterLessModule<Tensor, Tensor>
    {
        internal MaxPool2d(long[] kernel_size, long[]? stride, long[]? padding, long[]? dilation, bool ceil_mode)
            : base(nameof(MaxPool2d))
        {
            this.kernel_size = kernel_size;
            this.stride = stride ?? kernel_size;
            this.padding = padding ?? [0, 0];
            this.dilation = dilation ?? [1, 1];
            this.ceil_mode = ceil_mode;
        }

        public long[] kernel_size { get; set; }

        public long[] stride { get; set; }

        public long[] padding { get; set; }

        public long[] dilation { get; set; }

        public bool ceil_mode { get; set; }

        public override Tensor forward(Tensor input) => F.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode);
    }

    public sealed class AdaptiveAvgPool2d : ParameterLessModule<Tensor, Tensor>
    {
        internal AdaptiveAvgPool2d(long[] output_size)
            : base(nameof(AdaptiveAvgPool2d)) => this.output_size = output_size;

        public long[] output_size { get; set; }

        public override Tensor forward(Tensor input) => F.adaptive_avg_pool2d(input, output_size);
    }

    public sealed class Upsample : ParameterLessModule<Tensor, Tensor>
    {
        private readonly long[]? _size;
        private readonly double[]? _factor;

        internal Upsample(long[]? size, double[]? scale_factor, UpsampleMode mode, bool? align_corners, bool? recompute_scale_factor)
            : base(nameof(Upsample))
        {
            _size = size;
            _factor = scale_factor;
            this.mode = mode;
            this.align_corners = align_corners;
            this.recompute_scale_factor = recompute_scale_factor;
        }

        public ReadOnlySpan<long> size => _size;

        public ReadOnlySpan<double> scale_factor => _factor;

        public UpsampleMode mode { get; private set; }

        public bool? align_corners { get; private set; }

        public bool? recompute_scale_factor { get; private set; }

        // The two enumerations agree on the modes that both have.
        public override Tensor forward(Tensor input) => F.interpolate(input, _size, _factor, (InterpolationMode)mode, align_corners, recompute_scale_factor ?? false);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static AvgPool2d AvgPool2d(
                long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new([kernel_size, kernel_size], functional.Square(stride), functional.Square(padding), ceil_mode, count_include_pad, divisor_override);

            public static AvgPool2d AvgPool2d(
                long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                new([kernel_size, kernel_size], functional.Square(stride), functional.Square(padding), functional.Square(dilation), ceil_mode);

            public static MaxPool2d MaxPool2d(long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                new(kernel_size, stride, padding, dilation, ceil_mode);

            public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new(output_size);

            public static AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) => new([output_size.Item1, output_size.Item2]);

            public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new([output_size, output_size]);

            public static Upsample Upsample(
                long[]? size = null,
                double[]? scale_factor = null,
                UpsampleMode mode = UpsampleMode.Nearest,
                bool? align_corners = null,
                bool? recompute_scale_factor = null) => new(size, scale_factor, mode, align_corners, recompute_scale_factor);
        }
    }
}
