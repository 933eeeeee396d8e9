using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// Calls libtorch's operators by their schema's name and overload, <c>"add.Tensor"</c> being <c>aten::add.Tensor</c>. Arguments follow the schema's order;
/// missing trailing ones take its defaults.
/// </summary>
internal static unsafe class Aten
{
    private const int StackWords = 64;

    private static readonly ConcurrentDictionary<string, nint> Operators = new(StringComparer.Ordinal);

    public static Tensor Call(string op, params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(op, args, &result, 1);
        return Wrap(op, result);
    }

    public static void Run(string op, params ReadOnlySpan<Arg> args) => Invoke(op, args, null, 0);

    public static (Tensor, Tensor) Pair(string op, params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[2];
        Invoke(op, args, results, 2);
        return (Wrap(op, results[0]), Wrap(op, results[1]));
    }

    public static (Tensor, Tensor, Tensor) Triple(string op, params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[3];
        Invoke(op, args, results, 3);
        return (Wrap(op, results[0]), Wrap(op, results[1]), Wrap(op, results[2]));
    }

    public static Tensor[] List(string op, params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(op, args, &result, 1);
        if ((ArgKind)result.Kind != ArgKind.Tensors)
        {
            throw new InvalidOperationException($"Operator {op} returned no list of tensors.");
        }

        var handles = (nint*)result.Bits;
        var tensors = new Tensor[result.Count];
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i] = new Tensor(handles[i]);
        }

        NativeMethods.pgan_ts_free_list((nint)handles);
        return tensors;
    }

    public static Scalar Value(string op, params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(op, args, &result, 1);
        return new Scalar((ArgKind)result.Kind, result.Bits);
    }

    public static bool Test(string op, params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(op, args, &result, 1);
        return result.Bits != 0;
    }

    [SkipLocalsInit]
    private static void Invoke(string op, ReadOnlySpan<Arg> args, NativeValue* results, int capacity)
    {
        nint handle = Operators.TryGetValue(op, out nint known) ? known : Find(op);
        int words = 0;
        foreach (ref readonly var arg in args)
        {
            words += Words(arg);
        }

        // Lists are copied into one block: on the stack as a rule, in a pinned array when there are many elements.
        long* block = stackalloc long[StackWords];
        if (words > StackWords)
        {
            long[] pinned = GC.AllocateUninitializedArray<long>(words, pinned: true);
            Invoke(handle, args, (long*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)), results, capacity);
            GC.KeepAlive(pinned);
        }
        else
        {
            Invoke(handle, args, block, results, capacity);
        }
    }

    [SkipLocalsInit]
    private static void Invoke(nint handle, ReadOnlySpan<Arg> args, long* block, NativeValue* results, int capacity)
    {
        var values = stackalloc NativeValue[args.Length];
        for (int i = 0; i < args.Length; i++)
        {
            values[i] = Marshalled(args[i], ref block);
        }

        int returned;
        NativeMethods.Check(NativeMethods.pgan_ts_call(handle, values, args.Length, results, capacity, &returned));
    }

    private static int Words(in Arg arg) => arg.Kind switch
    {
        ArgKind.Ints or ArgKind.Doubles or ArgKind.Tensors or ArgKind.OptionalTensors => Unsafe.As<Array>(arg.Reference!).Length,
        ArgKind.String => (Encoding.UTF8.GetByteCount((string)arg.Reference!) + 7) / 8,
        _ => 0,
    };

    private static NativeValue Marshalled(in Arg arg, ref long* block)
    {
        long* start = block;
        int count = 0;
        switch (arg.Kind)
        {
            case ArgKind.Tensor:
                return new() { Kind = (int)ArgKind.Tensor, Bits = Unsafe.As<Tensor>(arg.Reference!).Handle };
            case ArgKind.Ints:
                var integers = (long[])arg.Reference!;
                count = integers.Length;
                integers.CopyTo(new Span<long>(start, count));
                block += count;
                break;
            case ArgKind.Doubles:
                var doubles = (double[])arg.Reference!;
                count = doubles.Length;
                doubles.CopyTo(new Span<double>(start, count));
                block += count;
                break;
            case ArgKind.Tensors or ArgKind.OptionalTensors:
                var tensors = (Tensor?[])arg.Reference!;
                count = tensors.Length;
                for (int i = 0; i < count; i++)
                {
                    start[i] = tensors[i]?.Handle ?? (arg.Kind == ArgKind.OptionalTensors ? 0 : throw new ArgumentNullException(nameof(arg), $"Tensor {i} of the list is null."));
                }

                block += count;
                break;
            case ArgKind.String:
                var text = (string)arg.Reference!;
                int words = Words(arg);
                count = Encoding.UTF8.GetBytes(text, new Span<byte>(start, words * 8));
                block += words;
                break;
            default:
                return new() { Kind = (int)arg.Kind, Bits = arg.Bits };
        }

        return new() { Kind = (int)arg.Kind, Count = count, Bits = (long)start };
    }

    private static Tensor Wrap(string op, in NativeValue value) =>
        (ArgKind)value.Kind == ArgKind.Tensor ? new Tensor((nint)value.Bits) : throw new InvalidOperationException($"Operator {op} returned no tensor.");

    private static nint Find(string op)
    {
        int dot = op.IndexOf('.', StringComparison.Ordinal);
        string name = dot < 0 ? op : op[..dot];
        nint handle;
        NativeMethods.Check(NativeMethods.pgan_ts_find(name.Contains(':', StringComparison.Ordinal) ? name : "aten::" + name, dot < 0 ? "" : op[(dot + 1)..], &handle));
        return Operators.GetOrAdd(op, handle);
    }
}
