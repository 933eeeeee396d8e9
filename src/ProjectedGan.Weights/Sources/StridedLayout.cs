namespace ProjectedGan.Weights.Sources;

/// <summary>Where the elements of a tensor lie in a flat storage: element (i, j, …) at Offset + i·Strides[0] + j·Strides[1] + ….</summary>
/// <param name="Offset">Place of the first element, in elements.</param>
/// <param name="Shape">Sizes, none negative.</param>
/// <param name="Strides">Steps in elements, none negative.</param>
internal sealed record StridedLayout(long Offset, long[] Shape, long[] Strides)
{
    /// <summary>Strides of a row-major tensor.</summary>
    public static long[] RowMajor(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        long step = 1;
        for (var axis = shape.Count - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= Math.Max(shape[axis], 1);
        }
        return strides;
    }

    /// <summary>The row-major tensor of <paramref name="shape"/> with its axes reordered: result axis a is source axis <paramref name="axes"/>[a].</summary>
    public static StridedLayout Permuted(IReadOnlyList<long> shape, params int[] axes)
    {
        var strides = RowMajor(shape);
        return new(0, [.. axes.Select(axis => shape[axis])], [.. axes.Select(axis => strides[axis])]);
    }

    /// <summary>Whether the elements follow each other in row-major order, so that a range of bytes is a range of the storage.</summary>
    public bool IsContiguous
    {
        get
        {
            long step = 1;
            for (var axis = Shape.Length - 1; axis >= 0; axis--)
            {
                if (Shape[axis] != 1 && Strides[axis] != step)
                {
                    return Shape.Contains(0);
                }
                step *= Shape[axis];
            }
            return true;
        }
    }

    /// <summary>One past the last storage element used; <see cref="Offset"/> for an empty tensor.</summary>
    /// <exception cref="OverflowException">It exceeds 64 bits: the layout is damaged.</exception>
    public long End
    {
        get
        {
            if (Shape.Contains(0))
            {
                return Offset;
            }
            var end = checked(Offset + 1);
            for (var axis = 0; axis < Shape.Length; axis++)
            {
                end = checked(end + checked((Shape[axis] - 1) * Strides[axis]));
            }
            return end;
        }
    }

    /// <summary>
    /// Copies elements from row-major place <paramref name="first"/> on. <paramref name="storage"/> begins at element
    /// <see cref="Offset"/> of the storage and reaches to <see cref="End"/>.
    /// </summary>
    public void Gather(ReadOnlySpan<byte> storage, int elementBytes, long first, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }
        var index = new long[Shape.Length];
        long place = 0;
        var rest = first;
        for (var axis = Shape.Length - 1; axis >= 0; axis--)
        {
            index[axis] = rest % Shape[axis];
            rest /= Shape[axis];
            place += index[axis] * Strides[axis];
        }
        for (var written = 0; written < destination.Length; written += elementBytes)
        {
            storage.Slice((int)(place * elementBytes), elementBytes).CopyTo(destination[written..]);
            for (var axis = Shape.Length - 1; axis >= 0; axis--)
            {
                place += Strides[axis];
                if (++index[axis] < Shape[axis])
                {
                    break;
                }
                place -= Shape[axis] * Strides[axis];
                index[axis] = 0;
            }
        }
    }
}
