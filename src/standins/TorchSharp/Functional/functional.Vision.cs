namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                mode is PaddingModes.Constant or PaddingModes.Zeros
                    ? Aten.Call("constant_pad_nd", input, pad, value)
                    : Aten.Call(PaddingOperator(mode, pad.Length / 2), input, pad);

            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, pad.ToArray(), mode, value);

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2], mode, value);

            public static Tensor pad(
                Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            /// <summary>Pads every dimension on both sides.</summary>
            public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, Enumerable.Repeat(pad, (int)input.ndim * 2).ToArray(), mode, value);

            public static Tensor grid_sample(
                Tensor input,
                Tensor grid,
                GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros,
                bool? align_corners = null)
            {
                // libtorch counts bilinear 0, nearest 1; zeros 0, border 1, reflection 2.
                long sampling = mode == GridSampleMode.Bilinear ? 0 : 1;
                long padding = padding_mode switch { GridSamplePaddingMode.Zeros => 0, GridSamplePaddingMode.Border => 1, _ => 2 };
                return Aten.Call("grid_sampler", input, grid, sampling, padding, align_corners ?? false);
            }

            public static Tensor affine_grid(Tensor theta, long[]? size = null, bool align_corners = false) =>
                Aten.Call("affine_grid_generator", theta, size, align_corners);

            /// <summary>Resizes [N, C, L], [N, C, H, W] or [N, C, D, H, W] to a size or by factors, one for each spatial dimension.</summary>
            public static Tensor interpolate(
                Tensor x,
                long[]? size = null,
                double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null,
                bool recompute_scale_factor = false,
                bool antialias = false)
            {
                long[] shape = x.shape;
                int spatial = shape.Length - 2;
                if ((size is null) == (scale_factor is null) || spatial < 1)
                {
                    throw new ArgumentException("Interpolation takes either a size or scale factors, and a tensor of at least 3 dimensions.");
                }

                if ((size?.Length ?? scale_factor!.Length) != spatial)
                {
                    throw new ArgumentException($"A tensor of {shape.Length} dimensions takes {spatial} sizes or scale factors, got {size?.Length ?? scale_factor!.Length}.");
                }

                if (align_corners is not null && mode is (InterpolationMode.Nearest or InterpolationMode.NearestExact or InterpolationMode.Area))
                {
                    throw new ArgumentException($"align_corners has no meaning for {mode} interpolation; leave it out.", nameof(align_corners));
                }

                if (scale_factor is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    size = scale_factor.Select((factor, i) => (long)Math.Floor(shape[i + 2] * factor)).ToArray();
                    scale_factor = null;
                }

                return mode switch
                {
                    InterpolationMode.Nearest => Aten.Call($"upsample_nearest{spatial}d.vec", x, size, scale_factor),
                    InterpolationMode.NearestExact => Aten.Call($"_upsample_nearest_exact{spatial}d.vec", x, size, scale_factor),
                    InterpolationMode.Area => Aten.Call($"adaptive_avg_pool{spatial}d", x, size),
                    _ => Aten.Call(SmoothOperator(mode, spatial, antialias), x, size, align_corners ?? false, scale_factor),
                };
            }

            private static string SmoothOperator(InterpolationMode mode, int spatial, bool antialias) => (mode, spatial, antialias) switch
            {
                (InterpolationMode.Linear, 1, false) => "upsample_linear1d.vec",
                (InterpolationMode.Bilinear, 2, false) => "upsample_bilinear2d.vec",
                (InterpolationMode.Bilinear, 2, true) => "_upsample_bilinear2d_aa.vec",
                (InterpolationMode.Bicubic, 2, false) => "upsample_bicubic2d.vec",
                (InterpolationMode.Bicubic, 2, true) => "_upsample_bicubic2d_aa.vec",
                (InterpolationMode.Trilinear, 3, false) => "upsample_trilinear3d.vec",
                _ => throw new ArgumentException($"{mode} interpolation does not fit {spatial} spatial dimensions{(antialias ? " with antialiasing" : "")}."),
            };

            private static string PaddingOperator(PaddingModes mode, int spatial) => mode switch
            {
                PaddingModes.Reflect => $"reflection_pad{spatial}d",
                PaddingModes.Replicate => $"replication_pad{spatial}d",
                PaddingModes.Circular => "_pad_circular",
                _ => throw new ArgumentException($"Padding mode {mode} is unknown."),
            };
        }
    }
}
