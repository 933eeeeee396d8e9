using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>Reads and writes a CPU tensor's elements in logical (row-major) order, whatever its strides are.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly Tensor _tensor;
    private readonly long[] _sizes;
    private readonly long[] _strides;
    private readonly bool _contiguous;

    internal TensorAccessor(Tensor tensor)
    {
        _tensor = tensor;
        _sizes = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = tensor.numel();
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    private T* Start => (T*)_tensor.Info.Data;

    public T this[params long[] indices]
    {
        get => Start[Offset(indices)];
        set => Start[Offset(indices)] = value;
    }

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) => left.Equals(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !left.Equals(right);

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array.AsSpan());
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var target = array[arrayIndex..];
        int count = (int)Math.Min(target.Length, Count - tensorIndex);
        T* start = Start;
        if (_contiguous)
        {
            new ReadOnlySpan<T>(start + tensorIndex, count).CopyTo(target);
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                target[i] = start[Position(tensorIndex + i)];
            }
        }

        GC.KeepAlive(this);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var source = array[arrayIndex..];
        int count = (int)Math.Min(source.Length, Count - tensorIndex);
        T* start = Start;
        if (_contiguous)
        {
            source[..count].CopyTo(new Span<T>(start + tensorIndex, count));
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                start[Position(tensorIndex + i)] = source[i];
            }
        }

        GC.KeepAlive(this);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
        {
            yield return At(i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override bool Equals(object? obj) => obj is TensorAccessor<T> other && Count == other.Count && this.SequenceEqual(other);

    public override int GetHashCode() => HashCode.Combine(Count, typeof(T));

    /// <summary>Nothing is held beyond the reference to the tensor, which stays its owner's.</summary>
    public void Dispose()
    {
    }

    private T At(long index) => Start[Position(index)];

    // One index counts through the elements in logical order, as in the official accessor; otherwise there is one for each dimension.
    private long Offset(long[] indices)
    {
        if (indices.Length == 1)
        {
            return indices[0] >= 0 && indices[0] < Count ? Position(indices[0]) : throw new IndexOutOfRangeException($"Index {indices[0]} is outside {Count} elements.");
        }

        if (indices.Length != _sizes.Length)
        {
            throw new ArgumentException($"A tensor of {_sizes.Length} dimensions takes as many indices, not {indices.Length}.", nameof(indices));
        }

        long offset = 0;
        for (int d = 0; d < indices.Length; d++)
        {
            if (indices[d] < 0 || indices[d] >= _sizes[d])
            {
                throw new IndexOutOfRangeException($"Index {indices[d]} is outside dimension {d} of size {_sizes[d]}.");
            }

            offset += indices[d] * _strides[d];
        }

        return offset;
    }

    private long Position(long index)
    {
        if (_contiguous)
        {
            return index;
        }

        long offset = 0;
        for (int d = _sizes.Length - 1; d >= 0; d--)
        {
            offset += index % _sizes[d] * _strides[d];
            index /= _sizes[d];
        }

        return offset;
    }
}
