using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => index(Integers(indices));
            set => index_put_(value, Integers(indices));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => index((TensorIndex)i1);
            set => index_put_(value, (TensorIndex)i1);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(new TensorIndex[] { i1, i2 });
            set => index_put_(value, new TensorIndex[] { i1, i2 });
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(new TensorIndex[] { i1, i2, i3 });
            set => index_put_(value, new TensorIndex[] { i1, i2, i3 });
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(new TensorIndex[] { i1, i2, i3, i4 });
            set => index_put_(value, new TensorIndex[] { i1, i2, i3, i4 });
        }

        public unsafe Tensor index(params TensorIndex[] indices)
        {
            nint result;
            var native = Natives(indices);
            fixed (NativeIndex* start = native)
            {
                NativeMethods.Check(NativeMethods.pgan_ts_index(Handle, start, native.Length, &result));
            }

            GC.KeepAlive(this);
            GC.KeepAlive(indices);
            return new Tensor(result);
        }

        public Tensor index(params Tensor[] indices) => Aten.Call("index.Tensor", this, Arg.Optional(indices));

        public unsafe Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            var native = Natives(indices);
            fixed (NativeIndex* start = native)
            {
                NativeMethods.Check(NativeMethods.pgan_ts_index_put(Handle, start, native.Length, value.Handle));
            }

            GC.KeepAlive(value);
            GC.KeepAlive(indices);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false)
        {
            Aten.Run("index_put_", this, Arg.Optional(indices), value, accumulate);
            return this;
        }

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var filler = full(Array.Empty<long>(), value, dtype, device);
            return index_put_(filler, indices);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices)
        {
            using var filler = full(Array.Empty<long>(), value, dtype, device);
            return index_put_(filler, indices, false);
        }

        private static TensorIndex[] Integers(long[] indices) => Array.ConvertAll(indices, index => (TensorIndex)index);

        private static NativeIndex[] Natives(TensorIndex[] indices) => Array.ConvertAll(indices, index => index.Native());
    }
}
