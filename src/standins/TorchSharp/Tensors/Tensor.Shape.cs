namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor t() => Aten.Call("t", this);

        public Tensor transpose(long dim0, long dim1) => Aten.Call("transpose.int", this, dim0, dim1);

        public Tensor transpose_(long dim0, long dim1)
        {
            Aten.Run("transpose_", this, dim0, dim1);
            return this;
        }

        public Tensor swapaxes(long dim0, long dim1) => Aten.Call("transpose.int", this, dim0, dim1);

        public Tensor swapdims(long dim0, long dim1) => Aten.Call("transpose.int", this, dim0, dim1);

        public Tensor permute(params long[] permutation) => Aten.Call("permute", this, permutation);

        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());

        public Tensor movedim(long[] source, long[] destination) => Aten.Call("movedim.intlist", this, source, destination);

        public Tensor moveaxis(long[] source, long[] destination) => Aten.Call("movedim.intlist", this, source, destination);

        public Tensor reshape(params long[] shape) => Aten.Call("reshape", this, shape);

        public Tensor view(params long[] shape) => Aten.Call("view", this, shape);

        public Tensor view_as(Tensor other) => Aten.Call("view_as", this, other);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Aten.Call("flatten.using_ints", this, start_dim, end_dim);

        public Tensor unflatten(long dim, params long[] sizes) => Aten.Call("unflatten.int", this, dim, sizes);

        public Tensor ravel() => Aten.Call("ravel", this);

        public Tensor squeeze(long? dim = null) => dim is { } given ? Aten.Call("squeeze.dim", this, given) : Aten.Call("squeeze", this);

        public Tensor squeeze_(long? dim = null) => SqueezeInPlace(dim);

        public Tensor unsqueeze(long dim) => Aten.Call("unsqueeze", this, dim);

        public Tensor unsqueeze_(long dim)
        {
            Aten.Run("unsqueeze_", this, dim);
            return this;
        }

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => Aten.Call("expand", this, sizes.ToArray(), isImplicit);

        public Tensor expand(Size sizes, bool isImplicit = false) => Aten.Call("expand", this, sizes.Shape, isImplicit);

        public Tensor expand(long[] sizes, bool isImplicit = false) => Aten.Call("expand", this, sizes, isImplicit);

        public Tensor expand(params long[] sizes) => Aten.Call("expand", this, sizes);

        public Tensor expand_as(Tensor other) => Aten.Call("expand_as", this, other);

        public Tensor broadcast_to(params long[] shape) => Aten.Call("broadcast_to", this, shape);

        public Tensor repeat(params long[] sizes) => Aten.Call("repeat", this, sizes);

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            Aten.Call("repeat_interleave.self_Tensor", this, repeats, dim, output_size);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Aten.Call("repeat_interleave.self_int", this, repeats, dim, output_size);

        public Tensor tile(long[] reps) => Aten.Call("tile", this, reps);

        public Tensor[] chunk(long chunks, long dim = 0L) => Aten.List("chunk", this, chunks, dim);

        public Tensor[] split(long size, int dim = 0) => Aten.List("split.Tensor", this, size, dim);

        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => Aten.List("split_with_sizes", this, sizes.ToArray(), dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Aten.List("split_with_sizes", this, sizes, dim);

        public Tensor[] split(params long[] sizes) => Aten.List("split_with_sizes", this, sizes);

        public Tensor[] tensor_split(long size, long dim = 0L) => Aten.List("tensor_split.sections", this, size, dim);

        public Tensor[] tensor_split(long[] sizes, long dim = 0L) => Aten.List("tensor_split.indices", this, sizes, dim);

        public Tensor[] unbind(long dimension = 0L) => Aten.List("unbind.int", this, dimension);

        public Tensor unfold(long dimension, long size, long step) => Aten.Call("unfold", this, dimension, size, step);

        public Tensor narrow(long dim, long start, long length) => Aten.Call("narrow", this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => Aten.Call("slice.Tensor", this, dim, start, finish, step);

        public Tensor select(long dim, long index) => Aten.Call("select.int", this, dim, index);

        public Tensor flip(params long[] dims) => Aten.Call("flip", this, dims);

        public Tensor fliplr() => Aten.Call("fliplr", this);

        public Tensor flipud() => Aten.Call("flipud", this);

        public Tensor rot90(long k = 1, (long, long)? dims = null) =>
            Aten.Call("rot90", this, k, new long[] { dims?.Item1 ?? 0, dims?.Item2 ?? 1 });

        public Tensor roll(long shifts, long? dims = null) =>
            Aten.Call("roll", this, shifts, dims is { } given ? [given] : Array.Empty<long>());

        public Tensor roll((long, long) shifts, (long, long) dims) =>
            Aten.Call("roll", this, new[] { shifts.Item1, shifts.Item2 }, new[] { dims.Item1, dims.Item2 });

        public Tensor roll((long, long, long) shifts, (long, long, long) dims) =>
            Aten.Call("roll", this, new[] { shifts.Item1, shifts.Item2, shifts.Item3 }, new[] { dims.Item1, dims.Item2, dims.Item3 });

        public Tensor roll(long[] shifts, long[] dims) => Aten.Call("roll", this, shifts, dims);

        public Tensor roll(long[] shifts) => Aten.Call("roll", this, shifts, Array.Empty<long>());

        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) =>
            Aten.Call("roll", this, shifts.ToArray(), dims.ToArray());

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0L) =>
            Aten.Call("as_strided", this, size, strides, storageOffset);

        public Tensor alias() => Aten.Call("alias", this);

        public Tensor clone() => Aten.Call("clone", this);

        public Tensor contiguous() => Aten.Call("contiguous", this);

        public Tensor diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) =>
            Aten.Call("diff", this, n, dim, prepend, append);

        public Tensor adjoint() => Aten.Call("adjoint", this);

        private Tensor SqueezeInPlace(long? dim)
        {
            if (dim is { } given)
            {
                Aten.Run("squeeze_.dim", this, given);
            }
            else
            {
                Aten.Run("squeeze_", this);
            }

            return this;
        }
    }
}
