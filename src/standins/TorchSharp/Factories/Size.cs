using System.Collections;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A shape.</summary>
    public struct Size : IEnumerable<long>
    {
        private readonly long[]? _shape;

        public Size(long[] shape) => _shape = (long[])shape.Clone();

        public Size(IEnumerable<long> shape) => _shape = shape.ToArray();

        public Size(int[] shape) => _shape = Array.ConvertAll(shape, size => (long)size);

        public Size(long size) => _shape = [size];

        public Size(int size) => _shape = [size];

        public readonly long[] Shape => _shape ?? [];

        public readonly int Length => Shape.Length;

        public readonly bool IsEmpty => Shape.Length == 0;

        public readonly bool IsScalar => Shape.Length == 0;

        public readonly long this[int idx] => Shape[idx];

        public readonly long this[long idx] => Shape[idx];

        public static implicit operator Size(long size) => new(size);

        public static implicit operator Size(long[] size) => new(size);

        public static implicit operator Size((long, long) size) => new([size.Item1, size.Item2]);

        public static implicit operator Size((long, long, long) size) => new([size.Item1, size.Item2, size.Item3]);

        public static implicit operator Size((long, long, long, long) size) => new([size.Item1, size.Item2, size.Item3, size.Item4]);

        public static bool operator ==(Size left, Size right) => left.Shape.SequenceEqual(right.Shape);

        public static bool operator !=(Size left, Size right) => !(left == right);

        public readonly long numel() => Shape.Aggregate(1L, (product, size) => product * size);

        public override readonly bool Equals(object? obj) => obj is Size other && this == other;

        public override readonly int GetHashCode() => Shape.Aggregate(17, HashCode.Combine);

        public readonly IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)Shape).GetEnumerator();

        readonly IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
