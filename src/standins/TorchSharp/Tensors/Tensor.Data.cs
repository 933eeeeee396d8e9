using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The raw memory of a contiguous CPU tensor. Reading gives the memory itself; assigning copies into it.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                var info = Info;
                if (!info.Contiguous)
                {
                    throw new NotImplementedException("The bytes of a tensor that is not contiguous are not available; call contiguous() first.");
                }

                if ((DeviceType)info.DeviceType != DeviceType.CPU)
                {
                    throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
                }

                return new Span<byte>(info.Data, checked((int)(info.Elements * info.ElementSize)));
            }

            set
            {
                var target = bytes;
                if (value.Length != target.Length)
                {
                    throw new ArgumentException($"The tensor holds {target.Length} bytes, the data {value.Length}.", nameof(value));
                }

                value.CopyTo(target);
            }
        }

        /// <summary>Typed access to the elements: of the tensor itself on the CPU, of a copy when it is elsewhere.</summary>
        /// <exception cref="ArgumentException">The element type does not match.</exception>
        public Utils.TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            CheckType<T>(dtype);
            return new Utils.TensorAccessor<T>(is_cpu() ? this : cpu());
        }

        /// <exception cref="ArgumentException">The tensor has more than one element, or the element type does not match.</exception>
        public T item<T>()
            where T : unmanaged
        {
            var info = Info;
            if (info.Elements != 1)
            {
                throw new ArgumentException($"Number of elements in the tensor must be 1, not {info.Elements}.");
            }

            CheckType<T>((ScalarType)info.Dtype);
            if ((DeviceType)info.DeviceType == DeviceType.CPU)
            {
                return Read<T>(info);
            }

            using var copy = cpu();
            return Read<T>(copy.Info);
        }

        public Scalar ToScalar() => Aten.Value("item", this);

        public T ReadCpuValue<T>(long i)
            where T : unmanaged => data<T>()[i];

        public float ReadCpuSingle(long i) => ReadCpuValue<float>(i);

        public double ReadCpuDouble(long i) => ReadCpuValue<double>(i);

        public int ReadCpuInt32(long i) => ReadCpuValue<int>(i);

        public long ReadCpuInt64(long i) => ReadCpuValue<long>(i);

        public byte ReadCpuByte(long i) => ReadCpuValue<byte>(i);

        public bool ReadCpuBool(long i) => ReadCpuValue<bool>(i);

        public static explicit operator float(Tensor value) => value.ToSingle();

        public static explicit operator double(Tensor value) => value.ToDouble();

        public static explicit operator sbyte(Tensor value) => value.ToSByte();

        public static explicit operator byte(Tensor value) => value.ToByte();

        public static explicit operator short(Tensor value) => value.ToInt16();

        public static explicit operator int(Tensor value) => value.ToInt32();

        public static explicit operator long(Tensor value) => value.ToInt64();

        public static explicit operator bool(Tensor value) => value.ToBoolean();

        internal static ScalarType TypeOf<T>()
            where T : unmanaged =>
            typeof(T) == typeof(float) ? ScalarType.Float32
            : typeof(T) == typeof(double) ? ScalarType.Float64
            : typeof(T) == typeof(long) ? ScalarType.Int64
            : typeof(T) == typeof(int) ? ScalarType.Int32
            : typeof(T) == typeof(byte) ? ScalarType.Byte
            : typeof(T) == typeof(bool) ? ScalarType.Bool
            : typeof(T) == typeof(short) ? ScalarType.Int16
            : typeof(T) == typeof(sbyte) ? ScalarType.Int8
            : typeof(T) == typeof(Half) ? ScalarType.Float16
            : throw new ArgumentException($"No tensor type corresponds to {typeof(T).Name}.");

        private static void CheckType<T>(ScalarType actual)
            where T : unmanaged
        {
            if (actual != TypeOf<T>())
            {
                throw new ArgumentException($"A tensor of {actual} cannot be read as {typeof(T).Name}.");
            }
        }

        private unsafe T Read<T>(in NativeInfo info)
            where T : unmanaged
        {
            T value = *(T*)info.Data;
            GC.KeepAlive(this);
            return value;
        }
    }
}
