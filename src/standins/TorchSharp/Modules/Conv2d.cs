using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    public sealed class Conv2d : Convolution
    {
        internal Conv2d(
            long in_channels,
            long out_channels,
            long[] kernel_size,
            long[] stride,
            long[]? padding,
            Padding? padding_type,
            long[] dilation,
            long groups,
            bool bias,
            PaddingModes padding_mode,
            torch.Device? device,
            torch.ScalarType? dtype)
            : base(nameof(Conv2d), in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, false, [0, 0], groups, bias, padding_mode, device, dtype)
        {
        }

        public override torch.Tensor forward(torch.Tensor input)
        {
            if (!ValidateShape(input, 2))
            {
                throw Misfit(input);
            }

            if (padding_mode != PaddingModes.Zeros)
            {
                using var scope = torch.NewDisposeScope();
                var padded = torch.nn.functional.pad(input, Around(), padding_mode);
                return torch.nn.functional.conv2d(padded, weight, bias, stride, [0, 0], dilation, groups).MoveToOuterDisposeScope();
            }

            return padding_type is { } type
                ? torch.nn.functional.conv2d_padding(input, weight, bias, stride, type, dilation, groups)
                : torch.nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
        }

        // Left, right, top, bottom.
        private long[] Around()
        {
            if (padding_type is Padding.Same)
            {
                long columns = dilation[1] * (kernel_size[1] - 1);
                long rows = dilation[0] * (kernel_size[0] - 1);
                return [columns / 2, columns - (columns / 2), rows / 2, rows - (rows / 2)];
            }

            return padding is null ? [0, 0, 0, 0] : [padding[1], padding[1], padding[0], padding[0]];
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Conv2d Conv2d(
                long in_channels,
                long out_channels,
                long kernel_size,
                long stride = 1,
                long padding = 0,
                long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros,
                long groups = 1,
                bool bias = true,
                Device? device = null,
                ScalarType? dtype = null) =>
                new(in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], [padding, padding], null, [dilation, dilation], groups, bias, padding_mode, device, dtype);

            public static Conv2d Conv2d(
                long in_channels,
                long out_channels,
                (long, long) kernel_size,
                (long, long)? stride = null,
                (long, long)? padding = null,
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
                    null,
                    functional.Listed(dilation) ?? [1, 1],
                    groups,
                    bias,
                    padding_mode,
                    device,
                    dtype);

            public static Conv2d Conv2d(
                long in_channels,
                long out_channels,
                long kernel_size,
                Padding padding,
                long stride = 1,
                long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros,
                long groups = 1,
                bool bias = true,
                Device? device = null,
                ScalarType? dtype = null) =>
                new(in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], null, padding, [dilation, dilation], groups, bias, padding_mode, device, dtype);
        }
    }
}
