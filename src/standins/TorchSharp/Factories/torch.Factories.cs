using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor arange(
        Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(Aten.Call("arange.start_step", start, stop, step, dtype ?? RangeType(start, stop, step), Arg.None, device), requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(
        double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(Aten.Call("linspace", start, end, steps, dtype, Arg.None, device), requires_grad);

    public static Tensor eye(
        long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(Aten.Call("eye.m", rows, columns == -1 ? rows : columns, dtype, Arg.None, device), requires_grad, names);

    public static Tensor normal(
        double mean,
        double std,
        ReadOnlySpan<long> size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        Generator? generator = null,
        string[]? names = null) =>
        Finish(randn(size, dtype, device, false, generator, names).mul_(std).add_(mean), requires_grad);

    public static Tensor randperm(
        long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Finish(Aten.Call("randperm.generator", n, generator, dtype, Arg.None, device), requires_grad);

    public static Tensor randint(
        long low, long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(Aten.Call("randint.low_generator", low, high, size.Shape, generator, dtype ?? ScalarType.Int64, Arg.None, device), requires_grad, names);

    public static Tensor randint(
        long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randint(
        long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(low, high, new Size(size), dtype, device, requires_grad, generator, names);

    public static Tensor randint(
        long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, new Size(size), dtype, device, requires_grad, generator, names);

    public static Tensor randint(
        int low, int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint((long)low, (long)high, new Size(size), dtype, device, requires_grad, generator, names);

    public static Tensor randint(
        int high, int[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0L, (long)high, new Size(size), dtype, device, requires_grad, generator, names);

    internal static Tensor Finish(Tensor tensor, bool requiresGrad, string[]? names = null)
    {
        if (names is not null)
        {
            throw new NotSupportedException("Named dimensions are not supported.");
        }

        return requiresGrad ? tensor.requires_grad_() : tensor;
    }

    internal static Tensor FromData<T>(ReadOnlySpan<T> data, ReadOnlySpan<long> sizes, ScalarType? dtype, Device? device, bool requiresGrad)
        where T : unmanaged
    {
        var made = Copied(data, sizes);
        bool moves = device is not null && device.type != DeviceType.CPU;
        if (!moves && (dtype is not { } wanted || wanted == made.dtype))
        {
            return Finish(made, requiresGrad);
        }

        using (made)
        {
            return Finish(made.to(dtype ?? made.dtype, device ?? CPU), requiresGrad);
        }
    }

    private static unsafe Tensor Copied<T>(ReadOnlySpan<T> data, ReadOnlySpan<long> sizes)
        where T : unmanaged
    {
        nint made;
        fixed (T* start = data)
        fixed (long* shape = sizes)
        {
            NativeMethods.Check(NativeMethods.pgan_ts_from_bytes(start, (long)data.Length * sizeof(T), (int)Tensor.TypeOf<T>(), shape, sizes.Length, &made));
        }

        return new Tensor(made);
    }

    private static ReadOnlySpan<T> Flat<T>(Array array)
        where T : unmanaged =>
        MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static ScalarType? RangeType(Scalar start, Scalar stop, Scalar step) =>
        start.Kind == ArgKind.Double || stop.Kind == ArgKind.Double || step.Kind == ArgKind.Double ? ScalarType.Float32 : ScalarType.Int64;
}
