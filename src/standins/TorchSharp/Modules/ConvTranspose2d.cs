using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class ConvTranspose2d : ConvolutionTranspose
    {
        internal ConvTranspose2d(
            long in_channels,
            long out_channels,
            long[] kernel_size,
            long[] stride,
            long[] padding,
            long[] output_padding,
            long[] dilation,
            long groups,
            bool bias,
            PaddingModes padding_mode,
            Device? device,
            ScalarType? dtype)
            : base(nameof(ConvTranspose2d), in_channels, out_channels, kernel_size, stride, padding, null, dilation, true, output_padding, groups, bias, padding_mode, device, dtype)
        {
            if (padding_mode != PaddingModes.Zeros)
            {
                throw new ArgumentException($"ConvTranspose2d supports only zero padding, not {padding_mode}.", nameof(padding_mode));
            }
        }

        public override Tensor forward(Tensor input, long[]? output_size)
        {
            if (!ValidateShape(input, 2))
            {
                throw Misfit(input);
            }

            long[] extra = output_size is null ? output_padding : ExtraFor(input.shape[^2..], output_size[^2..]);
            return nn.functional.conv_transpose2d(input, weight, bias, stride, padding, extra, dilation, groups);
        }

        private long[] ExtraFor(long[] from, long[] to) =>
            [.. Enumerable.Range(0, 2).Select(d => to[d] - (((from[d] - 1) * stride[d]) - (2 * padding![d]) + (dilation[d] * (kernel_size[d] - 1)) + 1))];
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ConvTranspose2d ConvTranspose2d(
                long in_channels,
                long out_channels,
                long kernel_size,
                long stride = 1,
                long padding = 0,
                long output_padding = 0,
                long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros,
                long groups = 1,
                bool bias = true,
                Device? device = null,
                ScalarType? dtype = null) =>
                new(
                    in_channels,
                    out_channels,
                    [kernel_size, kernel_size],
                    [stride, stride],
                    [padding, padding],
                    [output_padding, output_padding],
                    [dilation, dilation],
                    groups,
                    bias,
                    padding_mode,
                    device,
                    dtype);

            public static ConvTranspose2d ConvTranspose2d(
                long in_channels,
                long out_channels,
                (long, long) kernel_size,
                (long, long)? stride = null,
                (long, long)? padding = null,
                (long, long)? output_padding = null,
                (long, long)? dilation = null,
                PaddingModes padding_mode = PaddingModes.Zeros,
                long groups = 1,
                bool bias = true,
                Device? device = null,
                ScalarType? dtype = null) =>
                new(
                    in_channels,
                    out_channels,
                    [kernel_size.Item1, kernel_size.Item2],
                    functional.Listed(stride) ?? [1, 1],
                    functional.Listed(padding) ?? [0, 0],
                    functional.Listed(output_padding) ?? [0, 0],
                    functional.Listed(dilation) ?? [1, 1],
                    groups,
                    bias,
                    padding_mode,
                    device,
                    dtype);
        }
    }
}
