using System.Numerics;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Arithmetic;

/// <summary>Runs a <see cref="TreeProgram"/> over memory, block by block, so that partial results stay in the processor's cache.</summary>
/// <remarks>Guarded by <c>pgan bench allreduce</c>. Needs no state: any number of threads may add at once.</remarks>
internal static unsafe class TreeAdder
{
    private const int BlockElements = 2048;

    /// <summary>Writes the sum over all leaves to <paramref name="total"/>, which may be one of the leaves.</summary>
    /// <param name="program">What to add.</param>
    /// <param name="format">What the sum is; with bfloat16 it is float32 values that bfloat16 represents.</param>
    /// <param name="leaves">Where each leaf begins.</param>
    /// <param name="packed">Leaves that hold bfloat16 and not float32 elements; only read with that format.</param>
    /// <param name="total">Where the sum goes.</param>
    /// <param name="elements">Length of each.</param>
    public static void Sum(TreeProgram program, ElementFormat format, ReadOnlySpan<nint> leaves, ReadOnlySpan<bool> packed, nint total, int elements)
    {
        if (format == ElementFormat.Float64)
        {
            Sum<double>(program, leaves, total, elements);
        }
        else if (format == ElementFormat.Float32)
        {
            Sum<float>(program, leaves, total, elements);
        }
        else
        {
            SumRounded(program, leaves, packed, total, elements);
        }
    }

    private static void Sum<T>(TreeProgram program, ReadOnlySpan<nint> leaves, nint total, int elements)
        where T : unmanaged, INumber<T>
    {
        var scratch = stackalloc T[program.Depth * BlockElements];
        var stack = stackalloc T*[program.Depth];
        for (var start = 0; start < elements; start += BlockElements)
        {
            var count = Math.Min(BlockElements, elements - start);
            var target = (T*)total + start;
            var depth = 0;
            for (var i = 0; i < program.Instructions.Length; i++)
            {
                var instruction = program.Instructions[i];
                if (instruction != TreeProgram.Add)
                {
                    stack[depth++] = (T*)leaves[instruction] + start;
                    continue;
                }
                depth--;
                var sum = i == program.Instructions.Length - 1 ? target : scratch + ((depth - 1) * BlockElements);
                Add(stack[depth - 1], stack[depth], sum, count);
                stack[depth - 1] = sum;
            }
            if (stack[0] != target)
            {
                new ReadOnlySpan<T>(stack[0], count).CopyTo(new Span<T>(target, count));
            }
        }
    }

    private static void SumRounded(TreeProgram program, ReadOnlySpan<nint> leaves, ReadOnlySpan<bool> packed, nint total, int elements)
    {
        var scratch = stackalloc float[program.Depth * BlockElements];
        var stack = stackalloc float*[program.Depth];
        for (var start = 0; start < elements; start += BlockElements)
        {
            var count = Math.Min(BlockElements, elements - start);
            var target = (float*)total + start;
            var depth = 0;
            for (var i = 0; i < program.Instructions.Length; i++)
            {
                var instruction = program.Instructions[i];
                if (instruction != TreeProgram.Add)
                {
                    stack[depth] = (float*)leaves[instruction] + start;
                    if (packed[instruction])
                    {
                        stack[depth] = scratch + (depth * BlockElements);
                        BFloat16Rounding.Unpack(new((ushort*)leaves[instruction] + start, count), new(stack[depth], count));
                    }
                    depth++;
                    continue;
                }
                depth--;
                var sum = i == program.Instructions.Length - 1 ? target : scratch + ((depth - 1) * BlockElements);
                BFloat16Rounding.Add(new(stack[depth - 1], count), new(stack[depth], count), new(sum, count));
                stack[depth - 1] = sum;
            }
            if (stack[0] != target)
            {
                new ReadOnlySpan<float>(stack[0], count).CopyTo(new Span<float>(target, count));
            }
        }
    }

    private static void Add<T>(T* left, T* right, T* sums, int count)
        where T : unmanaged, INumber<T>
    {
        var i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector.Store(Vector.Load(left + i) + Vector.Load(right + i), sums + i);
        }
        for (; i < count; i++)
        {
            sums[i] = left[i] + right[i];
        }
    }
}
