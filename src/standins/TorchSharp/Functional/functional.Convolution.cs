namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor conv1d(
                Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1) =>
                Aten.Call("conv1d", input, weight, bias, stride ?? 1, padding ?? 0, dilation ?? 1, groups);

            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Aten.Call("conv2d", input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], dilation ?? [1, 1], groups);

            public static Tensor conv2d_padding(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1) =>
                Aten.Call("conv2d.padding", input, weight, bias, strides ?? [1, 1], padding == Padding.Same ? "same" : "valid", dilation ?? [1, 1], groups);

            public static Tensor conv_transpose2d(
                Tensor input,
                Tensor weight,
                Tensor? bias = null,
                long[]? strides = null,
                long[]? padding = null,
                long[]? output_padding = null,
                long[]? dilation = null,
                long groups = 1) =>
                Aten.Call("conv_transpose2d.input", input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], output_padding ?? [0, 0], groups, dilation ?? [1, 1]);

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Aten.Call("linear", input, weights, bias);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => Aten.Call("one_hot", x, num_classes);
        }
    }
}
