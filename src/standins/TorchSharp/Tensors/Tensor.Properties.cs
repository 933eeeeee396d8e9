namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public unsafe long Dimensions
        {
            get
            {
                int count = NativeMethods.pgan_ts_dimensions(Handle);
                GC.KeepAlive(this);
                return count;
            }
        }

        public long ndim => Dimensions;

        public long NumberOfElements => Info.Elements;

        public long ElementSize => Info.ElementSize;

        public ScalarType dtype => (ScalarType)Info.Dtype;

        public DeviceType device_type => (DeviceType)Info.DeviceType;

        public int device_index => Info.DeviceIndex;

        public Device device
        {
            get
            {
                var info = Info;
                return info.DeviceType == 0 ? CPU : new Device((DeviceType)info.DeviceType, info.DeviceIndex);
            }
        }

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_sparse => Info.Sparse;

        public bool is_leaf => Info.Leaf;

        public unsafe long[] shape
        {
            get
            {
                long[] sizes = new long[Dimensions];
                fixed (long* start = sizes)
                {
                    NativeMethods.Check(NativeMethods.pgan_ts_layout(Handle, start, null, null));
                }

                GC.KeepAlive(this);
                return sizes;
            }
        }

        public Tensor T => Aten.Call("numpy_T", this);

        public Tensor mT => Aten.Call("mT", this);

        internal unsafe NativeInfo Info
        {
            get
            {
                NativeInfo info;
                NativeMethods.Check(NativeMethods.pgan_ts_info(Handle, &info));
                GC.KeepAlive(this);
                return info;
            }
        }

        public long dim() => Dimensions;

        public long numel() => NumberOfElements;

        public long element_size() => ElementSize;

        public long[] size() => shape;

        /// <param name="dim">May be negative, counting from the last.</param>
        public unsafe long size(int dim)
        {
            int dimensions = (int)Dimensions;
            long* sizes = stackalloc long[dimensions + 1];
            NativeMethods.Check(NativeMethods.pgan_ts_layout(Handle, sizes, null, null));
            GC.KeepAlive(this);
            return sizes[Wrapped(dim, dimensions)];
        }

        public unsafe long[] stride()
        {
            long[] strides = new long[Dimensions];
            fixed (long* start = strides)
            {
                NativeMethods.Check(NativeMethods.pgan_ts_layout(Handle, null, start, null));
            }

            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim)
        {
            long[] strides = stride();
            return strides[Wrapped(dim, strides.Length)];
        }

        public unsafe long storage_offset()
        {
            long offset;
            NativeMethods.Check(NativeMethods.pgan_ts_layout(Handle, null, null, &offset));
            GC.KeepAlive(this);
            return offset;
        }

        public bool is_contiguous() => Info.Contiguous;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_pinned() => Aten.Test("is_pinned", this);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public bool is_nonzero() => Aten.Test("is_nonzero", this);

        private static int Wrapped(int dim, int dimensions) =>
            dim >= -dimensions && dim < dimensions
                ? (dim + dimensions) % dimensions
                : throw new IndexOutOfRangeException($"Dimension {dim} is outside a tensor of {dimensions} dimensions.");
    }

    public static bool is_floating_point(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    public static bool is_integral(ScalarType type) =>
        type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 or ScalarType.Bool;

    public static bool is_complex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    public static bool is_floating_point(Tensor input) => input.is_floating_point();

    public static bool is_complex(Tensor input) => input.is_complex();

    public static long numel(Tensor input) => input.numel();
}
