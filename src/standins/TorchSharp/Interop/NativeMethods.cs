using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public int Kind;
    public int Count;
    public long Bits;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeInfo
{
    public long Elements;
    public void* Data;
    public int Dimensions;
    public int Dtype;
    public int DeviceType;
    public int DeviceIndex;
    public int Flags;
    public int ElementSize;

    public readonly bool Defined => (Flags & 1) != 0;
    public readonly bool RequiresGrad => (Flags & 2) != 0;
    public readonly bool Leaf => (Flags & 4) != 0;
    public readonly bool Contiguous => (Flags & 8) != 0;
    public readonly bool Sparse => (Flags & 16) != 0;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeIndex
{
    public int Kind;
    public int Padding;
    public long Start;
    public long Stop;
    public long Step;
    public nint Tensor;
}

/// <summary>The C ABI of the native half. Functions that return int return 0, or 1 with the text in pgan_ts_last_error.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "pgan_torchsharp";

    [LibraryImport(Library)] public static partial byte* pgan_ts_last_error();
    [LibraryImport(Library)] public static partial byte* pgan_ts_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int pgan_ts_find(string name, string overload, nint* found);

    [LibraryImport(Library)] public static partial int pgan_ts_call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity, int* returned);
    [LibraryImport(Library)] public static partial void pgan_ts_free_list(nint handles);

    [LibraryImport(Library)] public static partial int pgan_ts_delete(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] public static partial int pgan_ts_info(nint tensor, NativeInfo* info);
    [LibraryImport(Library), SuppressGCTransition] public static partial int pgan_ts_dimensions(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] public static partial int pgan_ts_layout(nint tensor, long* sizes, long* strides, long* storageOffset);
    [LibraryImport(Library)] public static partial int pgan_ts_from_bytes(void* data, long bytes, int dtype, long* sizes, int dimensions, nint* result);
    [LibraryImport(Library)] public static partial int pgan_ts_index(nint tensor, NativeIndex* indices, int count, nint* result);
    [LibraryImport(Library)] public static partial int pgan_ts_index_put(nint tensor, NativeIndex* indices, int count, nint value);

    [LibraryImport(Library)] public static partial int pgan_ts_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] public static partial int pgan_ts_grad(nint tensor, nint* result);
    [LibraryImport(Library)] public static partial int pgan_ts_set_grad(nint tensor, nint grad);
    [LibraryImport(Library)] public static partial int pgan_ts_retain_grad(nint tensor);

    [LibraryImport(Library)]
    public static partial int pgan_ts_backward(nint* tensors, int count, nint* grads, int gradCount, int retainGraph, int createGraph, nint* inputs, int inputCount);

    [LibraryImport(Library)]
    public static partial int pgan_ts_autograd_grad(
        nint* outputs, int count, nint* inputs, int inputCount, nint* grads, int gradCount, int retainGraph, int createGraph, int allowUnused, nint* results);

    [LibraryImport(Library), SuppressGCTransition] public static partial int pgan_ts_grad_enabled();
    [LibraryImport(Library), SuppressGCTransition] public static partial void pgan_ts_set_grad_enabled(int enabled);
    [LibraryImport(Library), SuppressGCTransition] public static partial int pgan_ts_inference_enabled();
    [LibraryImport(Library)] public static partial int pgan_ts_begin_inference(int enabled, nint* guard);
    [LibraryImport(Library)] public static partial int pgan_ts_end_inference(nint guard);

    [LibraryImport(Library)] public static partial int pgan_ts_manual_seed(long seed);
    [LibraryImport(Library)] public static partial int pgan_ts_default_generator(long device, nint* result);
    [LibraryImport(Library)] public static partial int pgan_ts_new_generator(ulong seed, long device, nint* result);
    [LibraryImport(Library)] public static partial int pgan_ts_delete_generator(nint generator);
    [LibraryImport(Library)] public static partial int pgan_ts_generator_seed(nint generator, ulong seed);
    [LibraryImport(Library)] public static partial int pgan_ts_generator_reseed(nint generator, ulong* seed);
    [LibraryImport(Library)] public static partial int pgan_ts_generator_initial_seed(nint generator, ulong* seed);
    [LibraryImport(Library)] public static partial int pgan_ts_generator_state(nint generator, nint* state);
    [LibraryImport(Library)] public static partial int pgan_ts_set_generator_state(nint generator, nint state);

    [LibraryImport(Library)] public static partial int pgan_ts_threads(int* intra, int* inter);
    [LibraryImport(Library)] public static partial int pgan_ts_set_threads(int threads);
    [LibraryImport(Library)] public static partial int pgan_ts_set_interop_threads(int threads);
    [LibraryImport(Library)] public static partial int pgan_ts_cuda(int* available, int* cudnn, int* devices);
    [LibraryImport(Library)] public static partial int pgan_ts_cuda_synchronize(long device);
    [LibraryImport(Library)] public static partial int pgan_ts_cuda_seed(long seed, int allDevices);
    [LibraryImport(Library)] public static partial int pgan_ts_set_deterministic(int enabled, int warnOnly);
    [LibraryImport(Library)] public static partial int pgan_ts_deterministic();

    /// <exception cref="ExternalException">libtorch reported an error; the message is libtorch's.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(int result)
    {
        if (result != 0)
        {
            Throw();
        }
    }

    private static void Throw() => throw new ExternalException(Marshal.PtrToStringUTF8((nint)pgan_ts_last_error()));
}
